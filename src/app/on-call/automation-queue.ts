import type { Channels } from '../../core/model/channel.ts';
import type { Source } from '../../core/model/source.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Store, Tx } from '../../core/ports/store.ts';
import type { LoadedList } from '../loaded-list.ts';
import { closeFault, type Fault, type FaultWhat, faultKind, faultOf, openFault } from '../notify/automation-fault.ts';
import { accountFaults } from './faults/account-faults.ts';
import { doctorFaults } from './faults/doctor-faults.ts';
import { dryRunFaults } from './faults/dry-run-faults.ts';
import { feedFaults } from './faults/feed-faults.ts';
import { playbookFaults } from './faults/playbook-faults.ts';
import { roleFaults } from './faults/role-faults.ts';
import { ruleFaults } from './faults/rule-faults.ts';
import { unreachedFaults } from './faults/unreached-faults.ts';
import { onCallOf } from './on-call-settings.ts';
import { arrivedDays, arrivedSources, type SeenAccount, seenAccounts } from './seen-accounts.ts';

export interface AutomationQueueDeps {
  readonly tenant: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly channels: () => Promise<Channels>;
  readonly lists: () => Promise<readonly Pick<LoadedList, 'name' | 'sources'>[]>;
  readonly ruleSources: ReadonlyMap<string, readonly Source[]>;
}

/** What is looked at here, and closed here when it is so no more. Channels and files are looked after by who uses them. */
const looked: ReadonlySet<FaultWhat> = new Set(['doctor', 'playbook', 'role', 'feed', 'account', 'rules', 'dry-run', 'unreached']);
const most = 2_000;
/** A shift that brought too much is forgotten after a week without another. */
const loadForgottenMs = 7 * 86_400_000;

/**
 * The engineer's first queue: opens a fault for each thing that automation cannot do or see, with what mends it, and closes those whose cause
 * is gone. A function of what is stored, the lists, and the time. Returns the ids of what was opened now.
 */
export async function automationQueue(deps: AutomationQueueDeps): Promise<readonly string[]> {
  const { store, tenant, clock } = deps;
  const [channels, lists] = [await deps.channels(), await deps.lists()];
  return store.within(tenant, async (tx) => {
    const now = clock.now();
    const days = await arrivedDays(tx, now);
    const accounts = await seenAccounts(tx, days);
    const faults: readonly Fault[] = [
      ...(await doctorFaults(tx)),
      ...(await playbookFaults(tx, now)),
      ...(await roleFaults(
        tx,
        accounts.map(({ id }) => id),
        await armedAccounts(tx, accounts),
      )),
      ...(await feedFaults(tx, lists)),
      ...accountFaults(accounts),
      ...ruleFaults(deps.ruleSources, arrivedSources(days)),
      ...(await dryRunFaults(tx, now)),
      ...unreachedFaults((await onCallOf(tx)).settings, channels),
    ];
    const opened: string[] = [];
    for (const fault of faults) if (await openFault(tx, fault, [], now)) opened.push(`${fault.what}/${fault.name}`);
    await closeOthers(tx, new Set(faults.map(({ what, name }) => `${what}/${name}`)), now);
    return opened;
  });
}

async function closeOthers(tx: Tx, open: ReadonlySet<string>, now: number): Promise<void> {
  for (const item of await tx.items.list({ kind: faultKind, state: ['open'], limit: most })) {
    const { what, name, since } = faultOf(item);
    const isOver = what === 'load' ? since < now - loadForgottenMs : looked.has(what) && !open.has(item.id);
    if (isOver) await closeFault(tx, what, name, now);
  }
}

/** Where some playbook may act. */
async function armedAccounts(tx: Tx, accounts: readonly Pick<SeenAccount, 'id'>[]): Promise<ReadonlySet<string>> {
  const rows = await tx.settings.list('armed/');
  const armed = rows.flatMap(({ name, value }) =>
    (value as { readonly armed?: boolean } | null)?.armed === true ? [name.split('/').at(-1) ?? ''] : [],
  );
  return new Set(armed.includes('*') ? accounts.map(({ id }) => id) : armed);
}
