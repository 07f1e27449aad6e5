import type { ArrivalKey, ArrivalRow, Deliveries, ObjectHash, TrailDigestRow } from './deliveries.ts';
import { type Journal, Table } from './table.memory.ts';

export interface DeliveryState {
  readonly arrivals: Table<ArrivalRow>;
  readonly hashes: Table<ObjectHash>;
  readonly digests: Table<TrailDigestRow>;
}

export function newDeliveries(journal: Journal): DeliveryState {
  return { arrivals: new Table(journal), hashes: new Table(journal), digests: new Table(journal) };
}

const keyOf = ({ source, account, region, day }: ArrivalKey) => [source, account, region, String(day).padStart(16, '0')].join('\u0000');
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** Values of a map in the order of these texts. */
function sorted<T>(values: Iterable<T>, by: (value: T) => string): T[] {
  return [...values].sort((a, b) => (by(a) < by(b) ? -1 : by(a) > by(b) ? 1 : 0));
}

export function deliveriesInMemory(state: DeliveryState): Deliveries {
  return {
    lockArrivals: async (keys) => sorted(new Set(keys.flatMap((key) => state.arrivals.get(keyOf(key)) ?? [])), keyOf),
    async putArrivals(rows) {
      for (const row of rows) state.arrivals.set(keyOf(row), plain(row));
    },
    arrivalsSince: async (day) => sorted(state.arrivals.values(), keyOf).filter((row) => row.day >= day),
    latestDay: async () => [...state.arrivals.values()].reduce<number | null>((latest, { day }) => Math.max(latest ?? day, day), null),
    async putHashes(rows) {
      for (const { object, hash } of rows) state.hashes.set(`${object}\u0000${hash}`, { object, hash });
    },
    async hashesOf(objects) {
      const wanted = new Set(objects);
      return sorted(state.hashes.values(), ({ object, hash }) => `${object}\u0000${hash}`).filter(({ object }) => wanted.has(object));
    },
    objectsBelow: async (prefix) =>
      sorted(new Set([...state.hashes.values()].map(({ object }) => object)), (object) => object).filter((object) =>
        object.startsWith(prefix),
      ),
    async putDigest(row) {
      state.digests.set(row.object, plain(row));
    },
    digestsSince: async (end) =>
      sorted(state.digests.values(), (row) =>
        [row.account, row.region, row.trail, String(row.end).padStart(16, '0'), row.object].join('\u0000'),
      ).filter((row) => row.end > end),
  };
}
