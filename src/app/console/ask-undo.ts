import type { ActionState } from '../../core/model/plan.ts';
import { sealPerson } from '../ledger/seals.ts';
import { requestUndo, undoableStates, undoPersonsNeeded } from '../undo-request.ts';
import type { ConsoleDeps } from './console-deps.ts';

export type AskedUndo =
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'not-now'; readonly state: ActionState }
  | { readonly outcome: 'irreversible' }
  | { readonly outcome: 'asked'; readonly persons: readonly string[]; readonly needed: 1 | 2 };

/**
 * Answers an undo that asks the other way: what somebody else made of it stays, and the undo is closed. It changes nothing
 * in AWS, so one person is enough. Returns the state that the action has instead where it does not ask.
 */
export function keepAsItStands(
  deps: Pick<ConsoleDeps, 'store' | 'clock' | 'tenant'>,
  id: string,
  by: string,
): Promise<'unknown' | 'kept' | { readonly state: ActionState }> {
  return deps.store.within(deps.tenant, async (tx) => {
    const action = await tx.actions.get(id);
    if (action === null) return 'unknown';
    const at = deps.clock.now();
    const reason = `${by} keeps what stands now: somebody else has changed what was left.`;
    if (!(await tx.actions.move(id, ['undo-asks'], 'undone', at, reason))) return { state: action.state };
    await tx.ledger.append({
      format: 'jobzero.ledger/1',
      type: 'undo',
      subject: id,
      at,
      data: { state: 'undone', kept: true, bySeal: await sealPerson(tx, by) },
    });
    return 'kept';
  });
}

/** How many persons it takes to undo an action; 0 for one that is unknown. */
export function undoNeeds(deps: Pick<ConsoleDeps, 'store' | 'tenant'>, id: string): Promise<number> {
  return deps.store.within(deps.tenant, async (tx) => {
    const action = await tx.actions.get(id);
    return action === null ? 0 : undoPersonsNeeded(tx, action);
  });
}

/**
 * Asks for an action to be undone; a worker does it once enough persons have asked. `overwrite` answers an undo that
 * asks: bring back what was before although somebody else has changed it since.
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
    const persons = await requestUndo(tx, id, by, deps.clock.now(), overwrite);
    return { outcome: 'asked', persons, needed: await undoPersonsNeeded(tx, action) };
  });
}
