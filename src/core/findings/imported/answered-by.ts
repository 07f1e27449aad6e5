import type { Answers } from '../../model/imported.ts';
import type { AnsweredBy } from './imported-finding.ts';

/** Looks types up in the table that is generated from `content/coverage`. Names come from outside: only what the table itself has counts. */
export function answeredBy(answers: Answers): AnsweredBy {
  return (source, type) => {
    const types = answers[source];
    return types !== undefined && Object.hasOwn(types, type) ? (types[type] ?? []) : [];
  };
}
