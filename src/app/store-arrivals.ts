import { type Arrival, joinArrivals } from '../core/collect/arrivals/arrival.ts';
import type { NotedArrival } from '../core/collect/arrivals/note-arrivals.ts';
import { idOf } from '../core/lib/hash.ts';
import type { Json } from '../core/model/json.ts';
import type { ArrivalKey } from '../core/ports/deliveries.ts';
import type { LogObject } from '../core/ports/log-objects.ts';
import type { Tx } from '../core/ports/store.ts';

/** What the objects of a slice brought, each with its object. */
export interface ObjectArrivals {
  readonly object: LogObject;
  readonly notes: readonly NotedArrival[];
}

/** Joins what arrived with what is stored. Of an object that was taken in before, nothing changes. */
export async function storeArrivals(tx: Tx, arrivals: readonly ObjectArrivals[], now: number): Promise<void> {
  const joined = new Map<string, { readonly key: ArrivalKey; readonly arrival: Arrival }>();
  for (const { object, notes } of arrivals) {
    const hash = idOf(object.name, object.version).slice(0, 16);
    for (const { source, account, region, day, first, last, hours } of notes) {
      const available = object.availableAt === undefined ? null : Math.max(0, object.availableAt - first);
      const arrival: Arrival = { last, hours, sample: [{ hash, available, ingested: Math.max(0, now - first) }] };
      const text = `${source} ${account} ${region} ${day}`;
      const known = joined.get(text);
      joined.set(text, {
        key: { source, account, region, day },
        arrival: known === undefined ? arrival : joinArrivals(known.arrival, arrival),
      });
    }
  }
  const stored = await tx.deliveries.lockArrivals([...joined.values()].map(({ key }) => key));
  for (const { source, account, region, day, state } of stored) {
    const text = `${source} ${account} ${region} ${day}`;
    const found = joined.get(text);
    if (found !== undefined) joined.set(text, { ...found, arrival: joinArrivals(found.arrival, state as unknown as Arrival) });
  }
  await tx.deliveries.putArrivals([...joined.values()].map(({ key, arrival }) => ({ ...key, state: arrival as unknown as Json })));
}
