import type { Address, ChannelSettings, Channels } from '../../core/model/channel.ts';

/** Kinds that bring a page to people, and of those the ones that have one receiver, whoever it is for. */
const paging: ReadonlySet<ChannelSettings['kind']> = new Set(['slack', 'pagerduty', 'opsgenie', 'webhook', 'smtp', 'teams']);
const oneReceiver: ReadonlySet<ChannelSettings['kind']> = new Set(['pagerduty', 'teams']);
/** These have to be told whom they are for; the others know it themselves. */
const wantsReceiver: ReadonlySet<ChannelSettings['kind']> = new Set(['slack', 'smtp']);

/** Where each person is paged, by the channels that are named; null: by all that can page. Who is reached by none is not there. */
export function reachOf({ channels, people }: Channels, names: readonly string[] | null): ReadonlyMap<string, readonly Address[]> {
  const kinds = new Map(channels.flatMap(({ name, kind }) => (paging.has(kind) && (names?.includes(name) ?? true) ? [[name, kind]] : [])));
  const reached = Object.entries(people).flatMap(([person, ids]) => {
    const addresses = Object.entries(ids).flatMap(([channel, to]) => {
      const kind = kinds.get(channel);
      return kind === undefined ? [] : [{ channel, to: oneReceiver.has(kind) ? '' : to }];
    });
    return addresses.length === 0 ? [] : [[person, addresses] as const];
  });
  return new Map(reached);
}

/** Everybody whom any channel reaches: its own receiver, or else all people who are known there. */
export function everybody({ channels, people }: Channels): readonly Address[] {
  return channels.flatMap(({ name, kind, to }) => {
    if (!paging.has(kind)) return [];
    if (to !== '' || !wantsReceiver.has(kind)) return [{ channel: name, to: '' }];
    return Object.values(people).flatMap((ids) => (ids[name] === undefined ? [] : [{ channel: name, to: ids[name] }]));
  });
}
