import { hashOf, idOf } from '../../core/lib/hash.ts';
import type { Decision, Judgement } from '../../core/model/decision.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Playbook } from '../../core/model/plan.ts';
import { severityIds } from '../../core/model/severity.ts';
import type { Tx } from '../../core/ports/store.ts';
import { inHand } from '../incident-in-hand.ts';
import { withAdvice } from '../judge/advise.ts';
import { bothParts, partsOf, renewed, withoutPart, withPart } from './question-of.ts';

/** Questions that may wait at once; beyond them each finding is asked about alone. */
const mostWaiting = 500;
/** An incident that somebody has judged is in that person's hands: what follows is shown there, and asked about only if there is more to do. */
const inHandFor = 24 * 3_600_000;
/** So long what somebody refused is not asked again for more of the same kind: as long as a "yes, me" holds. */
const refusedFor = 4 * 3_600_000;

/**
 * Puts a decision to a person: one attack is one question. A finding of an incident that is asked about already gets a part
 * in that question; one of an incident that was judged lately, and that offers nothing new to do, is left to who judged it.
 * Returns the question's id when it was asked or renewed.
 */
export async function ask(
  tx: Tx,
  finding: Finding,
  decision: Decision,
  playbooks: readonly Playbook[],
  at: number,
): Promise<string | null> {
  const incident = await incidentOf(tx, finding.id);
  const waiting = await waitingOn(tx, finding.id, incident);
  const [first = null, ...more] = waiting;
  if (first === null && incident !== null && (await isInHand(tx, incident, finding, decision, at))) {
    await tx.findings.live(finding.id, 'acknowledged', at, 'automation', `It belongs to incident ${incident}, which a person has judged.`);
    return null;
  }
  let question = withPart(first, finding, decision, playbooks, incident, at);
  for (const other of more) {
    question = bothParts(question, other);
    await tx.judgements.withdraw(other.id, at, `It is asked together with question ${question.id}: both are about one incident.`);
  }
  const before = first ?? (await tx.judgements.get(question.id));
  const advised = await withAdvice(tx, before === null ? question : renewed(before, question));
  if (!(await tx.judgements.ask(advised))) return null;
  await askedLeaf(tx, advised, at);
  return question.id;
}

/** Takes a finding that needs no person any more out of the question that waits for one. */
export async function unask(tx: Tx, finding: string, at: number, reason: string): Promise<void> {
  for (const judgement of await waitingOn(tx, finding, null)) {
    const left = withoutPart(judgement, finding);
    if (left === null) await tx.judgements.withdraw(judgement.id, at, reason);
    else {
      const advised = await withAdvice(tx, left);
      if (await tx.judgements.ask(advised)) await askedLeaf(tx, advised, at);
    }
  }
}

/** Is the finding one of those that the question is about? */
export function asksAbout(judgement: Judgement, finding: string): boolean {
  return partsOf(judgement).some((part) => part.finding === finding);
}

/** The question that was asked about a finding by itself, else the last one answered of its incident in which it had a part. */
export async function questionOn(tx: Tx, finding: string): Promise<Judgement | null> {
  const own = await tx.judgements.get(idOf(tx.tenant, finding));
  if (own !== null) return own;
  const incident = await incidentOf(tx, finding);
  const judged = incident === null ? null : await inHand(tx, incident);
  const judgement = await tx.judgements.get(judged?.judgement ?? '');
  return judgement !== null && asksAbout(judgement, finding) ? judgement : null;
}

/** The incident that a finding is in. */
export async function incidentOf(tx: Tx, finding: string): Promise<string | null> {
  const [row] = await tx.incidents.members([finding]);
  return row?.incident ?? null;
}

/** The questions that wait about an incident's findings. */
export function waitingAbout(tx: Tx, incident: string): Promise<readonly Judgement[]> {
  return waitingOn(tx, '', incident);
}

/**
 * The questions that wait about this finding or others of its incident, the oldest first. Which findings an incident has now counts, not
 * what it was called when it was asked about: incidents merge.
 */
async function waitingOn(tx: Tx, finding: string, incident: string | null): Promise<readonly Judgement[]> {
  const about = new Set([finding, ...(incident === null ? [] : await tx.incidents.findingsIn([incident]))]);
  return (await tx.judgements.list({ state: 'waiting', limit: mostWaiting })).filter(
    // Of before, or a question of another kind: these have no incident, not even none.
    (judgement) => judgement.incident !== undefined && partsOf(judgement).some((part) => about.has(part.finding)),
  );
}

/**
 * Has somebody judged its incident lately, so that nothing new is to be asked: it offers nothing, or only what that person has refused, for more of the same kind: no
 * graver, and of no other tactic than what was judged.
 */
async function isInHand(tx: Tx, incident: string, finding: Finding, { actions }: Decision, at: number): Promise<boolean> {
  const judged = await inHand(tx, incident);
  if (judged === null || at - judged.at >= inHandFor) return false;
  if (actions.length === 0) return true;
  const judgement = await tx.judgements.get(judged.judgement ?? '');
  if (judgement?.state !== 'denied' || at - judged.at >= refusedFor) return false;
  const refused = new Set(judgement.options.map(({ playbook, target }) => hashOf({ playbook, target })));
  if (!actions.every(({ playbook, target }) => refused.has(hashOf({ playbook, target })))) return false;
  const tactics = new Set<string>();
  let gravest = 0;
  for (const { finding: id } of partsOf(judgement)) {
    const row = await tx.findings.get(id);
    for (const tactic of row?.finding.rule.tactics ?? []) tactics.add(tactic);
    gravest = Math.max(gravest, row === null ? 0 : severityIds[row.finding.severity]);
  }
  return severityIds[finding.severity] <= gravest && finding.rule.tactics.every((tactic) => tactics.has(tactic));
}

async function askedLeaf(tx: Tx, { id, finding, revision, approvalsNeeded, guardrails, ...rest }: Judgement, at: number): Promise<void> {
  const findings = rest.parts?.map((part) => part.finding);
  const { advice } = rest;
  await tx.ledger.append({
    format: 'jobzero.ledger/1',
    type: 'judgement',
    subject: id,
    at,
    data: {
      finding,
      revision,
      approvalsNeeded,
      guardrails: [...guardrails],
      ...(findings === undefined ? {} : { findings }),
      ...(advice === undefined ? {} : { adviceArguments: advice.arguments, advice: advice.document, engine: advice.engine }),
    },
  });
}
