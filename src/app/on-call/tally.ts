import type { Tally } from '../../core/decide/on-call/load-of.ts';
import { valueAt } from '../../core/lib/json-at.ts';
import type { Tx } from '../../core/ports/store.ts';

const kind = 'tally';
const hour = 3_600_000;
const most = 100_000;

/**
 * Counts what is done here and now, in the transaction that does it: once, whoever dies. An hour has several rows, chosen by `by`, an id of what is
 * counted, so that workers do not wait for each other.
 */
export async function tally(
  tx: Tx,
  by: string,
  counts: { readonly events?: number; readonly decided?: number },
  at: number,
): Promise<void> {
  const start = at - (at % hour);
  const id = `${start}/${by.slice(0, 1)}`;
  const before = await tx.items.get(kind, id);
  const count = (name: keyof typeof counts) => numberAt(before?.doc, name) + (counts[name] ?? 0);
  const item = { kind, id, state: 'counted', dueAt: null, at: start, doc: { events: count('events'), decided: count('decided') } };
  if (before === null) await tx.items.add(item);
  else await tx.items.move(item, ['counted']);
}

/** What hours from this time on brought; of one hour there may be several. */
export async function talliesSince(tx: Tx, since: number): Promise<readonly Tally[]> {
  return (await tx.items.list({ kind, since: since - (since % hour), limit: most })).map(({ at, doc }) => ({
    at,
    events: numberAt(doc, 'events'),
    decided: numberAt(doc, 'decided'),
  }));
}

function numberAt(doc: Parameters<typeof valueAt>[0], name: string): number {
  const value = valueAt(doc, name);
  return typeof value === 'number' ? value : 0;
}
