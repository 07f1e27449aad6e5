import { nextLook, type Reminder, reminderAt } from '../../core/decide/incident-mode/reminders.ts';
import { idOf } from '../../core/lib/hash.ts';
import type { Address, Channels } from '../../core/model/channel.ts';
import type { Clock, DeclaredIncident, IncidentEvent } from '../../core/model/declared-incident.ts';
import type { Notification } from '../../core/model/notification.ts';
import type { Clock as Time } from '../../core/ports/clock.ts';
import type { Store, Tx } from '../../core/ports/store.ts';
import { sealedIds } from '../ledger/seals.ts';
import { queueNotification } from '../notify/queue-notification.ts';
import { onCallOf } from '../on-call/on-call-settings.ts';
import { everybody, reachOf } from '../on-call/reach.ts';
import { declaredKind, declaredOf, eventsOf, listDeclared, readDeclared } from './declared.ts';
import { clockTitle, utc } from './event-words.ts';
import { pathOf } from './send-what-was-said.ts';

export interface FollowDeps {
  readonly tenant: string;
  readonly store: Store;
  readonly clock: Time;
  /** What `channels.yml` says now. */
  readonly channels: () => Promise<Channels>;
}

const most = 200;
/** Who was not told within this time of what has happened hears of it in the console. */
const newsMs = 60 * 60_000;

/**
 * Tells people what concerns them of declared incidents: that one was declared or closed, that they command now, and that a clock ends. Who is in an incident is
 * at work, and is told at any hour. Each notification has an id of what it is about, so that it is queued once, whoever does it.
 */
export async function followIncidents({ tenant, store, clock, channels: read }: FollowDeps): Promise<void> {
  const channels = await read();
  const now = clock.now();
  const { due, recent } = await store.within(tenant, async (tx) => ({
    due: await tx.items.list({ kind: declaredKind, state: ['open', 'closed'], dueBy: now, limit: most }),
    recent: [
      ...(await listDeclared(tx, ['open'])).filter(({ lastAt }) => lastAt > now - newsMs),
      ...(await listDeclared(tx, ['closed'], now - newsMs)),
    ],
  }));
  for (const { id } of recent) await store.within(tenant, (tx) => announce(tx, id, channels, clock.now()));
  for (const { id } of due) await store.within(tenant, (tx) => remind(tx, id, channels, clock.now()));
}

async function announce(tx: Tx, id: string, channels: Channels, now: number): Promise<void> {
  const incident = await readDeclared(tx, id);
  if (incident === null) return;
  const reach = await reached(tx, channels);
  for (const event of await eventsOf(tx, id)) {
    if (event.at <= now - newsMs) continue;
    for (const { to, kind, title, text } of newsOf(incident, event)) {
      const addresses = to === 'everyone' ? await everyone(tx, channels) : addressesOf(reach, to);
      await queueAll(tx, incident, [event.n, title], addresses, { kind, title, text }, now);
    }
  }
}

interface News {
  readonly to: 'everyone' | readonly string[];
  readonly kind: 'page' | 'note';
  readonly title: string;
  readonly text: string;
}

function newsOf({ title, commander, responders }: DeclaredIncident, event: IncidentEvent): readonly News[] {
  switch (event.type) {
    case 'declared': {
      const text = `${event.by} has declared it; ${event.commander} commands. Join it, or take a task.`;
      const news: News = { to: 'everyone', kind: 'note', title: `An incident is declared: ${title}`, text };
      if (event.commander === event.by) return [news];
      return [news, { to: [event.commander], kind: 'page', title: `You command: ${title}`, text: `${event.by} has declared it.` }];
    }
    case 'handed-over': {
      const why = event.note === '' ? '' : `: ${event.note}`;
      if (event.to !== event.by)
        return [{ to: [event.to], kind: 'page', title: `You command: ${title}`, text: `${event.by} has handed it over${why}` }];
      const others = responders.flatMap(({ person, leftAt }) => (leftAt === null && person !== event.by ? [person] : []));
      return [{ to: others, kind: 'note', title: `${event.by} commands: ${title}`, text: `${event.by} has taken the command${why}` }];
    }
    case 'closed':
      return [
        {
          to: 'everyone',
          kind: 'note',
          title: `An incident is closed: ${title}`,
          text: `${commander ?? event.by} has signed it: ${event.note}`,
        },
      ];
    default:
      return [];
  }
}

/** Tells who keeps a clock, and near its end all who are in the incident. */
async function remind(tx: Tx, id: string, channels: Channels, now: number): Promise<void> {
  const item = await tx.items.get(declaredKind, id);
  if (item === null || item.dueAt === null || item.dueAt > now) return;
  const incident = declaredOf(item);
  const reach = await reached(tx, channels);
  const clocks = incident.duties.flatMap((one) => one.clocks);
  for (const clock of clocks) {
    const reminder = reminderAt(clock, now);
    if (reminder === null) continue;
    const direct = addressesOf(reach, remindedOf(incident, clock, reminder));
    // Nobody of them is reached: better all than none.
    const addresses = direct.length > 0 ? direct : everybody(channels);
    const ids = await queueAll(tx, incident, [clock.id, clock.end, reminder.mark], addresses, wordsOf(incident, clock, reminder), now);
    if (ids.length > 0) await leaf(tx, id, clock, reminder, ids, now);
  }
  const dueAt = nextLook(clocks, now);
  if (dueAt !== item.dueAt) await tx.items.move({ ...item, dueAt }, [item.state]);
}

function remindedOf({ commander, responders, state }: DeclaredIncident, { keeper }: Clock, { mark }: Reminder): readonly string[] {
  const own = [keeper ?? commander ?? ''];
  if (mark === 'third' || state !== 'open') return own;
  return [...own, commander ?? '', ...responders.flatMap(({ person, leftAt }) => (leftAt === null ? [person] : []))];
}

function wordsOf(incident: DeclaredIncident, clock: Clock, { mark }: Reminder): Pick<Notification, 'kind' | 'title' | 'text'> {
  const title = clockTitle(incident, clock.id);
  const end = utc(clock.end ?? 0);
  const text = `It belongs to "${incident.title}". Report, then say that it was met ("jobzero incident clock met"), or that it does not apply.`;
  if (mark === 'over') return { kind: 'page', title: `A clock has ended: ${title}`, text };
  return { kind: mark === 'last' ? 'page' : 'note', title: `A clock ends at ${end}: ${title}`, text };
}

async function reached(tx: Tx, channels: Channels): Promise<ReadonlyMap<string, readonly Address[]>> {
  return reachOf(channels, (await onCallOf(tx)).settings?.channels ?? null);
}

function addressesOf(reach: ReadonlyMap<string, readonly Address[]>, persons: readonly string[]): readonly Address[] {
  return persons.flatMap((person) => reach.get(person) ?? []);
}

async function everyone(tx: Tx, channels: Channels): Promise<readonly Address[]> {
  const { settings } = await onCallOf(tx);
  const named = settings === null ? [] : addressesOf(reachOf(channels, settings.channels), settings.everyone);
  return named.length > 0 ? named : everybody(channels);
}

/** Queues what was not queued before; the ids of what is new. */
async function queueAll(
  tx: Tx,
  { id, severity }: DeclaredIncident,
  why: readonly unknown[],
  addresses: readonly Address[],
  words: Pick<Notification, 'kind' | 'title' | 'text'>,
  now: number,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const { channel, to } of new Map(addresses.map((one) => [JSON.stringify([one.channel, one.to]), one])).values()) {
    const own = idOf(tx.tenant, declaredKind, id, ...why, channel, to);
    const notification = {
      id: own,
      channel,
      to,
      about: { kind: 'incident' as const, id },
      severity,
      path: pathOf(id),
      options: [],
      ...words,
    };
    if (await queueNotification(tx, notification, now)) ids.push(own);
  }
  return ids;
}

async function leaf(
  tx: Tx,
  subject: string,
  { id, end }: Clock,
  { mark }: Reminder,
  notifications: readonly string[],
  at: number,
): Promise<void> {
  const data = { event: 'reminded', clock: id, end, mark, notifications: await sealedIds(tx, notifications) };
  await tx.ledger.append({ format: 'jobzero.ledger/1', type: 'incident', subject, at, data });
}
