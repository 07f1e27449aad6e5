import type { ChannelSettings, Channels } from '../../core/model/channel.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Store } from '../../core/ports/store.ts';
import { type ChannelState, channelState } from './channel-state.ts';
import { queuedOf } from './delivery.ts';

export interface ListedChannel extends ChannelState {
  readonly name: string;
  readonly kind: ChannelSettings['kind'];
  /** `unused`: nothing was sent yet. */
  readonly state: 'working' | 'failing' | 'unused';
  /** Notifications that wait, and those that failed within a day. */
  readonly waiting: number;
  readonly failedToday: number;
}

const day = 86_400_000;
const most = 10_000;

/** The channels of channels.yml, with how each does. */
export function listChannels(
  { store, tenant, clock }: { readonly store: Store; readonly tenant: string; readonly clock: Clock },
  { channels }: Pick<Channels, 'channels'>,
): Promise<readonly ListedChannel[]> {
  return store.within(tenant, async (tx) => {
    const since = clock.now() - day;
    const waiting = await tx.items.list({ kind: 'notification', state: ['waiting', 'sending'], limit: most });
    const failed = await tx.items.list({ kind: 'notification', state: ['failed'], since, limit: most });
    const listed: ListedChannel[] = [];
    for (const { name, kind } of channels) {
      const known = await channelState(tx, name);
      const of = (items: typeof waiting) => items.filter((item) => queuedOf(item).channel === name).length;
      const state = known.failures > 0 ? 'failing' : known.lastSuccess === null ? 'unused' : 'working';
      listed.push({ name, kind, ...known, state, waiting: of(waiting), failedToday: of(failed) });
    }
    return listed;
  });
}
