import { canonicalJson } from '../lib/canonical-json.ts';
import type { Event } from '../model/event.ts';
import type { JsonObject } from '../model/json.ts';
import { type CorrelationRule, groupedBy } from '../model/rule.ts';

/** From the group of a correlation to that of the one over it: the names there, with those here. */
type Up = readonly (readonly [name: string, from: string])[];

/** Where a match comes in below a correlation over correlations. */
export interface NestPlace {
  /** The correlation that takes it: one of those below, or the outermost itself. */
  readonly node: CorrelationRule;
  /** The event rule that matched. */
  readonly input: string;
  /** From the node's group to that of the outermost. */
  readonly ups: readonly Up[];
}

const day = 86_400_000;
/** A finding shows so many matches at the beginning and at the end of a slice, where a threshold needs fewer. */
const leastKept = 8;

/** All ways on which event rules come in. */
export function inputsOf(
  rule: CorrelationRule,
  nested: readonly CorrelationRule[],
  node: CorrelationRule = rule,
  ups: readonly Up[] = [],
): readonly (NestPlace & { readonly id: string })[] {
  const below = new Map(nested.map((one) => [one.id, one]));
  return [...new Set(node.rules)].flatMap((id) => {
    const inner = below.get(id);
    return inner === undefined ? [{ id, node, input: id, ups }] : inputsOf(rule, nested, inner, [upTo(node, id), ...ups]);
  });
}

/** From the groups of an inner correlation to those of the one over it. */
export function upTo(outer: CorrelationRule, inner: string): Up {
  return outer.groupBy.map((name) => [name, groupedBy(outer, name, inner)] as const);
}

export function upwards(group: JsonObject, ups: readonly Up[]): JsonObject {
  return ups.reduce((below, up) => Object.fromEntries(up.map(([name, from]) => [name, below[from] ?? ''])), group);
}

/** All is told apart in slices of time, as the epoch aligns them, as long as the shortest timespan. */
export function sliceOf(rule: CorrelationRule, nested: readonly CorrelationRule[]): number {
  return nested.reduce((least, { timespan }) => Math.min(least, timespan), rule.timespan);
}

/** What a correlation tells apart of a match: the values that it counts, times where an order or a neighbourhood matters, else the match. */
export function whatOf({ type }: CorrelationRule, { time, key }: Event, values: readonly string[]): readonly string[] {
  if (type === 'value_count') return [...new Set(values)];
  return [type === 'event_count' ? `${time} ${key}` : String(time)];
}

/** So many of the first, and as many of the last, of a rule's matches are kept in a slice: what lies between changes no answer of a count. */
export function keptOf({ type, threshold }: CorrelationRule): number {
  return Math.max(leastKept, type === 'event_count' || type === 'value_count' ? threshold : 0);
}

/** The part of a digest: which correlation takes matches of which rule in which of its groups. */
export function partLabel(node: string, input: string, group: JsonObject): string {
  return canonicalJson([node, input, group]);
}

export function readLabel(label: string): { readonly node: string; readonly input: string; readonly group: JsonObject } {
  const [node, input, group] = JSON.parse(label) as [string, string, JsonObject];
  return { node, input, group };
}

/** How many days before a day, and after it, tell whether the correlation holds in a window that begins in it. */
export function daysAround(rule: CorrelationRule, nested: readonly CorrelationRule[]): { readonly before: number; readonly after: number } {
  const slice = sliceOf(rule, nested);
  const below = new Map(nested.map((one) => [one.id, one]));
  // A window of an inner correlation ends in the slice, and may begin as long before it as it is.
  const reach = (node: CorrelationRule): number =>
    node.rules.reduce((most, id) => {
      const inner = below.get(id);
      return inner === undefined ? most : Math.max(most, slice + inner.timespan + reach(inner));
    }, 0);
  return { before: Math.ceil((reach(rule) + slice) / day), after: Math.ceil((slice + rule.timespan) / day) };
}
