import { hashOf } from '../../core/lib/hash.ts';
import type { ProposedAction } from '../../core/model/decision.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Action } from '../../core/model/plan.ts';
import type { Tx } from '../../core/ports/store.ts';
import { questionsWaiting } from './ask-actor.ts';
import { partsOf } from './question-of.ts';

/** Items that say when a finding is decided anew though its revision was: `waiting`, then `done`. Their ids are those of the findings. */
const kind = 'decide-again';
/** So many are looked at in one round, and so many questions wait at once. */
const most = 500;

/** Has a finding decided anew at this time. Of two times the earlier holds. */
export async function decideAgain(tx: Tx, finding: string, dueAt: number, at: number): Promise<void> {
  const item = { kind, id: finding, state: 'waiting', dueAt, at, doc: {} };
  if ((await tx.items.add(item)) || (await tx.items.move(item, ['done']))) return;
  const known = await tx.items.get(kind, finding);
  if ((known?.dueAt ?? dueAt) > dueAt) await tx.items.move(item, ['waiting']);
}

/** The findings that are to be decided anew by now. */
export async function dueAgain(tx: Tx, at: number): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { id } of await tx.items.list({ kind, state: ['waiting'], dueBy: at, limit: most })) {
    const row = await tx.findings.get(id);
    if (row !== null && row.state !== 'retracted' && row.state !== 'resolved') findings.push(row.finding);
    else await decidedAnew(tx, id, at);
  }
  return findings;
}

/** Is it to be decided anew by now? */
export async function isDueAgain(tx: Tx, finding: string, at: number): Promise<boolean> {
  const item = await tx.items.get(kind, finding);
  return item?.state === 'waiting' && (item.dueAt ?? at) <= at;
}

/** It was. */
export async function decidedAnew(tx: Tx, finding: string, at: number): Promise<void> {
  await tx.items.move({ kind, id: finding, state: 'done', dueAt: null, at, doc: {} }, ['waiting']);
}

/** What was done nobody is to be asked about any more: findings whose question offers this action are decided anew, with how things are now. */
export async function decideWhatIsDone(tx: Tx, { playbook, target }: Pick<Action, 'playbook' | 'target'>, at: number): Promise<void> {
  const done = hashOf({ playbook, target });
  const offered = (actions: readonly ProposedAction[]) =>
    actions.some((one) => hashOf({ playbook: one.playbook, target: one.target }) === done);
  // What several parts of one question offer stands in the first of them alone.
  for (const judgement of await tx.judgements.list({ state: 'waiting', limit: most }))
    if (offered(judgement.options)) for (const { finding } of partsOf(judgement)) await decideAgain(tx, finding, at, at);
  for (const { finding, decision } of await questionsWaiting(tx)) if (offered(decision.actions)) await decideAgain(tx, finding, at, at);
}
