import { hashOf } from '../../core/lib/hash.ts';
import type { Action, ActionState } from '../../core/model/plan.ts';
import type { ConsoleDeps } from './console-deps.ts';

/** The states in which something was left behind that an undo can bring back. */
export const undoableStates: readonly ActionState[] = ['verified', 'unverified', 'failed', 'undo-asks', 'undo-failed'];

export type AskedUndo =
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'not-now'; readonly state: ActionState }
  | { readonly outcome: 'irreversible' }
  | { readonly outcome: 'asked'; readonly action: Action };

/**
 * Asks for an action to be undone; a worker does it. `overwrite` answers an undo that asks: bring back what was
 * before although somebody else has changed it since.
 */
export function askUndo(
  deps: Pick<ConsoleDeps, 'store' | 'clock' | 'tenant'>,
  id: string,
  by: string,
  overwrite: boolean,
): Promise<AskedUndo> {
  return deps.store.within(deps.tenant, async (tx): Promise<AskedUndo> => {
    const action = await tx.actions.get(id);
    if (action === null) return { outcome: 'unknown' };
    if (!undoableStates.includes(action.state)) return { outcome: 'not-now', state: action.state };
    const receipts = await tx.actions.receipts(id);
    if (receipts.length > 0 && receipts.every((receipt) => receipt.undo === 'irreversible')) return { outcome: 'irreversible' };
    const at = deps.clock.now();
    await tx.settings.set(`undo-request/${id}`, { by, at, overwrite }, at, by);
    await tx.ledger.append({
      format: 'jobzero.ledger/1',
      type: 'undo',
      subject: id,
      at,
      data: { asked: true, overwrite, byHash: hashOf(by) },
    });
    return { outcome: 'asked', action };
  });
}
