import type { Evidence } from '../model/finding.ts';
import { compareEvidence, compareWritten } from './compare-evidence.ts';
import { type Ends, joinEnds } from './ends-digest.ts';
import type { Written } from './evidence.ts';
import { type First, joinFirst } from './first-digest.ts';
import { joinNumbers, type Numbers } from './numbers-digest.ts';
import { joinOrdered, type Ordered } from './ordered-digest.ts';
import { type DayVolume, joinVolumes } from './volume-digest.ts';

/** The k smallest matches by (time, key). `more` says that there were others: then the count is "at least". */
export interface Kept {
  readonly t: 'kept';
  readonly items: readonly Evidence[];
  readonly more: boolean;
}

/** Different values with the first match of each and the time of the last; the k smallest by (first match, value). */
export interface Values {
  readonly t: 'values';
  readonly values: readonly Seen[];
  readonly more: boolean;
}

export interface Seen {
  readonly value: string;
  readonly first: Evidence;
  readonly last: number;
}

/**
 * What is remembered of matches: a join-semilattice value. `join` is associative, commutative and idempotent, so that
 * shuffled, doubled, late and split input gives the same digest. There are no counters: a duplicate would count twice.
 */
export type Digest = Kept | Values | First | Ordered | Numbers | DayVolume | Ends;

const sameEvent = (a: Evidence, b: Evidence) => a.time === b.time && a.key === b.key;

/** Joins two digests of one key. `k` is the same wherever the key's digests are made. */
export function join(a: Digest, b: Digest, k: number): Digest {
  if (a.t === 'kept' && b.t === 'kept') return joinKept(a, b, k);
  if (a.t === 'values' && b.t === 'values') return joinValues(a, b, k);
  if (a.t === 'first' && b.t === 'first') return joinFirst(a, b);
  if (a.t === 'ordered' && b.t === 'ordered') return joinOrdered(a, b, k);
  if (a.t === 'numbers' && b.t === 'numbers') return joinNumbers(a, b, joinItems(a, b, k));
  if (a.t === 'volume' && b.t === 'volume') return joinVolumes(a, b, joinItems(a, b, k));
  if (a.t === 'ends' && b.t === 'ends') return joinEnds(a, b);
  throw new TypeError(`digests of different kinds: ${a.t} and ${b.t}`);
}

function joinItems(a: Numbers | DayVolume, b: Numbers | DayVolume, k: number): Kept {
  return joinKept({ t: 'kept', items: a.items, more: a.moreItems }, { t: 'kept', items: b.items, more: b.moreItems }, k);
}

function joinKept(a: Kept, b: Kept, k: number): Kept {
  const items: Evidence[] = [];
  for (const item of [...a.items, ...b.items].sort(compareEvidence)) {
    const last = items.at(-1);
    // Of two records with one id the smaller bytes stand; the sort has put them first.
    if (last === undefined || !sameEvent(last, item)) items.push(item);
  }
  return { t: 'kept', items: items.slice(0, k), more: a.more || b.more || items.length > k };
}

function joinValues(a: Values, b: Values, k: number): Values {
  const byValue = new Map<string, Seen>();
  for (const seen of [...a.values, ...b.values]) {
    const known = byValue.get(seen.value);
    byValue.set(seen.value, known === undefined ? seen : joinSeen(known, seen));
  }
  const sorted = [...byValue.values()].sort((x, y) => compareEvidence(x.first, y.first) || (x.value < y.value ? -1 : 1));
  const more = a.more || b.more || sorted.length > k;
  // What was dropped has lost its last time, so with more than k values only the first times are kept: they stay exact.
  return { t: 'values', values: more ? sorted.slice(0, k).map((seen) => ({ ...seen, last: seen.first.time })) : sorted, more };
}

function joinSeen(a: Seen, b: Seen): Seen {
  return { value: a.value, first: compareEvidence(a.first, b.first) <= 0 ? a.first : b.first, last: Math.max(a.last, b.last) };
}

/** Puts one match into a mutable list of the k smallest; true when the list was or became too small for all. */
export function keep(items: Written[], time: number, key: string, k: number, make: () => Written): boolean {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && (item.time < time || (item.time === time && item.key < key))) low = middle + 1;
    else high = middle;
  }
  const there = items[low];
  if (there !== undefined && there.time === time && there.key === key) {
    const made = make();
    if (compareWritten(made, there) < 0) items[low] = made;
    return false;
  }
  if (low >= k) return true;
  if (low === items.length) items.push(make());
  else items.splice(low, 0, make());
  if (items.length <= k) return false;
  items.length = k;
  return true;
}
