import { hashOf, idOf } from '../core/lib/hash.ts';
import type { ProposedAction } from '../core/model/decision.ts';
import type { Finding } from '../core/model/finding.ts';
import type { Tx } from '../core/ports/store.ts';
import { sealValue } from './ledger/seals.ts';

/**
 * Plans one action of a decision or of an approval, with its leaf in the ledger. The same decision makes one action,
 * however often it is made. Returns its id, or null where it was planned before.
 */
export async function planAction(
  tx: Tx,
  finding: Pick<Finding, 'id' | 'revision'>,
  proposed: ProposedAction,
  by: string,
  at: number,
): Promise<string | null> {
  const id = idOf(tx.tenant, finding.id, proposed.playbook, proposed.target);
  // Several findings of one attack name one key: what is under way already is not begun again.
  const underWay = await tx.actions.list({ state: ['planned', 'running'], limit: 500 });
  const same = underWay.some(
    (action) => action.playbook === proposed.playbook && action.id !== id && hashOf(action.target) === hashOf(proposed.target),
  );
  if (same) return null;
  const fresh = await tx.actions.plan({
    id,
    tenant: tx.tenant,
    finding: finding.id,
    revision: finding.revision,
    playbook: proposed.playbook,
    playbookVersion: proposed.version,
    target: proposed.target,
    state: 'planned',
    by,
    plannedAt: at,
    finishedAt: null,
    reason: '',
  });
  // What was only rehearsed, or held back by a guardrail, may be tried again.
  if (!fresh && !(await tx.actions.move(id, ['dry-run', 'refused'], 'planned', at, ''))) return null;
  await tx.ledger.append({
    format: 'jobzero.ledger/1',
    type: 'action',
    subject: id,
    at,
    data: {
      state: 'planned',
      finding: finding.id,
      playbook: proposed.playbook,
      version: proposed.version,
      mode: proposed.mode,
      targetSeal: await sealValue(tx, proposed.target),
    },
  });
  return id;
}
