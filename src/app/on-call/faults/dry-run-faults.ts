import type { Action } from '../../../core/model/plan.ts';
import type { Tx } from '../../../core/ports/store.ts';
import type { Fault } from '../../notify/automation-fault.ts';

const most = 2_000;
/** So long somebody has to look at what would have been done. */
const patienceMs = 7 * 86_400_000;
/** Who signs a list has looked at it, and who arms or disarms. */
const prefixes = ['shadow/', 'armed/'];

/** Playbooks that say for a week what they would have done, and nobody has signed their list, armed or disarmed them since. */
export async function dryRunFaults(tx: Tx, now: number): Promise<readonly Fault[]> {
  const looked = new Map<string, number>();
  for (const prefix of prefixes)
    for (const { name, at } of await tx.settings.list(prefix)) {
      const place = name.slice(prefix.length);
      looked.set(place, Math.max(at, looked.get(place) ?? 0));
    }
  const dry = await tx.actions.list({ state: ['dry-run'], limit: most });
  const groups = Map.groupBy(dry, ({ playbook, target }) => `${playbook}/${target.account}`);
  return [...groups].flatMap(([name, actions]) => {
    const [{ playbook } = { playbook: '' }] = actions;
    const since = Math.max(looked.get(name) ?? 0, looked.get(`${playbook}/*`) ?? 0);
    const unseen = actions.filter((action) => ranAt(action) > since);
    const oldest = Math.min(...unseen.map(ranAt));
    if (unseen.length === 0 || oldest > now - patienceMs) return [];
    const day = new Date(oldest).toISOString().slice(0, 10);
    return [
      { what: 'dry-run', name, reason: `It has said ${unseen.length} times since ${day} what it would have done, and nobody has looked` },
    ];
  });
}

function ranAt({ finishedAt, plannedAt }: Action): number {
  return finishedAt ?? plannedAt;
}
