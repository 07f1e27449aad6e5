import { hashOf } from '../lib/hash.ts';
import type { Evidence, Measured } from '../model/finding.ts';
import type { CorrelationRule, Criterion } from '../model/rule.ts';
import { isNumber } from './number-test.ts';

/** So many numbers of a bucket are kept; what is said of them is exact up to here. */
export const keptNumbers = 1_000;
/** Larger numbers count as this, so that sums stay finite. */
const largest = Number.MAX_SAFE_INTEGER;

/** One number of an event. Of several in one event each has its place in the key. */
export interface Sample {
  /** Empty where the earliest are kept; else a hash, so that those kept are a sample which no order changes. */
  readonly rank: string;
  readonly time: number;
  readonly key: string;
  readonly value: number;
}

/** The numbers of matches: the smallest by (rank, time, key), and the first matches as evidence. */
export interface Numbers {
  readonly t: 'numbers';
  readonly items: readonly Evidence[];
  readonly moreItems: boolean;
  readonly samples: readonly Sample[];
  readonly more: boolean;
  /** There is a number below zero, perhaps among those that were not kept. */
  readonly negative: boolean;
}

function isSummed(rule: CorrelationRule): boolean {
  return rule.type === 'value_sum';
}

/** Of the texts at a field those that are numbers. */
export function samplesOf(texts: readonly string[], time: number, key: string, rule: CorrelationRule): readonly Sample[] {
  return texts.flatMap((text, i): Sample[] => {
    if (!isNumber(text)) return [];
    const own = i === 0 ? key : `${key}\u0000${i}`;
    const value = Math.max(-largest, Math.min(largest, Number(text)));
    return [{ rank: isSummed(rule) ? '' : hashOf([time, own]).slice(0, 16), time, key: own, value }];
  });
}

/** `items` are the joined matches. */
export function joinNumbers(a: Numbers, b: Numbers, items: { readonly items: readonly Evidence[]; readonly more: boolean }): Numbers {
  const { samples, more } = smallest([...a.samples, ...b.samples]);
  return {
    t: 'numbers',
    items: items.items,
    moreItems: items.more,
    samples,
    more: a.more || b.more || more,
    negative: a.negative || b.negative,
  };
}

/** The smallest samples by (rank, time, key), each key once: of two records that claim one id the smaller number counts. */
export function smallest(samples: readonly Sample[]): { readonly samples: readonly Sample[]; readonly more: boolean } {
  const different: Sample[] = [];
  for (const sample of [...samples].sort(compareSamples)) {
    const last = different.at(-1);
    if (last === undefined || last.time !== sample.time || last.key !== sample.key) different.push(sample);
  }
  return { samples: different.slice(0, keptNumbers), more: different.length > keptNumbers };
}

function compareSamples(a: Sample, b: Sample): number {
  if (a.rank !== b.rank) return a.rank < b.rank ? -1 : 1;
  if (a.time !== b.time) return a.time - b.time;
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  return a.value - b.value;
}

/**
 * Judges the numbers of a bucket. A sum with lower bounds alone is asked of every half-open span that begins with one of
 * its numbers and may reach into the next bucket; all else of the bucket as a whole. Null where the condition does not
 * hold.
 */
export function measure(
  here: Numbers,
  next: Numbers | null,
  rule: CorrelationRule,
): { readonly measured: Measured; readonly span: { readonly from: number; readonly until: number } | null } | null {
  const criteria = rule.criteria ?? [];
  const [first] = here.samples;
  if (first === undefined) return null;
  if (isSummed(rule) && criteria.every(({ is }) => is === 'gt' || is === 'gte')) return sumOfSpan(here, next, rule);
  const value = rule.type === 'value_sum' ? sumOf(here.samples) : statistic(here.samples, rule);
  if (!criteria.every((criterion) => meets(value, criterion))) return null;
  const measured = { what: nameOf(rule), value, quality: qualityOf(rule, here.more, here.negative) };
  return { measured, span: null };
}

function sumOfSpan(here: Numbers, next: Numbers | null, rule: CorrelationRule): ReturnType<typeof measure> {
  const all = [...here.samples, ...(next?.samples ?? [])];
  // sums[i] is the sum of the first i numbers.
  const sums = [0];
  for (const { value } of all) sums.push((sums.at(-1) ?? 0) + value);
  let end = 0;
  for (let i = 0; i < here.samples.length; i++) {
    const from = all[i]?.time ?? 0;
    if (i > 0 && all[i - 1]?.time === from) continue;
    while (end < all.length && (all[end]?.time ?? 0) < from + rule.timespan) end++;
    const value = (sums[end] ?? 0) - (sums[i] ?? 0);
    if (!(rule.criteria ?? []).every((criterion) => meets(value, criterion))) continue;
    const quality = qualityOf(rule, here.more || (next?.more ?? false), here.negative || (next?.negative ?? false));
    return { measured: { what: 'sum', value, quality }, span: { from, until: from + rule.timespan } };
  }
  return null;
}

/** In the order of time, since sums of fractions depend on it. */
function sumOf(samples: readonly Sample[]): number {
  return [...samples].sort((a, b) => compareSamples({ ...a, rank: '' }, { ...b, rank: '' })).reduce((sum, { value }) => sum + value, 0);
}

/** The average, or the nearest-rank percentile: the smallest number that is not below so many percent of them. */
function statistic(samples: readonly Sample[], { type, percentile = 50 }: CorrelationRule): number {
  if (type === 'value_avg') return sumOf(samples) / samples.length;
  const values = samples.map(({ value }) => value).sort((a, b) => a - b);
  return values[Math.max(0, Math.ceil((percentile / 100) * values.length) - 1)] ?? 0;
}

export function meets(value: number, { is, than }: Criterion): boolean {
  switch (is) {
    case 'gt':
      return value > than;
    case 'gte':
      return value >= than;
    case 'lt':
      return value < than;
    case 'lte':
      return value <= than;
    case 'eq':
      return value === than;
    case 'neq':
      return value !== than;
    default:
      return is satisfies never;
  }
}

function nameOf({ type }: CorrelationRule): Measured['what'] {
  if (type === 'value_sum') return 'sum';
  if (type === 'value_avg') return 'average';
  return type === 'value_median' ? 'median' : 'percentile';
}

function qualityOf(rule: CorrelationRule, more: boolean, negative: boolean): Measured['quality'] {
  if (!more) return 'exact';
  return isSummed(rule) && !negative ? 'at least' : 'approximately';
}
