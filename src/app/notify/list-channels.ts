import type { ChannelSettings, Channels } from '../../core/model/channel.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Store, Tx } from '../../core/ports/store.ts';
import { madeOf, ticketKind, ticketOf, ticketsMadeKind, ticketsOfDay } from '../tickets/ticket-item.ts';
import { toleranceOf } from '../tolerance-of.ts';
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
  /** Of a channel that makes tickets of findings: those that tell of something that stands, new ones of today, and groups held back when that was said last. Null of others. */
  readonly tickets: { readonly open: number; readonly madeToday: number; readonly heldBack: number } | null;
  /** What settings ask for and there is none of; empty where all is right. */
  readonly lacks: string;
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
    for (const one of channels) {
      const { name, kind } = one;
      const known = await channelState(tx, name);
      const of = (items: typeof waiting) => items.filter((item) => queuedOf(item).channel === name).length;
      const state = known.failures > 0 ? 'failing' : known.lastSuccess === null ? 'unused' : 'working';
      const wanted = one.kind === 'jira' ? one.tickets : null;
      const tickets = wanted === null ? null : await ticketsIn(tx, name, clock.now());
      const lacks = wanted === null ? '' : await unitsLacking(tx, wanted.units ?? []);
      listed.push({ name, kind, ...known, state, waiting: of(waiting), failedToday: of(failed), tickets, lacks });
    }
    return listed;
  });
}

async function ticketsIn(tx: Tx, channel: string, now: number): Promise<NonNullable<ListedChannel['tickets']>> {
  const items = await tx.items.list({ kind: ticketKind, state: ['open'], limit: most });
  const own = items.map(ticketOf).filter((one) => one.channel === channel && one.told.length > 0);
  return {
    open: own.filter(({ of }) => of !== 'held').length,
    madeToday: madeOf(await tx.items.get(ticketsMadeKind, ticketsOfDay(channel, now))),
    heldBack: own.find(({ of }) => of === 'held')?.told.length ?? 0,
  };
}

/** A part of the business that nobody has named would never have a ticket. */
async function unitsLacking(tx: Tx, units: readonly string[]): Promise<string> {
  const known = new Set(units.length === 0 ? [] : (await toleranceOf(tx)).units.map(({ name }) => name));
  const lacking = units.filter((unit) => !known.has(unit));
  return lacking.length === 0 ? '' : `the tolerance has no unit ${lacking.join(', ')}`;
}
