/** One object of the sample: a hash that decides whether it is in it, and how long its first event was on the way. */
export interface SampledWait {
  readonly hash: string;
  /** From the event until the object was there to be read; null where nobody said when it was. Milliseconds. */
  readonly available: number | null;
  /** From the event until it was taken in. Milliseconds. */
  readonly ingested: number;
}

/**
 * What came from one source, account and Region on one day. A join-semilattice value: the same object taken in twice,
 * or by two workers, says it once.
 */
export interface Arrival {
  /** Time of the last event. */
  readonly last: number;
  /** Bit n is set when there was an event in hour n of the day. */
  readonly hours: number;
  /** The objects with the smallest hashes: a sample by chance that does not depend on the order. */
  readonly sample: readonly SampledWait[];
}

/** Of so many objects a day waits are kept; the 99th percentile of that is known to about one in a hundred objects. */
const sampleSize = 128;

export function joinArrivals(a: Arrival, b: Arrival): Arrival {
  return { last: Math.max(a.last, b.last), hours: a.hours | b.hours, sample: joinSamples(a.sample, b.sample) };
}

/** Of two that have one hash, the shorter wait stands: the object was there by then. */
function joinSamples(a: readonly SampledWait[], b: readonly SampledWait[]): readonly SampledWait[] {
  const byHash = new Map(a.map((wait) => [wait.hash, wait]));
  for (const wait of b) {
    const known = byHash.get(wait.hash);
    byHash.set(
      wait.hash,
      known === undefined
        ? wait
        : { hash: wait.hash, available: shorter(known.available, wait.available), ingested: Math.min(known.ingested, wait.ingested) },
    );
  }
  return [...byHash.values()].sort((x, y) => (x.hash < y.hash ? -1 : 1)).slice(0, sampleSize);
}

function shorter(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.min(a, b);
}

/** The value that this share of the values reach at most; null of none. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}
