import type { StillGoing } from '../../core/decide/incident-mode/closing.ts';
import type { DeclaredIncident } from '../../core/model/declared-incident.ts';
import type { ActionState } from '../../core/model/plan.ts';
import { severityIds } from '../../core/model/severity.ts';
import type { IncidentRow, Tx } from '../../core/ports/store.ts';

const moving: readonly ActionState[] = ['planned', 'running', 'undoing'];

/** The incidents that it is about, as they are now: joined ones once, and none that are no more. */
export async function aboutOf(
  tx: Pick<Tx, 'incidents'>,
  { incidents }: Pick<DeclaredIncident, 'incidents'>,
): Promise<readonly IncidentRow[]> {
  const rows = new Map<string, IncidentRow>();
  for (const id of incidents) {
    const row = await tx.incidents.get(id);
    if (row !== null) rows.set(row.incident.id, row);
  }
  return [...rows.values()];
}

/** What of the incidents that it is about still goes on. Of a large one, its gravest findings are looked at. */
export async function stillGoing(
  tx: Pick<Tx, 'incidents' | 'findings' | 'actions'>,
  declared: Pick<DeclaredIncident, 'incidents'>,
): Promise<StillGoing> {
  let findings = 0;
  let actions = 0;
  for (const { incident } of await aboutOf(tx, declared)) {
    for (const { finding, severity } of incident.timeline) {
      if (severityIds[severity] >= severityIds.High && (await tx.findings.get(finding))?.state === 'open') findings++;
      actions += (await tx.actions.list({ finding, state: moving, limit: 50 })).length;
    }
  }
  return { findings, actions };
}
