import type { Judgement } from '../../core/model/decision.ts';
import type { Tx } from '../../core/ports/store.ts';
import { rememberApproval } from '../approvers-of.ts';
import { takeInHand } from '../incident-in-hand.ts';
import { closeCase } from '../judge/close-case.ts';
import { resolveCase } from '../judge/resolve-case.ts';
import { sealPerson } from '../ledger/seals.ts';
import { planAction } from '../plan-action.ts';
import { questionOn } from '../triage/ask.ts';
import { partsOf } from '../triage/question-of.ts';
import { undosOf } from '../undo-review.ts';
import type { ConsoleDeps } from './console-deps.ts';

export type Answered =
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'too-late'; readonly judgement: Judgement }
  | { readonly outcome: 'renewed'; readonly judgement: Judgement }
  | { readonly outcome: 'recorded'; readonly judgement: Judgement; readonly actions: readonly string[] };

/**
 * Records one person's answer. When it completes an approval, the actions of the question are planned in the same
 * transaction, and a worker carries them out; so an approval cannot be lost, and answering twice does nothing twice.
 * `revision` is what the person read: when the question was renewed since, nothing is recorded.
 */
export function answerJudgement(
  deps: Pick<ConsoleDeps, 'store' | 'clock' | 'tenant'>,
  id: string,
  by: string,
  verdict: 'approve' | 'deny',
  revision?: string,
): Promise<Answered> {
  return deps.store.within(deps.tenant, async (tx): Promise<Answered> => {
    const at = deps.clock.now();
    const before = await tx.judgements.get(id);
    if (before === null) return { outcome: 'unknown' };
    if (revision !== undefined && revision !== before.revision) return { outcome: 'renewed', judgement: before };
    const judgement = await tx.judgements.answer(id, by, verdict, at);
    if (judgement === null) return { outcome: 'too-late', judgement: before };
    await tx.ledger.append({
      format: 'jobzero.ledger/1',
      type: 'answer',
      subject: id,
      at,
      data: { verdict, state: judgement.state, finding: judgement.finding, revision: judgement.revision, bySeal: await sealPerson(tx, by) },
    });
    if (judgement.state !== 'waiting') {
      await takeInHand(tx, judgement, at);
      await closeCase(tx, judgement, at);
    }
    if (judgement.state === 'approved' && (await undosOf(tx, judgement, by, at)).length > 0) await tookItBack(tx, judgement, by, at);
    const actions = judgement.state === 'approved' ? await planAll(tx, judgement, at) : [];
    return { outcome: 'recorded', judgement, actions };
  });
}

/** Persons who take back what was done say that what it was done for was none. */
async function tookItBack(tx: Tx, { finding }: Judgement, by: string, at: number): Promise<void> {
  const judged = await questionOn(tx, finding);
  if (judged !== null) await resolveCase(tx, judged.id, { nature: 'benign', source: 'undo-review', by, at });
}

/** The actions of an approved question; those that were planned before are left out. */
async function planAll(tx: Tx, judgement: Judgement, at: number): Promise<readonly string[]> {
  const by = judgement.answeredBy.join(', ');
  const ids: string[] = [];
  for (const { finding, revision, options } of partsOf(judgement)) {
    for (const option of options) {
      const id = await planAction(tx, { id: finding, revision }, option, by, at);
      if (id === null) continue;
      await rememberApproval(tx, id, judgement.id, at, by);
      ids.push(id);
    }
  }
  return ids;
}
