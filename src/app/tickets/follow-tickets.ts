import { idOf } from '../../core/lib/hash.ts';
import type { Channels } from '../../core/model/channel.ts';
import type { Json } from '../../core/model/json.ts';
import type { Notification, TicketPart } from '../../core/model/notification.ts';
import { severityIds } from '../../core/model/severity.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Item } from '../../core/ports/items.ts';
import type { Store, Tx } from '../../core/ports/store.ts';
import { type Delivery, type Queued, queuedOf } from '../notify/delivery.ts';
import { queueNotification } from '../notify/queue-notification.ts';
import { toleranceOf } from '../tolerance-of.ts';
import { type Group, standingGroups, stands, type TicketChannel } from './standing-groups.ts';
import { madeOf, putTicket, type Ticket, ticketId, ticketKind, ticketOf, ticketsMadeKind, ticketsOfDay } from './ticket-item.ts';
import { heldWords, moreText, newText, type TicketLine } from './ticket-text.ts';

export interface TicketDeps {
  readonly tenant: string;
  readonly store: Store;
  readonly clock: Clock;
  /** Ids of the rules that find insecure behaviour without an attacker. */
  readonly behaviours: () => Promise<readonly string[]>;
  readonly channels: () => Promise<Channels>;
}

const day = 86_400_000;
const mostTickets = 10_000;
/** What failed for good is looked after for so long once it is over. */
const lookedAfterMs = 8 * day;
/** Of so many findings a ticket keeps account; what is beyond gets in as they end. */
const mostTold = 500;
const mostLabels = 20;

/**
 * Makes tickets of findings that stand, in the channels that want them, and says in them what becomes of it. What was said is compared with what is, so nothing has to tell of a
 * change. Each word is queued in the transaction that writes it down, under an id made of group, ticket and word: any number of workers may do this at once.
 */
export async function followTickets(deps: TicketDeps): Promise<void> {
  const { store, tenant, clock } = deps;
  const channels = await deps.channels();
  const wanting = channels.channels.flatMap((one) =>
    one.kind === 'jira' && one.tickets !== null ? [{ ...one, tickets: one.tickets }] : [],
  );
  if (wanting.length === 0) return;
  const behaviours = new Set(await deps.behaviours());
  const { tolerance, items } = await store.within(tenant, async (tx) => ({
    tolerance: await toleranceOf(tx),
    items: [
      ...(await tx.items.list({ kind: ticketKind, state: ['open'], limit: mostTickets })),
      ...(await tx.items.list({ kind: ticketKind, state: ['over'], since: clock.now() - lookedAfterMs, limit: mostTickets })),
    ],
  }));
  for (const channel of wanting) {
    const own = new Map(items.map((item) => [item.id, ticketOf(item)] as const).filter(([, ticket]) => ticket.channel === channel.name));
    const standing = { tenant, store, clock, behaviours, tolerance, people: channels.people };
    const held: Group[] = [];
    for (const group of await standingGroups(standing, channel, own)) {
      const done = await store.within(tenant, (tx) => follow(tx, channel, channels, group, clock.now()));
      if (done === 'held') held.push(group);
    }
    const summary = summaryOf(tenant, channel, held);
    if (held.length > 0 || own.has(summary.id)) await store.within(tenant, (tx) => follow(tx, channel, channels, summary, clock.now()));
  }
}

/** All that is held back, as one ticket. */
function summaryOf(tenant: string, channel: TicketChannel, held: readonly Group[]): Group {
  const lines = held.map(({ id, title, lines: [first, ...rest] }) => ({
    id,
    severity: first?.severity ?? ('Low' as const),
    text: `${title}: ${rest.length + 1}.`,
    path: first?.path ?? '/findings',
  }));
  return { id: ticketId(tenant, channel.name, 'held'), of: 'held', ...heldWords(channel.tickets.perDay), lines };
}

/** Where a word is said: one group of one channel, now. */
interface Place {
  readonly tx: Tx;
  readonly channel: TicketChannel;
  readonly channels: Channels;
  readonly group: Group;
  readonly now: number;
}

/** Says what is to be said about one group now: a ticket, a word in it, or nothing. `held`: it wants a ticket, and the day has had its number. */
async function follow(tx: Tx, channel: TicketChannel, channels: Channels, group: Group, now: number): Promise<'held' | 'done'> {
  const item = await tx.items.get(ticketKind, group.id);
  const before = item === null ? freshTicket(channel.name, group) : ticketOf(item);
  const last = before.last === null ? null : await tx.items.get('notification', before.last);
  if (last?.state === 'waiting' || last?.state === 'sending') return 'done';
  const lines = await standingNow(tx, group, before);
  if (last?.state === 'failed' && (before.said > 0 || lines.length > 0)) {
    // The same again, so that what may have arrived is found.
    if (now - last.at >= day) await tx.items.move(sentAnew(last, now), ['failed']);
    return 'done';
  }
  const ticket = last?.state === 'unsure' || last?.state === 'failed' ? withoutTicket(before) : before;
  const account = accountOf(ticket.made === null ? { ...ticket, title: group.title } : ticket, lines);
  const place = { tx, channel, channels, group, now };
  const { next, open } = account;
  if (ticket.made !== null && (await sayMore(place, ticket, account))) return 'done';
  const wantsOne = ticket.made === null && open.length > 0;
  if (wantsOne && (group.of === 'held' || (await takeOfDay(place)))) {
    await make(place, account);
    return 'done';
  }
  // What has ended is new when it comes back.
  if (item !== null && (ticket !== before || next.closed.length < before.closed.length))
    await putTicket(tx, group.id, { ...ticket, closed: next.closed }, item.at);
  return wantsOne ? 'held' : 'done';
}

interface Account {
  /** What the ticket is once it is said. */
  readonly next: Ticket;
  /** What stands and was not told in tickets that people have closed, the gravest first. */
  readonly open: readonly TicketLine[];
  /** Those of it that the ticket keeps account of, and the new ones among them. */
  readonly told: readonly TicketLine[];
  readonly added: readonly TicketLine[];
  /** How many that were told stand no more. */
  readonly ended: number;
}

function accountOf(ticket: Ticket, lines: readonly TicketLine[]): Account {
  const standing = new Set(lines.map(({ id }) => id));
  const closed = new Set(ticket.closed.filter((id) => standing.has(id)));
  const open = lines.filter(({ id }) => !closed.has(id));
  const known = new Set(ticket.told);
  const told = [...open.filter(({ id }) => known.has(id)), ...open.filter(({ id }) => !known.has(id))].slice(0, mostTold);
  return {
    next: {
      ...ticket,
      closed: [...closed],
      told: told.map(({ id }) => id),
      before: ticket.told,
      severity: open[0]?.severity ?? ticket.severity,
    },
    open,
    told,
    added: told.filter(({ id }) => !known.has(id)),
    ended: ticket.told.filter((id) => !standing.has(id)).length,
  };
}

/** The ticket itself. */
async function make({ tx, channel, channels, group, now }: Place, { next, open, told }: Account): Promise<void> {
  const id = idOf(group.id, next.n + 1);
  const labels = group.of === 'held' ? [] : told.slice(0, mostLabels).map((line) => `jobzero-finding-${line.id}`);
  const ticket = { labels, assignee: assigneeOf(group, channel, channels), ref: null, over: false };
  await queueNotification(tx, wordOf(channel, next, id, newText(group, told, open.length - told.length, channels.console), ticket), now);
  await putTicket(tx, group.id, { ...next, n: next.n + 1, made: id, said: 0, last: id, at: now, before: [] }, now);
}

/** What became of it since the last word: that it is over, and that it is graver, at once; all else once a day. False where nothing is said. */
async function sayMore(
  { tx, channel, channels, group, now }: Place,
  ticket: Ticket,
  { next, open, added, ended }: Account,
): Promise<boolean> {
  const over = open.length === 0;
  if (added.length === 0 && ended === 0 && next.severity === ticket.severity) return false;
  if (!over && severityIds[next.severity] <= severityIds[ticket.severity] && now - ticket.at < day) return false;
  const made = await tx.items.get('notification', ticket.made ?? '');
  const ref = made === null ? '' : (queuedOf(made).delivery?.ref ?? '');
  if (ref === '') return false;
  const id = idOf(group.id, ticket.n, ticket.said + 1);
  const text = moreText({ added, ended, standing: open.length, severity: next.severity, before: ticket.severity }, channels.console);
  await queueNotification(tx, wordOf(channel, next, id, text, { labels: [], assignee: null, ref, over }), now);
  await putTicket(tx, group.id, { ...next, said: ticket.said + 1, last: id, at: now }, now);
  return true;
}

function freshTicket(channel: string, { of, title }: Group): Ticket {
  return { channel, of, title, n: 0, made: null, said: 0, last: null, at: 0, told: [], before: [], severity: 'Informational', closed: [] };
}

/** People have closed or removed it there, or it never was. The last word was not heard: what stood before it and after it stays told, and what it told of first is new. */
function withoutTicket(ticket: Ticket): Ticket {
  const closed = [...ticket.closed, ...ticket.before.filter((id) => ticket.told.includes(id))];
  return { ...ticket, made: null, last: null, told: [], before: [], closed };
}

/** An earlier try may have arrived. */
function sentAnew(item: Item, now: number): Item {
  const delivery: Delivery = { attempts: 0, since: now, worker: '', doubt: true, reason: '', ref: '' };
  const doc: Queued = { ...queuedOf(item), delivery };
  return { ...item, state: 'waiting', at: now, dueAt: now, doc: doc as unknown as Json };
}

/** What of a group stands in this very transaction. */
async function standingNow(tx: Tx, { of, lines }: Group, { told, closed }: Ticket): Promise<Group['lines']> {
  if (of === 'held') return lines;
  const known = new Set([...told, ...closed]);
  const states = new Map((await tx.findings.versions(lines.map(({ id }) => id))).map(({ id, state }) => [id, state]));
  return lines.filter(({ id }) => {
    const state = states.get(id);
    return state !== undefined && (known.has(id) ? stands(state) : state === 'open');
  });
}

/** Counts one new ticket of the day, in UTC; false when there were as many as may be. */
async function takeOfDay({ tx, channel: { name, tickets }, now }: Place): Promise<boolean> {
  const id = ticketsOfDay(name, now);
  const before = await tx.items.get(ticketsMadeKind, id);
  const n = madeOf(before);
  if (n >= tickets.perDay) return false;
  const item = { kind: ticketsMadeKind, id, state: 'made', dueAt: null, at: now, doc: { n: n + 1 } };
  return before === null ? tx.items.add(item) : tx.items.move(item, ['made']);
}

function assigneeOf({ of }: Group, { name }: TicketChannel, { people }: Channels): string | null {
  if (of === 'held' || of.person === null || !Object.hasOwn(people, of.person)) return null;
  return people[of.person]?.[name] ?? null;
}

function wordOf({ name }: TicketChannel, next: Ticket, id: string, text: string, ticket: TicketPart): Notification {
  const { of, title, told, before } = next;
  const [first = before[0] ?? '', ...rest] = told;
  return {
    id,
    kind: 'ticket',
    channel: name,
    to: '',
    about: of === 'held' ? { kind: 'automation', id: `channel/${name}` } : { kind: 'finding', id: first },
    severity: next.severity,
    title,
    text,
    path: of === 'held' || rest.length > 0 ? '/findings' : `/findings/${first}`,
    options: [],
    ticket,
  };
}
