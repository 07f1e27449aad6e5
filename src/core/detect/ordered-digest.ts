import type { Evidence } from '../model/finding.ts';
import { compareEvidence } from './compare-evidence.ts';

/**
 * Matches of several rules in time: per rule the first match of each different time. Of more than twice `k` times the
 * `k` first and the `k` last are kept. Sorted by (rule, time).
 */
export interface Ordered {
  readonly t: 'ordered';
  readonly items: readonly Evidence[];
  /** Times are missing between the first and the last. */
  readonly more: boolean;
}

export function joinOrdered(a: Ordered, b: Ordered, k: number): Ordered {
  return { t: 'ordered', ...orderedOf([...a.items, ...b.items], compareEvidence, a.more || b.more, k) };
}

/** What of a list of matches is kept; idempotent. */
export function orderedOf<T extends { readonly rule: string; readonly time: number }>(
  matches: readonly T[],
  compare: (a: T, b: T) => number,
  more: boolean,
  k: number,
): { readonly items: readonly T[]; readonly more: boolean } {
  const byRule = new Map<string, T[]>();
  for (const item of [...matches].sort(compare)) {
    const items = byRule.get(item.rule) ?? [];
    byRule.set(item.rule, items);
    if (items.at(-1)?.time !== item.time) items.push(item);
  }
  let dropped = more;
  const items: T[] = [];
  for (const rule of [...byRule.keys()].sort()) {
    const all = byRule.get(rule) ?? [];
    if (all.length > 2 * k) dropped = true;
    items.push(...(all.length > 2 * k ? [...all.slice(0, k), ...all.slice(-k)] : all));
  }
  return { items, more: dropped };
}

/**
 * The first matches of these rules in this order, equal times in either order, that begin in `here` and end within the
 * span of the first; null where there are none. `next` are the matches of the bucket after.
 */
export function firstChain(here: Ordered, next: Ordered | null, rules: readonly string[], timespan: number): readonly Evidence[] | null {
  const timesOf = (rule: string) => [...here.items, ...(next?.items ?? [])].filter((item) => item.rule === rule);
  const all = new Map(rules.map((rule) => [rule, timesOf(rule)]));
  for (const start of here.items.filter((item) => item.rule === rules[0])) {
    const chain = [start];
    for (const rule of rules.slice(1)) {
      const after = chain.at(-1)?.time ?? 0;
      const following = all.get(rule)?.find((item) => item.time >= after && item.time < start.time + timespan);
      if (following === undefined) break;
      chain.push(following);
    }
    if (chain.length === rules.length) return chain;
  }
  return null;
}
