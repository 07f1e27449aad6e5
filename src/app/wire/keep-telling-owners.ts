import { keepGoing } from '../keep-going.ts';
import type { OpenChannels } from '../notify/open-channels.ts';
import { tellOwners } from '../owners/tell-owners.ts';
import { insecureBehaviours } from './keep-ticketing.ts';
import { notableBy } from './reachable.ts';
import type { State } from './state.ts';

const everyMs = 15 * 60_000;

/** Tells owners once a day of what is insecure of theirs. Any number of workers may do this at once. Returns the way to stop. */
export function keepTellingOwners(
  { tenant, store, clock }: Pick<State, 'tenant' | 'store' | 'clock'>,
  channels: () => Promise<OpenChannels>,
  troubled: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const deps = {
    tenant,
    store,
    clock,
    behaviours: insecureBehaviours,
    reachable: () => notableBy(channels),
    site: async () => (await channels()).settings.console,
  };
  return keepGoing(store, [], everyMs, () => tellOwners(deps).then(() => {}), troubled);
}
