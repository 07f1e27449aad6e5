import type { Answers } from '../../model/imported.ts';
import type { AnsweredBy } from './imported-finding.ts';

/** Looks types up in the table that is generated from `content/coverage`. Names come from outside: only what the table itself has counts. */
export function answeredBy(answers: Answers): AnsweredBy {
  return (source, type) => {
    const types = answers[source];
    const name = source === 'config' ? managedRule(type) : type;
    return types !== undefined && Object.hasOwn(types, name) ? (types[name] ?? []) : [];
  };
}

/**
 * The name that AWS Config proposes for a managed rule, of a rule that is called by its identifier (`S3_BUCKET_PUBLIC_READ_PROHIBITED`), that a
 * conformance pack made (`NAME-conformance-pack-ID`, https://docs.aws.amazon.com/config/latest/developerguide/conformance-packs.html) or
 * AWS Control Tower (`AWSControlTower_AWS-GR_IDENTIFIER`, https://docs.aws.amazon.com/controltower/latest/controlreference/strongly-recommended-controls.html).
 */
function managedRule(name: string): string {
  return name
    .replace(/^AWSControlTower_AWS-GR_/, '')
    .replace(/-conformance-pack-[a-z0-9]{1,32}$/, '')
    .toLowerCase()
    .replaceAll('_', '-');
}
