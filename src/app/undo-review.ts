import { idOf } from '../core/lib/hash.ts';
import type { Judgement } from '../core/model/decision.ts';
import type { Finding } from '../core/model/finding.ts';
import type { ActionState } from '../core/model/plan.ts';
import type { Tx } from '../core/ports/store.ts';
import { requestUndo } from './undo-request.ts';

const standing: readonly ActionState[] = ['running', 'verified', 'unverified'];

/** The id of the question whether to undo what was done about a finding that does not hold any more. */
function undoReviewId(tenant: string, finding: string, revision: string): string {
  return idOf(tenant, finding, 'undo-review', revision);
}

/** What an approved undo review asks for: the undo of every action that still stands. Empty for other questions. */
export async function undosOf(
  tx: Tx,
  judgement: Pick<Judgement, 'id' | 'finding' | 'revision'>,
  by: string,
  at: number,
): Promise<readonly string[]> {
  if (judgement.id !== undoReviewId(tx.tenant, judgement.finding, judgement.revision)) return [];
  const actions = await tx.actions.list({ finding: judgement.finding, state: standing, limit: 100 });
  for (const { id } of actions) await requestUndo(tx, id, by, at, false);
  return actions.map(({ id }) => id);
}

/**
 * Late data took the ground of a finding away. What was done because of it is never undone silently: a person is asked.
 * Returns the question's id, or null where nothing was done.
 */
export async function askUndoReview(tx: Tx, finding: Finding, at: number): Promise<string | null> {
  const actions = await tx.actions.list({ finding: finding.id, state: standing, limit: 100 });
  if (actions.length === 0) return null;
  const ids = actions.map((action) => action.id).sort();
  const id = undoReviewId(tx.tenant, finding.id, finding.revision);
  const asked = await tx.judgements.ask({
    id,
    tenant: tx.tenant,
    finding: finding.id,
    revision: finding.revision,
    question: `Undo what was done about "${finding.rule.title}"? Later data took its ground away.`,
    options: [],
    guardrails: [],
    recommendation: 'approve',
    because: `What was found does not hold any more with all data there. Approving takes back ${ids.length === 1 ? 'the action' : `the ${ids.length} actions`} done because of it.`,
    state: 'waiting',
    askedAt: at,
    answeredAt: null,
    answeredBy: [],
    approvalsNeeded: 1,
  });
  if (!asked) return null;
  await tx.ledger.append({
    format: 'jobzero.ledger/1',
    type: 'judgement',
    subject: id,
    at,
    data: { finding: finding.id, retracted: finding.revision, actions: ids },
  });
  return id;
}
