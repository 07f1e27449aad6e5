import type { HeartbeatSettings } from '../../core/model/channel.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Store } from '../../core/ports/store.ts';
import { silentPart } from './alive.ts';
import { closeFault, openFault } from './automation-fault.ts';

export interface HeartbeatDeps {
  readonly tenant: string;
  readonly store: Store;
  readonly clock: Clock;
  /** When heartbeats began, in milliseconds since 1970: what no worker has done since is waited for from then. */
  readonly since: number;
  /** Null, or why it was not told. */
  readonly beat: (settings: HeartbeatSettings) => Promise<string | null>;
}

const name = 'heartbeat';
/** What has been due for so long is taken by nobody: workers are dead, and a heartbeat would be a lie. */
const overdueMs = 5 * 60_000;
const failuresOfAFault = 2;

/**
 * Beats once: only while the database answers, and workers decide, call people and take what is due. `failures` is how many beats failed in a row
 * before; returns how many it are now. The second is a fault.
 */
export async function heartbeat(deps: HeartbeatDeps, settings: HeartbeatSettings | null, failures: number): Promise<number> {
  const { store, tenant, clock } = deps;
  const now = clock.now();
  const dead = await store.within(tenant, async (tx) => {
    if (settings === null) await closeFault(tx, 'heartbeat', name, now);
    const overdue = await tx.items.list({ kind: 'notification', state: ['waiting', 'sending'], dueBy: now - overdueMs, limit: 1 });
    return overdue.length > 0 ? 'notifications have been due for five minutes and no worker takes them' : silentPart(tx, now, deps.since);
  });
  if (settings === null) return 0;
  const reason = dead ?? (await deps.beat(settings));
  if (reason === null) {
    if (failures > 0 || (await store.within(tenant, (tx) => tx.items.get('automation-fault', `heartbeat/${name}`)))?.state === 'open')
      await store.within(tenant, (tx) => closeFault(tx, 'heartbeat', name, clock.now()));
    return 0;
  }
  if (failures + 1 >= failuresOfAFault)
    await store.within(tenant, (tx) => openFault(tx, { what: 'heartbeat', name, reason }, settings.fallback, clock.now()));
  return failures + 1;
}
