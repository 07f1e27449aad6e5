import { canonicalJson } from '../lib/canonical-json.ts';
import type { Evidence } from '../model/finding.ts';
import type { JsonObject } from '../model/json.ts';
import { type CorrelationRule, groupedBy } from '../model/rule.ts';
import { compareEvidence } from './compare-evidence.ts';
import type { Ends } from './ends-digest.ts';
import { sliceOf, upTo, upwards } from './nest.ts';
import type { Window } from './window.ts';
import { shownEvidence } from './write-finding.ts';

/** What is kept of one rule's matches in one slice, for one group of the correlation that takes them. */
export interface Part {
  readonly bucket: number;
  /** The correlation that takes them, the rule that matched, and the group there. */
  readonly node: string;
  readonly input: string;
  readonly group: JsonObject;
  readonly digest: Ends;
}

/** Something that a correlation takes: a match, or a time at which a correlation below it held. */
interface Point {
  readonly time: number;
  /** The rule that matched, or the correlation that held. */
  readonly input: string;
  /** What is counted of it. */
  readonly what: string;
  readonly items: readonly Evidence[];
  readonly more: boolean;
}

interface Group {
  readonly group: JsonObject;
  readonly points: Point[];
}

/**
 * The first window that begins at a point within these times (the end is not included) and holds enough of a group of a
 * correlation over correlations; null where there is none. `parts` are all of the group, in the days around.
 */
export function firstNestedWindow(
  parts: readonly Part[],
  rule: CorrelationRule,
  nested: readonly CorrelationRule[],
  group: JsonObject,
  from: number,
  until: number,
): Window | null {
  const slice = sliceOf(rule, nested);
  const groups = new Map<string, Map<string, Group>>();
  const put = (node: string, of: JsonObject, point: Point) => {
    const own = groups.get(node) ?? new Map<string, Group>();
    groups.set(node, own);
    const name = canonicalJson(of);
    const known = own.get(name);
    if (known === undefined) own.set(name, { group: of, points: [point] });
    else known.points.push(point);
  };
  for (const { node, input, group: of, digest } of parts)
    for (const { what, item } of digest.marks) put(node, of, { time: item.time, input, what, items: [item], more: digest.more });
  const all = [...nested, rule];
  // Those below come before those over them.
  for (const node of nested) {
    const outer = all.filter(({ rules }) => rules.includes(node.id));
    for (const { group: of, points } of groups.get(node.id)?.values() ?? []) {
      for (const held of holdsOf(points, node, slice)) {
        for (const one of outer) {
          // What is counted is the slice.
          const { time, items, more } = held;
          const counted =
            one.type === 'value_count' ? of[groupedBy(one, one.field ?? '', node.id)] : canonicalJson([node.id, of, held.slice]);
          put(one.id, upwards(of, [upTo(one, node.id)]), { time, items, more, input: node.id, what: String(counted) });
        }
      }
    }
  }
  const points = inOrder(groups.get(rule.id)?.get(canonicalJson(group))?.points ?? []);
  const found = rule.type === 'temporal_ordered' ? windowInOrder(points, rule, from, until) : windowOfThings(points, rule, from, until);
  if (found === null) return null;
  const isNested = new Set(nested.map(({ id }) => id));
  // What went on holding is told from its beginning and from its end.
  const ends = found.flatMap(({ point, until: last }) =>
    isNested.has(point.input)
      ? points.filter(({ input, time }) => input === point.input && time > point.time && time <= last).slice(-1)
      : [],
  );
  return gather([...found.map(({ point }) => point), ...ends]);
}

/** A point that a window is made of, and the time up to which others of its input belong to it. */
interface Found {
  readonly point: Point;
  readonly until: number;
}

/** A time at which a correlation holds. */
interface Hold extends Pick<Point, 'time' | 'items' | 'more'> {
  /** The start of the slice. */
  readonly slice: number;
}

/**
 * The first and the last time in each slice at which a correlation holds: with the match at that time, the half-open span of
 * its timespan that ends there has enough. Equal times come together.
 */
function holdsOf(points: readonly Point[], rule: CorrelationRule, slice: number): readonly Hold[] {
  const sorted = inOrder(points);
  const bySlice = new Map<number, { readonly first: Holding; last: Holding }>();
  for (const holding of rule.type === 'temporal_ordered' ? chainsThatEnd(sorted, rule) : spansThatEnd(sorted, rule)) {
    const start = holding.time - (holding.time % slice);
    const known = bySlice.get(start);
    if (known === undefined) bySlice.set(start, { first: holding, last: holding });
    else known.last = holding;
  }
  return [...bySlice].flatMap(([start, { first, last }]) => {
    const ends = first === last ? [first] : [first, last];
    return ends.map(({ time, points }): Hold => ({ time, slice: start, ...gather(points()) }));
  });
}

interface Holding {
  readonly time: number;
  readonly points: () => readonly Point[];
}

function* spansThatEnd(sorted: readonly Point[], rule: CorrelationRule): Generator<Holding> {
  const things = new Things(rule);
  let from = 0;
  for (let end = 0; end < sorted.length; ) {
    const time = sorted[end]?.time ?? 0;
    for (; sorted[end]?.time === time; end++) things.add(sorted[end]);
    for (; (sorted[from]?.time ?? time) <= time - rule.timespan; from++) things.remove(sorted[from]);
    const [first, last] = [from, end];
    if (things.isEnough()) yield { time, points: () => things.each(sorted.slice(first, last)) };
  }
}

function* chainsThatEnd(sorted: readonly Point[], rule: CorrelationRule): Generator<Holding> {
  // Of so many of the rules in their order the chain that begins last: a list from the end.
  const chains: (Chain | null)[] = rule.rules.map(() => null);
  for (let end = 0; end < sorted.length; ) {
    const time = sorted[end]?.time ?? 0;
    const here = new Map<string, Point>();
    for (let point = sorted[end]; point?.time === time; point = sorted[++end]) if (!here.has(point.input)) here.set(point.input, point);
    let holds: Chain | null = null;
    for (const [n, input] of rule.rules.entries()) {
      const point = here.get(input);
      const before = n === 0 ? null : (chains[n - 1] ?? null);
      if (point === undefined || (n > 0 && before === null)) continue;
      const chain = { point, before, since: before?.since ?? time };
      chains[n] = chain;
      if (n === rule.rules.length - 1 && chain.since > time - rule.timespan) holds = chain;
    }
    if (holds !== null) yield { time, points: () => pointsOf(holds) };
  }
}

interface Chain {
  readonly point: Point;
  readonly before: Chain | null;
  readonly since: number;
}

function pointsOf(chain: Chain): readonly Point[] {
  const points: Point[] = [];
  for (let one: Chain | null = chain; one !== null; one = one.before) points.push(one.point);
  return points.reverse();
}

function windowOfThings(points: readonly Point[], rule: CorrelationRule, from: number, until: number): readonly Found[] | null {
  const sorted = points.filter(({ time }) => time >= from && time < until + rule.timespan);
  const things = new Things(rule);
  let end = 0;
  for (const [i, start] of sorted.entries()) {
    if (start.time >= until) return null;
    const last = start.time + rule.timespan - 1;
    for (; (sorted[end]?.time ?? Number.POSITIVE_INFINITY) <= last; end++) things.add(sorted[end]);
    if (things.isEnough())
      return things.each(sorted.slice(i, end)).map((point) => ({ point, until: rule.type === 'temporal' ? last : point.time }));
    things.remove(start);
  }
  return null;
}

function windowInOrder(points: readonly Point[], rule: CorrelationRule, from: number, until: number): readonly Found[] | null {
  const byInput = new Map<string, Point[]>();
  for (const point of points) {
    const own = byInput.get(point.input) ?? [];
    own.push(point);
    byInput.set(point.input, own);
  }
  const [first = '', ...rest] = rule.rules;
  for (const start of byInput.get(first) ?? []) {
    if (start.time < from || start.time >= until) continue;
    const last = start.time + rule.timespan - 1;
    const chain = [start];
    for (const input of rest) {
      const next = firstFrom(byInput.get(input) ?? [], chain.at(-1)?.time ?? 0);
      if (next === null || next.time > last) break;
      chain.push(next);
    }
    if (chain.length === rule.rules.length) return chain.map((point, i) => ({ point, until: chain[i + 1]?.time ?? last }));
  }
  return null;
}

/** The first of these points, which are in order, that is not before a time. */
function firstFrom(points: readonly Point[], time: number): Point | null {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle]?.time ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return points[low] ?? null;
}

/** The different things in a window that moves: of a `temporal` the rules, else what is counted. */
class Things {
  private readonly rule: CorrelationRule;
  private readonly counts = new Map<string, number>();

  constructor(rule: CorrelationRule) {
    this.rule = rule;
  }

  add(point: Point | undefined): void {
    if (point !== undefined) this.counts.set(this.of(point), (this.counts.get(this.of(point)) ?? 0) + 1);
  }

  remove(point: Point | undefined): void {
    if (point === undefined) return;
    const left = (this.counts.get(this.of(point)) ?? 0) - 1;
    if (left > 0) this.counts.set(this.of(point), left);
    else this.counts.delete(this.of(point));
  }

  isEnough(): boolean {
    return this.counts.size >= this.rule.threshold;
  }

  /** Of each thing the first point. */
  each(points: readonly Point[]): readonly Point[] {
    const byThing = new Map<string, Point>();
    for (const point of points) if (!byThing.has(this.of(point))) byThing.set(this.of(point), point);
    return [...byThing.values()];
  }

  private of({ input, what }: Point): string {
    return this.rule.type === 'temporal' ? input : what;
  }
}

/** The matches of points: each has its share of what a finding shows, its first and its last, so that many of one leave room for the others. */
function gather(points: readonly Point[]): Window {
  const share = Math.max(1, Math.floor(shownEvidence / points.length));
  const byName = new Map<string, Evidence>();
  for (const { items } of endsOfList(points, shownEvidence)) {
    for (const item of endsOfList(items, share)) {
      const name = JSON.stringify([item.time, item.key, item.rule]);
      const known = byName.get(name);
      if (known === undefined || compareEvidence(item, known) < 0) byName.set(name, item);
    }
  }
  const more = points.length > shownEvidence || points.some((point) => point.more || point.items.length > share);
  return { items: [...byName.values()].sort(compareEvidence), more };
}

/** So many of a list, half of them from its end. */
function endsOfList<T>(list: readonly T[], most: number): readonly T[] {
  const tail = Math.floor(most / 2);
  return list.length <= most ? list : [...list.slice(0, most - tail), ...list.slice(list.length - tail)];
}

/** By time, and what is equal in an order that no order of events changes. */
function inOrder(points: readonly Point[]): readonly Point[] {
  return [...points].sort(
    (a, b) => a.time - b.time || compareTexts(a.input, b.input) || compareTexts(a.what, b.what) || compareItems(a.items, b.items),
  );
}

function compareItems(a: readonly Evidence[], b: readonly Evidence[]): number {
  const at = a.findIndex((item, i) => b[i] === undefined || compareEvidence(item, b[i]) !== 0);
  const [x, y] = [a[at], b[at]];
  return x === undefined || y === undefined ? a.length - b.length : compareEvidence(x, y);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
