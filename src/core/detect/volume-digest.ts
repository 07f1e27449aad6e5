import { hashOf } from '../lib/hash.ts';
import type { Evidence, Volume } from '../model/finding.ts';
import type { CorrelationRule } from '../model/rule.ts';

/**
 * So many hashes of a day are kept, the smallest: up to here a day is counted exactly. Beyond, the largest of those kept
 * tells how many there were: with a standard error of 1 / sqrt(k - 2), here 6.3%. Source: Bar-Yossef et al., "Counting
 * distinct elements in a data stream", 2002.
 */
export const keptHashes = 256;
/** Two standard errors, rounded up: 95 of 100 estimates are as near as that. */
const error = 0.13;
const hexDigits = 12;
const allHashes = 2 ** (4 * hexDigits);
const day = 86_400_000;

/** What happened on a day: the smallest hashes of all different ones, in order, and the first matches as evidence. */
export interface DayVolume {
  readonly t: 'volume';
  readonly items: readonly Evidence[];
  readonly moreItems: boolean;
  readonly hashes: readonly string[];
  /** There were others. */
  readonly more: boolean;
}

/** The hash under which a match counts, or one of its values. */
export function volumeHash(counted: string | readonly [time: number, key: string]): string {
  return hashOf(counted).slice(0, hexDigits);
}

/** `items` are the joined matches. */
export function joinVolumes(a: DayVolume, b: DayVolume, items: { readonly items: readonly Evidence[]; readonly more: boolean }): DayVolume {
  const { hashes, more } = smallestHashes([...a.hashes, ...b.hashes]);
  return { t: 'volume', items: items.items, moreItems: items.more, hashes, more: a.more || b.more || more };
}

/** The smallest different hashes, in order. */
export function smallestHashes(hashes: Iterable<string>): { readonly hashes: readonly string[]; readonly more: boolean } {
  const all = [...new Set(hashes)].sort();
  return { hashes: all.slice(0, keptHashes), more: all.length > keptHashes };
}

/** How many days before a day it is compared with. A group that is at work every other day is still judged. */
export function comparedDays({ timespan }: Pick<CorrelationRule, 'timespan'>): number {
  return (2 * timespan) / day;
}

/** A day with what happened on it. */
export interface VolumeOfDay {
  /** Its start in milliseconds. */
  readonly bucket: number;
  readonly digest: DayVolume;
}

/**
 * Is the day unusual against the days before it, of which only those with a match are given? Null where it is not, and
 * where fewer of the compared days had a match than the rule wants to learn from.
 */
export function unusualVolume(today: VolumeOfDay, before: readonly VolumeOfDay[], rule: CorrelationRule): Volume | null {
  const since = today.bucket - comparedDays(rule) * day;
  const compared = before.filter(({ bucket }) => bucket >= since && bucket < today.bucket);
  const counts = compared.map(({ digest }) => countOf(digest));
  const value = countOf(today.digest);
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  if (compared.length * day < rule.timespan || value < rule.threshold || value < (rule.factor ?? 1) * most) return null;
  return {
    what: rule.field === null ? 'events' : 'values',
    value,
    quality: qualityOf(today.digest.more),
    days: compared.length,
    most,
    mostQuality: qualityOf(compared.some(({ digest }) => digest.more)),
    since: compared.reduce((first, { bucket }) => Math.min(first, bucket), today.bucket),
    error: today.digest.more || compared.some(({ digest }) => digest.more) ? error : 0,
  };
}

/** Exact unless there are more than are kept. */
function countOf({ hashes, more }: DayVolume): number {
  if (!more) return hashes.length;
  const share = (Number.parseInt(hashes.at(-1) ?? '', 16) + 1) / allHashes;
  return Math.round((hashes.length - 1) / share);
}

function qualityOf(more: boolean): Volume['quality'] {
  return more ? 'approximately' : 'exact';
}
