import { idOf } from '../core/lib/hash.ts';
import type { Finding } from '../core/model/finding.ts';
import type { ActionState } from '../core/model/plan.ts';
import type { Tx } from '../core/ports/store.ts';

const standing: readonly ActionState[] = ['running', 'verified', 'unverified'];

/**
 * Late data took the ground of a finding away. What was done because of it is never undone silently: a person is asked.
 * Returns the question's id, or null where nothing was done.
 */
export async function askUndoReview(tx: Tx, finding: Finding, at: number): Promise<string | null> {
  const actions = await tx.actions.list({ finding: finding.id, state: standing, limit: 100 });
  if (actions.length === 0) return null;
  const ids = actions.map((action) => action.id).sort();
  const id = idOf(tx.tenant, finding.id, 'undo-review', finding.revision);
  const asked = await tx.judgements.ask({
    id,
    tenant: tx.tenant,
    finding: finding.id,
    revision: finding.revision,
    question: `Undo what was done about "${finding.rule.title}"? Later data took its ground away.`,
    options: [],
    guardrails: [],
    recommendation: 'approve',
    because: `What was found does not hold any more with all data there. Done because of it: ${ids.map((action) => `jobzero undo ${action}`).join(', ')}.`,
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
