import { rules as ownRules } from '../../../content/index.ts';
import { keepGoing } from '../keep-going.ts';
import { armedAccounts, automationQueue } from '../on-call/automation-queue.ts';
import { lookAtRoles } from '../on-call/role-state.ts';
import { ruleSources } from '../on-call/rule-sources.ts';
import { seenAccounts } from '../on-call/seen-accounts.ts';
import { type CloudChoice, openCloud } from './cloud.ts';
import { keepOn } from './keep-on.ts';
import { listSettings, listsOfHome } from './lists.ts';
import { channelsOfHome } from './open-channels.ts';
import type { State } from './state.ts';

const queueEveryMs = 60_000;
const rolesEveryMs = 15 * 60_000;

/** Keeps the queue of the automation's own faults, and looks at the roles that change things. Returns the way to stop. */
export async function keepAutomationQueue(
  { home, tenant, store, clock }: Pick<State, 'home' | 'tenant' | 'store' | 'clock'>,
  choice: CloudChoice,
  troubled: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const cloud = await openCloud(choice);
  const stop = new AbortController();
  const sources = ruleSources(await ownRules());
  const deps = {
    tenant,
    store,
    clock,
    ruleSources: sources,
    channels: () => channelsOfHome(home),
    lists: async () => listsOfHome(home, await listSettings(home), clock.now()),
  };
  const looking = keepOn(
    async () => {
      const accounts = await store.within(tenant, async (tx) => [...(await armedAccounts(tx, await seenAccounts(tx, [])))].sort());
      await lookAtRoles({ tenant, store, clock, cloud }, accounts);
    },
    rolesEveryMs,
    stop.signal,
    troubled,
  );
  const queue = await keepGoing(store, [], queueEveryMs, () => automationQueue(deps).then(() => {}), troubled);
  return async () => {
    stop.abort();
    await queue();
    await looking;
    await cloud.close();
  };
}
