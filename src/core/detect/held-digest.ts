import type { Rule } from '../model/rule.ts';
import { compareWritten } from './compare-evidence.ts';
import { endsOf, type Mark } from './ends-digest.ts';
import { entryKeyOf } from './entry.ts';
import type { Written } from './evidence.ts';
import { smallestDays } from './first-digest.ts';
import { type Sample, smallest } from './numbers-digest.ts';
import { orderedOf } from './ordered-digest.ts';
import { keptBy } from './rule-set.ts';
import { smallestHashes } from './volume-digest.ts';

/** A digest while it is made: its matches are written, its group is canonical JSON. */
export type Held = { readonly group: string; readonly bucket: number; readonly value: string | null; readonly rule: Rule } & (
  | { readonly t: 'kept'; readonly items: Written[]; more: boolean }
  | { readonly t: 'values'; readonly seen: Map<string, { first: Written; last: number }>; more: boolean }
  | { readonly t: 'first'; item: Written; days: number[] }
  | { readonly t: 'ends'; readonly k: number; marks: Mark<Written>[]; more: boolean }
  | { readonly t: 'ordered'; items: Written[]; more: boolean }
  | { readonly t: 'numbers'; readonly items: Written[]; moreItems: boolean; samples: Sample[]; more: boolean; negative: boolean }
  | { readonly t: 'volume'; readonly items: Written[]; moreItems: boolean; hashes: Set<string>; more: boolean }
);

/** The digest as an entry: its key, and its JSON text, which `readEntry` reads. */
export function entryLine(held: Held): { readonly key: string; readonly line: string } {
  const { rule, group, bucket, value } = held;
  const key = entryKeyOf(rule, group, bucket, value);
  const of = `"key":${JSON.stringify(key)},"rule":${JSON.stringify(rule.id)},"value":${JSON.stringify(value)}`;
  return { key, line: `{"bucket":${bucket},"digest":${digestText(held)},"group":${group},${of}}` };
}

/** JSON of a `Digest`. */
function digestText(held: Held): string {
  switch (held.t) {
    case 'first':
      return `{"t":"first","item":${held.item.text},"days":${JSON.stringify(smallestDays(held.days))}}`;
    case 'kept':
      return `{"t":"kept","items":${listOf(held.items)},"more":${held.more}}`;
    case 'ends': {
      const { marks, more } = endsOf(held.marks, compareWritten, held.more, held.k);
      const texts = marks.map(({ what, item }) => `{"what":${JSON.stringify(what)},"item":${item.text}}`);
      return `{"t":"ends","k":${held.k},"marks":[${texts.join(',')}],"more":${more}}`;
    }
    case 'ordered': {
      const { items, more } = orderedOf(held.items, compareWritten, held.more, keptBy(held.rule));
      return `{"t":"ordered","items":${listOf(items)},"more":${more}}`;
    }
    case 'numbers': {
      const { samples, more } = smallest(held.samples);
      const numbers = `"samples":${JSON.stringify(samples)},"more":${held.more || more},"negative":${held.negative}`;
      return `{"t":"numbers","items":${listOf(held.items)},"moreItems":${held.moreItems},${numbers}}`;
    }
    case 'volume': {
      const { hashes, more } = smallestHashes(held.hashes);
      return `{"t":"volume","items":${listOf(held.items)},"moreItems":${held.moreItems},"hashes":${JSON.stringify(hashes)},"more":${held.more || more}}`;
    }
    case 'values': {
      const k = keptBy(held.rule);
      const sorted = byFirstMatch(held.seen);
      const more = held.more || sorted.length > k;
      // As in the join: with more than k values the last times are not exact, and are not kept.
      const values = sorted
        .slice(0, k)
        .map(({ value, first, last }) => `{"value":${JSON.stringify(value)},"first":${first.text},"last":${more ? first.time : last}}`);
      return `{"t":"values","values":[${values.join(',')}],"more":${more}}`;
    }
    default:
      return held satisfies never;
  }
}

function listOf(items: readonly Written[]): string {
  return `[${items.map(({ text }) => text).join(',')}]`;
}

/** Values in the order of their first matches. */
export function byFirstMatch(
  seen: ReadonlyMap<string, { first: Written; last: number }>,
): readonly { readonly value: string; readonly first: Written; readonly last: number }[] {
  return [...seen]
    .map(([value, { first, last }]) => ({ value, first, last }))
    .sort((a, b) => compareWritten(a.first, b.first) || (a.value < b.value ? -1 : 1));
}
