import { idOf } from '../../core/lib/hash.ts';
import type { Json } from '../../core/model/json.ts';
import type { Severity } from '../../core/model/severity.ts';
import type { Item } from '../../core/ports/items.ts';
import type { Tx } from '../../core/ports/store.ts';

/** What a channel was told in tickets about one group of findings, as an item: `open` while some of them stand, else `over`. */
export const ticketKind = 'ticket';
export const ticketStates = ['open', 'over'] as const;

/** Findings of one rule in one account that are one person's (null: nobody's who is known there), or `held`: all that has no ticket yet, as there were too many. */
export type TicketGroup = { readonly rule: string; readonly account: string; readonly person: string | null } | 'held';

/** Times are milliseconds since 1970. */
export interface Ticket {
  readonly channel: string;
  readonly of: TicketGroup;
  /** That of the ticket. */
  readonly title: string;
  /** How many tickets were made of it, one after the other. */
  readonly n: number;
  /** The notification that made the ticket in which more is said; null where there is none. */
  readonly made: string | null;
  /** How much was said in it after that. */
  readonly said: number;
  /** The notification that was queued last, and when: the next one waits for its end. */
  readonly last: string | null;
  readonly at: number;
  /** Ids of what stands as the ticket tells, and as it told before the last word. */
  readonly told: readonly string[];
  readonly before: readonly string[];
  /** The gravest of it. */
  readonly severity: Severity;
  /** What stands, and was told in tickets that people have closed there: nothing more is said of it. */
  readonly closed: readonly string[];
}

export function ticketId(tenant: string, channel: string, of: TicketGroup): string {
  return of === 'held' ? idOf(tenant, ticketKind, channel, of) : idOf(tenant, ticketKind, channel, of.rule, of.account, of.person);
}

export function ticketOf(item: Item): Ticket {
  return item.doc as unknown as Ticket;
}

export async function putTicket(tx: Tx, id: string, doc: Ticket, at: number): Promise<void> {
  const state = doc.told.length + doc.closed.length > 0 ? 'open' : 'over';
  const item = { kind: ticketKind, id, state, dueAt: null, at, doc: doc as unknown as Json };
  if (!(await tx.items.add(item))) await tx.items.move(item, ticketStates);
}

/** How many new tickets a channel had on a day, in UTC: an item whose document is `{ n }`. */
export const ticketsMadeKind = 'tickets-made';

export function ticketsOfDay(channel: string, at: number): string {
  return idOf(ticketsMadeKind, channel, Math.floor(at / 86_400_000));
}

export function madeOf(item: Item | null): number {
  return (item?.doc as { readonly n: number } | undefined)?.n ?? 0;
}
