import { type Arrival, joinArrivals, percentile } from '../core/collect/arrivals/arrival.ts';
import { isSilent, rhythmOf } from '../core/collect/arrivals/silence.ts';
import {
  type CheckedDigest,
  type Completeness,
  logsBelow,
  proveTrail,
  stampOf,
  trailName,
} from '../core/collect/cloudtrail/digest-chain.ts';
import type { Source } from '../core/model/source.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { ArrivalRow } from '../core/ports/deliveries.ts';
import type { Store, Tx } from '../core/ports/store.ts';

export interface DeliveryDeps {
  readonly store: Store;
  readonly tenant: string;
  readonly clock: Clock;
}

/** Milliseconds from the first event of an object; null where nothing is known. */
export interface Waits {
  readonly p50: number | null;
  readonly p99: number | null;
}

/** How one source arrives from one account and Region. */
export interface SourceStatus {
  readonly source: Source;
  readonly account: string;
  readonly region: string;
  /** Time of the last event. */
  readonly last: number;
  /** The longest gap that is usual, in hours; null while too little is known. */
  readonly usualHours: number | null;
  readonly silent: boolean;
  /** Until the object was there to be read, and until it was taken in, of a sample of the last two days with events. */
  readonly available: Waits;
  readonly ingested: Waits;
  readonly sampled: number;
  /** CloudTrail's trails: what their digests prove. Empty: unproven, there are no digests. */
  readonly trails: readonly Completeness[];
}

const day = 86_400_000;
/** A source that was silent for longer is known no more; its finding stands. */
const rememberedDays = 60;
/** Days before the last event whose waits count. */
const waitDays = 2;
/** Digests of so many days are looked at. */
const provenDays = 30;

/** The state of every source, by source, account and Region. A function of what is stored and of the time. */
export async function deliveryStatus({ store, tenant, clock }: DeliveryDeps): Promise<readonly SourceStatus[]> {
  const now = clock.now();
  return store.within(tenant, async (tx) => {
    // Of logs that end long ago, as after a back-fill, the end of what there is counts.
    const until = Math.min(now, ((await tx.deliveries.latestDay()) ?? now) + day);
    const trails = await completeness(tx, until - provenDays * day);
    return (await bySource(tx, until)).map((days): SourceStatus => {
      const { source, account, region } = days[0];
      const rhythm = rhythmOf(days);
      const recent = days.filter((one) => one.day > rhythm.last - waitDays * day).map(({ arrival }) => arrival);
      const sample = recent.reduce<Arrival>(joinArrivals, { last: 0, hours: 0, sample: [] }).sample;
      const waits = (values: readonly (number | null)[]): Waits => {
        const known = values.filter((value) => value !== null);
        return { p50: percentile(known, 0.5), p99: percentile(known, 0.99) };
      };
      return {
        source,
        account,
        region,
        ...rhythm,
        silent: rhythm.last > now - rememberedDays * day && isSilent(rhythm, now),
        available: waits(sample.map(({ available }) => available)),
        ingested: waits(sample.map(({ ingested }) => ingested)),
        sampled: sample.length,
        trails: source === 'aws.cloudtrail' ? trails.filter((trail) => trail.account === account && trail.region === region) : [],
      };
    });
  });
}

export type SourceDay = Pick<ArrivalRow, 'source' | 'account' | 'region' | 'day'> & { readonly arrival: Arrival };

/** The days of each source, account and Region, none of them empty. */
export async function bySource(tx: Tx, until: number): Promise<readonly (readonly [SourceDay, ...SourceDay[]])[]> {
  const rows = await tx.deliveries.arrivalsSince(until - rememberedDays * day);
  const groups = Map.groupBy(rows, ({ source, account, region }) => `${source} ${account} ${region}`);
  return [...groups.values()].flatMap((group) => {
    const [first, ...others] = group.map(({ state, ...key }): SourceDay => ({ ...key, arrival: state as unknown as Arrival }));
    return first === undefined ? [] : [[first, ...others] as const];
  });
}

async function completeness(tx: Tx, since: number): Promise<readonly Completeness[]> {
  const digests = (await tx.deliveries.digestsSince(since)).map(({ doc }) => doc as unknown as CheckedDigest);
  const places = Map.groupBy(digests, (digest) => logsBelow(digest));
  const proven: Completeness[] = [];
  for (const [prefix, inPlace] of places) {
    const hashes = new Map<string, string[]>();
    for (const { object, hash } of await tx.deliveries.hashesOf(inPlace.flatMap(({ logs }) => logs.map(({ object }) => trailName(object)))))
      hashes.set(object, [...(hashes.get(object) ?? []), hash]);
    const read = await tx.deliveries.objectsBelow(prefix);
    const trails = Map.groupBy(inPlace, ({ trail }) => trail);
    for (const [trail, chain] of trails) {
      // Two trails may deliver into one place: what the other's digests name was not added by anybody.
      const others = new Set(
        inPlace.filter((one) => one.trail !== trail).flatMap(({ logs }) => logs.map(({ object }) => trailName(object))),
      );
      const readBelow = read.filter((object) => !others.has(object)).map((object) => ({ object, at: stampOf(object) ?? 0 }));
      proven.push(proveTrail(chain, (object) => hashes.get(object) ?? [], readBelow));
    }
  }
  return proven;
}
