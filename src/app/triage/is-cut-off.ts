import type { Incident } from '../../core/model/incident.ts';
import type { Playbook } from '../../core/model/plan.ts';
import type { Tx } from '../../core/ports/store.ts';

/** Were credentials that did something of an incident cut off, and was it seen to be so? */
export async function isCutOff(tx: Tx, playbooks: readonly Playbook[], { members }: Pick<Incident, 'members'>): Promise<boolean> {
  const cutting = new Set(playbooks.flatMap(({ id, cutsOff }) => (cutsOff === true ? [id] : [])));
  for (const { finding } of members) {
    const done = await tx.actions.list({ finding, state: ['verified'], limit: 100 });
    if (done.some(({ playbook }) => cutting.has(playbook))) return true;
  }
  return false;
}
