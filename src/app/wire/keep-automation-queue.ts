import { rules as ownRules } from '../../../content/index.ts';
import { keepGoing } from '../keep-going.ts';
import { automationQueue } from '../on-call/automation-queue.ts';
import { ruleSources } from '../on-call/rule-sources.ts';
import { listSettings, listsOfHome } from './lists.ts';
import { channelsOfHome } from './open-channels.ts';
import type { State } from './state.ts';

const everyMs = 60_000;

/** Keeps the queue of the automation's own faults. Returns the way to stop. */
export async function keepAutomationQueue(
  { home, tenant, store, clock }: Pick<State, 'home' | 'tenant' | 'store' | 'clock'>,
  troubled: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const deps = {
    tenant,
    store,
    clock,
    ruleSources: ruleSources(await ownRules()),
    channels: () => channelsOfHome(home),
    lists: async () => listsOfHome(home, await listSettings(home), clock.now()),
  };
  return keepGoing(store, [], everyMs, () => automationQueue(deps).then(() => {}), troubled);
}
