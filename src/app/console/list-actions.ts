import type { ActionState } from '../../core/model/plan.ts';
import { type ActionView, viewAction } from './action-view.ts';
import type { ConsoleDeps } from './console-deps.ts';

/** Actions, the newest first. */
export function listActions(
  deps: ConsoleDeps,
  filter: { readonly state?: ActionState; readonly finding?: string; readonly limit: number },
): Promise<readonly ActionView[]> {
  return deps.store.within(deps.tenant, async (tx) => {
    const actions = await tx.actions.list({
      limit: filter.limit,
      ...(filter.state === undefined ? {} : { state: [filter.state] }),
      ...(filter.finding === undefined ? {} : { finding: filter.finding }),
    });
    const views: ActionView[] = [];
    for (const action of actions.toSorted((a, b) => b.plannedAt - a.plannedAt)) views.push(await viewAction(deps, tx, action));
    return views;
  });
}
