import { type PageAt, pageAt } from '../../core/decide/on-call/page-at.ts';
import { reachedNow, type WaysOut } from '../../core/decide/on-call/ways-out.ts';
import { idOf } from '../../core/lib/hash.ts';
import type { Address, Channels } from '../../core/model/channel.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import type { Page, PageEvent } from '../../core/model/page.ts';
import type { Item } from '../../core/ports/items.ts';
import type { Tx } from '../../core/ports/store.ts';
import { sealPerson } from '../ledger/seals.ts';
import { queuedOf } from '../notify/delivery.ts';
import { queueNotification } from '../notify/queue-notification.ts';
import type { OnCallNow } from './on-call-settings.ts';
import { reachOf } from './reach.ts';

export const pageKind = 'page';

/**
 * The document of an item of kind `page`. States: `held` while automation decides, `open` until somebody takes it, `acknowledged`, `closed`,
 * and `joined` when its incident became part of another.
 */
export interface PageDoc extends Page {
  /** Ids of the questions that were asked in it. */
  readonly judgements: readonly string[];
  /** Of this round: ids of the notifications that can be answered. */
  readonly sent: readonly string[];
  /** Those of them that were put to somebody, and count. */
  readonly routed: readonly string[];
  /** The page that took this one in. */
  readonly into: string | null;
  /** Of faults of the automation: their ids, and who is told with the first call as they stand in for what fails. Absent elsewhere, and in pages of before. */
  readonly faults?: readonly string[];
  readonly fallback?: readonly Address[];
  /** What of its cause was looked at last: while that is the same, there is nothing to do. */
  readonly seen: string;
}

export const livePageStates = ['held', 'open', 'acknowledged'] as const;

export function pageIdOf(tenant: string, { kind, id }: Page['about']): string {
  return idOf(tenant, pageKind, kind, id);
}

export function pageDocOf(item: Item): PageDoc {
  return item.doc as unknown as PageDoc;
}

/** How a page stands now, under the settings of now. */
export function standingOf(doc: PageDoc, onCall: OnCallNow, channels: Channels, now: number): PageAt {
  return pageAt(onCall.settings, onCall.zones, withoutFuture(doc, now), reachedNow(waysOut(onCall, channels)), now);
}

/** By which channels people are called, and which of these fail. */
export function waysOut({ settings, failing }: OnCallNow, channels: Channels): WaysOut {
  const reach = reachOf(channels, settings?.channels ?? null);
  return {
    ways: new Map([...reach].map(([person, addresses]) => [person, addresses.map(({ channel }) => channel)])),
    failing,
    fallback: new Map(channels.channels.map(({ name, fallback }) => [name, fallback.map(({ channel }) => channel)])),
  };
}

/** The item with this document, in the state that follows from it; `from` is the state in which it was read, null for a new one. */
export async function putPage(
  tx: Tx,
  id: string,
  doc: PageDoc,
  from: string | null,
  onCall: OnCallNow,
  channels: Channels,
  now: number,
): Promise<PageAt> {
  const standing = standingOf(doc, onCall, channels, now);
  const state = standing.state === 'closed' || standing.state === 'acknowledged' ? standing.state : 'open';
  if ((from === 'open' && state === 'acknowledged') || (from !== null && from !== 'closed' && state === 'closed'))
    await endCalls(tx, doc, state === 'closed' ? 'over' : 'taken', channels, now);
  const item = { kind: pageKind, id, state, dueAt: standing.next, at: now, doc: doc as unknown as Json };
  if (from === null) await tx.items.add(item);
  else await tx.items.move(from === state ? { ...item, at: (await tx.items.get(pageKind, id))?.at ?? now } : item, [from]);
  return standing;
}

/** Systems that go on calling by themselves hear that somebody has taken what they call for, or that it is over. */
async function endCalls(tx: Tx, { sent }: PageDoc, how: 'taken' | 'over', { channels }: Channels, now: number): Promise<void> {
  const calling = new Set(channels.flatMap(({ name, kind }) => (kind === 'pagerduty' || kind === 'opsgenie' ? [name] : [])));
  for (const id of sent) {
    const item = await tx.items.get('notification', id);
    if (item === null) continue;
    const { channel, to, about, severity, title, text, path } = queuedOf(item);
    if (!calling.has(channel)) continue;
    const ends = { id, how };
    await queueNotification(
      tx,
      { id: idOf(id, how), kind: 'note', channel, to, about, severity, title, text, path, options: [], ends },
      now,
    );
  }
}

/** More has happened to a page, with its leaf. Who it was is sealed. */
export async function addEvent(
  tx: Tx,
  id: string,
  doc: PageDoc,
  event: PageEvent,
  { hash, zones }: OnCallNow,
  more: JsonObject = {},
): Promise<PageDoc> {
  const { type, at } = event;
  const data: JsonObject = {
    event: type,
    about: { kind: doc.about.kind, id: doc.about.id },
    severity: doc.severity,
    settings: hash,
    zones: zones.version,
    ...(event.type === 'acknowledged' ? { bySeal: await sealPerson(tx, event.by) } : {}),
    ...(event.type === 'raised' || event.type === 'worse' ? { grave: event.grave } : {}),
    ...more,
  };
  await tx.ledger.append({ format: 'jobzero.ledger/1', type: 'page', subject: id, at, data });
  // What was sent of an earlier round is answered no more.
  const round = type === 'raised' ? { sent: [], first: 'engineer' as const } : {};
  return { ...doc, ...round, events: [...doc.events, event] };
}

/**
 * A clock that was ahead, here or on another machine, must not hold a page back: what is said to happen later happened now.
 */
export function withoutFuture(doc: PageDoc, now: number): PageDoc {
  return doc.events.every(({ at }) => at <= now)
    ? doc
    : { ...doc, events: doc.events.map((one) => (one.at > now ? { ...one, at: now } : one)) };
}
