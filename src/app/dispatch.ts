import type { Durable } from '../core/ports/durable.ts';
import type { Store } from '../core/ports/store.ts';
import { keepGoing } from './keep-going.ts';
import { readUndoRequest, undoableStates, undoPersonsNeeded } from './undo-request.ts';

export interface DispatchDeps {
  readonly store: Store;
  readonly durable: Durable;
  readonly tenant: string;
}

const prefix = 'undo-request/';

/**
 * Starts `carry-out@2` for every planned action and `undo@1` for every request that enough persons have made. Any number
 * of workers may do this at once, as often as they like: an id starts once. Returns what waits or was started.
 */
export async function dispatch({
  store,
  durable,
  tenant,
}: DispatchDeps): Promise<{ readonly actions: readonly string[]; readonly undos: readonly string[] }> {
  const { actions, undos } = await store.within(tenant, async (tx) => {
    const planned = await tx.actions.list({ state: ['planned'], limit: 500 });
    const ready: { readonly action: string; readonly at: number }[] = [];
    for (const { name, value } of await tx.settings.list(prefix)) {
      const request = readUndoRequest(value);
      const action = request === null ? null : await tx.actions.get(name.slice(prefix.length));
      if (request === null || action === null || !undoableStates.includes(action.state)) continue;
      if (request.persons.length >= (await undoPersonsNeeded(tx, action))) ready.push({ action: action.id, at: request.at });
    }
    return { actions: planned.map((action) => action.id), undos: ready };
  });
  for (const action of actions) await durable.start('carry-out@2', action, { tenant, action });
  for (const { action, at } of undos) await durable.start('undo@1', `undo-${action}-${at}`, { tenant, action, at });
  return { actions, undos: undos.map(({ action }) => action) };
}

/** Dispatches now, whenever actions, judgements or settings change, and every `everyMs`. Returns the way to stop. */
export function keepDispatching(deps: DispatchDeps, everyMs: number, onError: (error: unknown) => void): Promise<() => Promise<void>> {
  return keepGoing(
    deps.store,
    ['actions', 'judgements', 'settings'],
    everyMs,
    async () => {
      await dispatch(deps);
    },
    onError,
  );
}
