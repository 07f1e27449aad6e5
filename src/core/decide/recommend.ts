import type { RecommendArguments, Recommendation, RecommendPart } from '../model/judging.ts';
import { type Severity, severityIds } from '../model/severity.ts';

/**
 * What is recommended on a question, with how sure that is. It is worked out from its argument alone, in whole numbers, so that the
 * same argument gives the same bytes for ever. Points for an attack are added up, and each is worth four per cent; a
 * recommendation is never surer than 95.
 */
export function recommend({ parts, incident, cases }: RecommendArguments): Recommendation {
  const points = natureOf(parts, incident, cases);
  const nature = points < 0 ? 'benign' : 'true-positive';
  const confidence = Math.min(mostSure, 50 + 4 * Math.abs(points));
  const say = (answer: Recommendation['answer'], because: string): Recommendation => ({
    format: 'jobzero.recommendation/1',
    opinion: { nature, confidence },
    answer,
    because: [because, ofCases(cases)].filter((text) => text !== '').join(' '),
  });
  const offering = parts.filter(({ options }) => options > 0);
  const [lead] = offering.length > 0 ? offering : parts;
  const why = lead?.why ?? '';
  if (offering.length === 0)
    return say(
      'deny',
      `${why} Automation has nothing to offer here: whatever the answer is, it does nothing, and records that a person has looked.`,
    );
  if (offering.some(({ evidence }) => evidence === 'unvalidated')) return say('deny', unconfirmed);
  if (nature === 'benign') return say('deny', `${why} It is more likely to be ordinary work.`);
  return say(
    'approve',
    `${why} ${offering.some(({ irreversible }) => irreversible) ? 'It cannot be taken back.' : 'If it was wrong, undo brings back what was before.'}`,
  );
}

const mostSure = 95;
const unconfirmed =
  "Only log files say so, and AWS's own event history does not confirm it: whoever can write to the log bucket can make such lines. Look at the live state before anything is cut off.";

/** More than this many cases of one kind tell no more. */
const mostOfCases = 8;

function natureOf(parts: readonly RecommendPart[], incident: RecommendArguments['incident'], cases: RecommendArguments['cases']): number {
  const gravest = Math.max(0, ...parts.map(({ severity }) => severityIds[severity] - severityIds['Medium' satisfies Severity]));
  const tactics = new Set(parts.flatMap((part) => part.tactics));
  const confirmed = parts.some(({ evidence }) => evidence === 'validated') ? 2 : 0;
  const doubtful = parts.every(({ evidence }) => evidence === 'unvalidated') ? -3 : 0;
  const joined = incident === null ? 0 : (incident.pages ? 4 : 0) + (incident.findings > 1 && tactics.size > 1 ? 1 : 0);
  const open = parts.some(({ standing }) => standing > 0) ? 1 : 0;
  const root = parts.some((part) => part.root) ? 1 : 0;
  const history = 2 * Math.max(-mostOfCases, Math.min(mostOfCases, cases.truePositive - cases.benign));
  return gravest + confirmed + doubtful + joined + open + root + history;
}

function ofCases({ truePositive, benign }: RecommendArguments['cases']): string {
  const all = truePositive + benign;
  if (all === 0) return '';
  return all === 1
    ? `One case like it turned out to be ${benign === 1 ? 'benign' : 'an attack'}.`
    : `Of ${all} cases like it, ${benign} turned out to be benign.`;
}
