import { hashOf, idOf } from '../../core/lib/hash.ts';
import type { Decision, Judgement, JudgementPart } from '../../core/model/decision.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Playbook } from '../../core/model/plan.ts';
import { judgementOf } from './judgement-of.ts';

/** A question lists so many findings that propose nothing; the others of a large incident are in the incident itself. */
const mostWithoutOptions = 20;

/** What a question says of each of its findings. */
export function partsOf(judgement: Judgement): readonly JudgementPart[] {
  const { finding, revision, question, options, guardrails, recommendation, because } = judgement;
  return judgement.parts ?? [{ finding, revision, question, options, guardrails, recommendation, because }];
}

/** The question of an incident with what a decision on one of its findings brings to it; of none, the finding's own. */
export function withPart(
  now: Judgement | null,
  finding: Finding,
  decision: Decision,
  playbooks: readonly Playbook[],
  incident: string | null,
  at: number,
): Judgement {
  const own = { ...judgementOf(finding, decision, playbooks, at), incident };
  if (now === null) return own;
  const others = partsOf(now).filter((part) => part.finding !== finding.id);
  const was = partsOf(now).findIndex((part) => part.finding === finding.id);
  const [part] = partsOf(own);
  if (part === undefined) return own;
  const all = was < 0 ? [...others, part] : [...others.slice(0, was), part, ...others.slice(was)];
  return joined({ ...now, incident }, all);
}

/** The question without what this finding brings to it; null when nothing is left to ask. */
export function withoutPart(now: Judgement, finding: string): Judgement | null {
  const left = partsOf(now).filter((part) => part.finding !== finding);
  return left.length === 0 ? null : joined(now, left);
}

/** One question of two that turned out to be about one incident. */
export function bothParts(a: Judgement, b: Judgement): Judgement {
  const known = new Set(partsOf(a).map(({ finding }) => finding));
  return joined(a, [...partsOf(a), ...partsOf(b).filter(({ finding }) => !known.has(finding))]);
}

/**
 * A question that was asked before, as it is now: under its old revision where it asks the same, else under one that tells of its options too. Whoever
 * has read other options must not have said yes to these.
 */
export function renewed(before: Judgement, now: Judgement): Judgement {
  const parts = partsOf(now);
  const about = (judgement: Judgement) =>
    hashOf([partsOf(judgement).map(({ finding, revision }) => [finding, revision]), judgement.options]);
  if (about(before) === about(now)) return { ...now, ...(before.parts === undefined ? {} : { parts }), revision: before.revision };
  return { ...now, parts, revision: idOf('renewed', about(now)) };
}

function joined(now: Judgement, all: readonly JudgementPart[]): Judgement {
  const proposed = new Set<string>();
  let silent = 0;
  const parts = all
    .map((part) => ({
      ...part,
      options: part.options.filter(({ playbook, target }) => {
        const key = hashOf({ playbook, target });
        return !proposed.has(key) && proposed.add(key);
      }),
    }))
    // What may be done is never left out.
    .filter(({ options }) => options.length > 0 || ++silent <= mostWithoutOptions);
  const [first, ...more] = parts;
  if (first === undefined) return now;
  // What offers something to do is asked about first.
  const lead = parts.find(({ options }) => options.length > 0) ?? first;
  const options = parts.flatMap((part) => part.options);
  const doubtful = parts.some((part) => part.options.length > 0 && part.recommendation === 'deny');
  const { parts: _, ...rest } = now;
  return {
    ...rest,
    finding: first.finding,
    revision: more.length === 0 ? first.revision : idOf(...parts.map(({ finding, revision }) => `${finding} ${revision}`)),
    ...(more.length === 0 ? {} : { parts }),
    question: more.length === 0 ? first.question : questionOf(lead, options.length, parts.length),
    options,
    guardrails: [...new Set(parts.flatMap(({ guardrails }) => guardrails))].sort(),
    recommendation: options.length === 0 || doubtful ? 'deny' : 'approve',
    because: doubtful ? (parts.find(({ recommendation }) => recommendation === 'deny')?.because ?? lead.because) : lead.because,
    approvalsNeeded: Math.max(1, ...options.map(({ approvals }) => approvals)),
  };
}

/** `Deactivate the key AKIA... of alice, and 2 more as listed, in an incident of 4 findings?` */
function questionOf(lead: JudgementPart, options: number, findings: number): string {
  const asked = lead.question.replace(/(, and \d+ more as listed)?\?$/, '');
  return `${asked}${options > 1 ? `, and ${options - 1} more as listed` : ''}, in an incident of ${findings} findings?`;
}
