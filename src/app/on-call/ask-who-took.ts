import type { Channels } from '../../core/model/channel.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Item } from '../../core/ports/items.ts';
import type { Store, Tx } from '../../core/ports/store.ts';
import { insteadId, queuedOf } from '../notify/delivery.ts';
import type { OpenChannels } from '../notify/open-channels.ts';
import { takeAnswer } from '../notify/take-answer.ts';
import { acknowledgeOption } from './follow-pages.ts';
import { pageDocOf, pageKind } from './page-item.ts';

export interface AskWhoTookDeps {
  readonly tenant: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly channels: () => Promise<OpenChannels>;
}

/** A call that was asked about, as an item with the notification's id: `dueAt` says when it may be asked about again. */
const kind = 'asked-who-took';
const minute = 60_000;
const mostPages = 500;
const mostAtOnce = 20;

/**
 * Asks systems that call people, and tell us nothing by themselves, who has taken what they were sent, while its page is open: each call twice a minute in its first hour,
 * then every five minutes, by one worker. Who it was counts as whoever presses a button elsewhere: a person of channels.yml, and nobody else. Returns why some
 * could not be asked: that holds up nothing.
 */
export async function askWhoTook(deps: AskWhoTookDeps): Promise<readonly string[]> {
  const { store, tenant, clock } = deps;
  const channels = await deps.channels();
  const due = await store.within(tenant, (tx) => claimDue(tx, channels, clock.now()));
  const asked = await Promise.all(
    due.map(async ({ id, channel }) => {
      const taken = (await channels.channel(channel)?.channel.taken?.(id)) ?? { outcome: 'open' };
      if (taken.outcome === 'unknown') return [`${channel}: ${taken.reason}`];
      const user = taken.outcome === 'taken' ? userCalled(channels.settings, channel, taken.by) : null;
      if (user !== null)
        await takeAnswer(deps, channels.settings, { channel, user, notification: id, option: acknowledgeOption, seal: `${id} ${user}` });
      return [];
    }),
  );
  return asked.flat();
}

interface Call {
  readonly id: string;
  readonly channel: string;
}

/** Calls of open pages that it is time to ask about; they are nobody else's until it is time again. */
async function claimDue(tx: Tx, channels: OpenChannels, now: number): Promise<readonly Call[]> {
  const askable = channels.settings.channels.filter(({ name }) => channels.channel(name)?.channel.taken !== undefined);
  if (askable.length === 0) return [];
  const names = new Set(askable.map(({ name }) => name));
  const due: Call[] = [];
  for (const page of await tx.items.list({ kind: pageKind, state: ['open'], limit: mostPages }))
    for (const item of await callsOf(tx, page, channels.settings)) {
      const { channel } = queuedOf(item);
      if (due.length < mostAtOnce && names.has(channel) && (await claim(tx, item, now))) due.push({ id: item.id, channel });
    }
  return due;
}

/** What arrived of a page's calls, and of what was sent in their place. */
async function callsOf(tx: Tx, page: Item, { channels }: Channels): Promise<readonly Item[]> {
  const calls: Item[] = [];
  for (const id of pageDocOf(page).sent) {
    const call = await tx.items.get('notification', id);
    if (call === null) continue;
    const fallback = channels.find(({ name }) => name === queuedOf(call).channel)?.fallback ?? [];
    const instead = await Promise.all(fallback.map((address) => tx.items.get('notification', insteadId(tx.tenant, id, address))));
    calls.push(...[call, ...instead].filter((one) => one?.state === 'sent').filter((one) => one !== null));
  }
  return calls;
}

async function claim(tx: Tx, { id, at }: Item, now: number): Promise<boolean> {
  const before = await tx.items.get(kind, id);
  if (before !== null && (before.dueAt ?? 0) > now) return false;
  const item = { kind, id, state: 'asked', dueAt: now + (now - at < 60 * minute ? minute / 2 : 5 * minute), at: now, doc: {} };
  return before === null ? tx.items.add(item) : tx.items.move(item, ['asked']);
}

/** Who is called so there, as channels.yml writes it; names are mail addresses, so capitals say nothing. Null for nobody, and for who could be two. */
function userCalled({ people }: Pick<Channels, 'people'>, channel: string, by: string): string | null {
  const same = Object.values(people).flatMap((ids) => {
    const id = ids[channel];
    return id !== undefined && id.replace(/^user:/, '').toLowerCase() === by.toLowerCase() ? [id] : [];
  });
  return same.length === 1 ? (same[0] ?? null) : null;
}
