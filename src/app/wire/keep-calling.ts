import { apartForPeopleMs, keepGoing } from '../keep-going.ts';
import { aliveNoter } from '../notify/alive.ts';
import type { OpenChannels } from '../notify/open-channels.ts';
import { askWhoTook } from '../on-call/ask-who-took.ts';
import { followPages } from '../on-call/follow-pages.ts';
import { pageKind } from '../on-call/page-item.ts';
import { type OnCallDeps, raisePages } from '../on-call/raise-pages.ts';
import type { State } from './state.ts';

const raiseEveryMs = 5_000;
const followEveryMs = 2_000;
const askEveryMs = 5_000;

/** Makes pages of what a person has to take, and calls people until somebody does. Any number of workers may do this at once. Returns the way to stop. */
export async function keepCalling(
  { tenant, store, clock }: Pick<State, 'tenant' | 'store' | 'clock'>,
  channels: () => Promise<OpenChannels>,
  troubled: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const alive = aliveNoter({ tenant, store, clock }, 'calling');
  const deps: OnCallDeps = { tenant, store, clock, channels: async () => (await channels()).settings };
  const raising = await keepGoing(
    store,
    ['judgements', 'incidents'],
    raiseEveryMs,
    () => raisePages(deps).then(alive),
    troubled,
    apartForPeopleMs,
  );
  const following = await keepGoing(
    store,
    [`items/${pageKind}`, 'items/answer', 'settings'],
    followEveryMs,
    () => followPages(deps),
    troubled,
    apartForPeopleMs,
  );
  // A round of its own: a system that does not answer keeps nobody from being called.
  const asking = await keepGoing(store, [], askEveryMs, askAll, troubled);
  /** Why one cannot be asked is told when it changes. */
  let told = '';
  async function askAll(): Promise<void> {
    const [why] = await askWhoTook({ tenant, store, clock, channels });
    if (why !== undefined && why !== told) troubled(new Error(`who has taken a page cannot be asked: ${why}`));
    told = why ?? told;
  }
  return async () => {
    await asking();
    await raising();
    await following();
  };
}
