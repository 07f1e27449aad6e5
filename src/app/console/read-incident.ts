import type { Incident } from '../../core/model/incident.ts';
import { type ActionView, viewAction } from './action-view.ts';
import type { ConsoleDeps } from './console-deps.ts';

export interface IncidentDetail {
  readonly incident: Incident;
  readonly isOpen: boolean;
  /** What automation and people did about its findings, the newest first; of the gravest findings only. */
  readonly actions: readonly ActionView[];
}

/** So many findings are asked for their actions. */
const asked = 50;

/** One incident, or the one that its id leads to since it was joined with another; null when there is none. */
export function readIncident(deps: ConsoleDeps, id: string): Promise<IncidentDetail | null> {
  return deps.store.within(deps.tenant, async (tx) => {
    const row = await tx.incidents.get(id);
    if (row === null) return null;
    const views: ActionView[] = [];
    for (const { finding } of row.incident.timeline.slice(0, asked)) {
      for (const action of await tx.actions.list({ finding, limit: 20 })) views.push(await viewAction(deps, tx, action));
    }
    views.sort((a, b) => b.action.plannedAt - a.action.plannedAt || (a.action.id < b.action.id ? -1 : 1));
    return { incident: row.incident, isOpen: row.isOpen, actions: views };
  });
}
