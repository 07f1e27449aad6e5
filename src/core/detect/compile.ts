import { fold } from '../lib/fold.ts';
import type { JsonObject } from '../model/json.ts';
import type { EventRule, Expr, Test } from '../model/rule.ts';
import { sourceKinds } from '../model/source.ts';
import type { ListIndex } from './list-index.ts';
import type { Asked, ScannedRow } from './scanned-row.ts';
import { type FieldExpr, fieldOf, Slot, valueAt } from './slot.ts';
import { compileTextTest, isPlain } from './text-test.ts';

/** Says which rules match a record. */
export interface Matcher {
  /** Appends the numbers of the rules that match, ascending, to `matched`, and returns how many. */
  match(record: JsonObject, matched: number[]): number;
  /** The paths that a scanner looks for, the two index fields first. */
  readonly columns: readonly string[];
  /** Changes when the numbers of texts begin anew. */
  epoch(): number;
  /** What a scanner found: texts that have a number from now on; `anew` says that all earlier numbers are void. */
  learn(texts: readonly { readonly column: number; readonly number: number; readonly text: string }[], anew: boolean): void;
  /** As `match`, of a scanned record. */
  matchRow(row: ScannedRow, matched: number[]): number;
}

type Predicate = (record: Asked, generation: number) => boolean;
type Candidate = { readonly rule: number; readonly when: Predicate };
/** A rule with what is left of its condition where part of the call is known. */
type Rest = { readonly rule: number; readonly rest: Expr };
/** Rules that ask for none of the index fields, and need this field; each with what is left to ask when its guard holds. */
type Watch = { readonly slot: Slot; readonly watchers: readonly { readonly rule: number; readonly rest: Predicate | null }[] };

const no: Expr = { op: 'constant', value: false };

/** How many pairs of the index fields' values are remembered; CloudTrail knows some ten thousand, a log sees hundreds. */
const rememberedPairs = 4_096;

const costs: { readonly [is in Test['is']]: number } = {
  exists: 1,
  null: 1,
  equals: 1,
  startswith: 2,
  endswith: 2,
  contains: 3,
  number: 3,
  windash: 4,
  cidr: 4,
  'in-list': 4,
  time: 4,
  glob: 5,
  generated: 5,
  fieldref: 6,
  re: 9,
  grants: 20,
};

/**
 * Compiles the event rules of one source into one matcher. `index` are the two fields that tell most of its events
 * apart, such as CloudTrail's eventSource and eventName. For each pair of their values that occurs, the rules are
 * specialised once: conditions on the two become true or false, what cannot match any more drops out, and the
 * rest is all that is asked of such an event. So the number of rules hardly matters; only those that could match do.
 * Rules that ask for neither could match every event: they are gathered by a field that each of them needs, and a value
 * of that field, seen before, tells at once which of them are left.
 */
export function compileRules(
  rules: readonly EventRule[],
  index: readonly [string, string] = sourceKinds['aws.cloudtrail'].index,
  lists?: ListIndex,
  also: readonly string[] = [],
): Matcher {
  const [first, second] = index;
  const firstOf = indexReader(first);
  const secondOf = indexReader(second);
  const slots = new Map<string, Slot>();
  const predicates = new Map<Expr, Predicate>();
  const byFirst = new Map<IndexValue, { readonly rules: readonly Rest[]; readonly bySecond: Map<IndexValue, readonly Candidate[]> }>();
  let pairs = 0;
  let generation = 0;
  let epoch = 0;

  // Every condition gets its number before the first event is seen.
  for (const rule of rules) predicateOf(rule.when);
  for (const path of also) slotOf(path);
  const { watches, bound } = watchesOf();

  function slotOf(path: string): Slot {
    const slot = slots.get(path) ?? new Slot(path, lists);
    slots.set(path, slot);
    return slot;
  }

  function predicateOf(expr: Expr): Predicate {
    let predicate = predicates.get(expr);
    if (predicate === undefined) {
      predicate = compile(expr);
      predicates.set(expr, predicate);
    }
    return predicate;
  }

  function compile(expr: Expr): Predicate {
    switch (expr.op) {
      case 'constant':
        return () => expr.value;
      case 'field':
      case 'keyword':
        return asked(expr.op === 'field' ? expr.path : '', expr);
      case 'not': {
        const path = fieldOf(expr);
        if (path !== null) return asked(path, expr);
        const of = predicateOf(expr.of);
        return (record, now) => !of(record, now);
      }
      case 'and':
      case 'or': {
        const path = fieldOf(expr);
        if (path !== null) return asked(path, expr);
        const [a, b, c, ...more] = [...expr.of].sort((x, y) => costOf(x) - costOf(y)).map(predicateOf);
        if (a === undefined) return () => expr.op === 'and';
        if (b === undefined) return a;
        if (expr.op === 'and') {
          if (c === undefined) return (record, now) => a(record, now) && b(record, now);
          if (more.length === 0) return (record, now) => a(record, now) && b(record, now) && c(record, now);
          return (record, now) => a(record, now) && b(record, now) && c(record, now) && more.every((p) => p(record, now));
        }
        if (c === undefined) return (record, now) => a(record, now) || b(record, now);
        if (more.length === 0) return (record, now) => a(record, now) || b(record, now) || c(record, now);
        return (record, now) => a(record, now) || b(record, now) || c(record, now) || more.some((p) => p(record, now));
      }
      default:
        return expr satisfies never;
    }
  }

  function asked(path: string, expr: Parameters<Slot['indexOf']>[0]): Predicate {
    const slot = slotOf(path);
    const index = slot.indexOf(expr);
    return (record, now) => slot.ask(index, record, now);
  }

  /** Rules that ask for no index field, gathered by the fields of their guards; and the numbers of all the others. */
  function watchesOf(): { readonly watches: readonly Watch[]; readonly bound: ReadonlySet<number> } {
    const bound = new Set(rules.keys());
    const left = new Map<number, ReadonlyMap<string, FieldExpr>>();
    rules.forEach((rule, number) => {
      const guards = asksFor(rule.when, index) ? null : guardsOf(rule.when);
      if (guards === null || guards.size === 0) return;
      left.set(number, guards);
      bound.delete(number);
    });
    const watches: Watch[] = [];
    for (let path = commonest(left.values()); path !== null; path = commonest(left.values())) {
      const slot = slotOf(path);
      const guards: number[] = [];
      const watchers: { rule: number; rest: Predicate | null }[] = [];
      for (const [rule, conditions] of left) {
        const guard = conditions.get(path);
        const when = rules[rule]?.when;
        if (guard === undefined || when === undefined) continue;
        const rest = partsOf(when).filter((part) => part !== guard);
        guards.push(slot.indexOf(guard));
        watchers.push({ rule, rest: rest.length === 0 ? null : predicateOf({ op: 'and', of: rest }) });
        left.delete(rule);
      }
      watches.push({ slot, watchers });
      slot.guard(guards);
    }
    return { watches, bound };
  }

  /** The rules that can match events with this value of the first field, with what is left of their conditions. */
  function restsOf(value: IndexValue): readonly Rest[] {
    const known = knownOf(first, value);
    const left: Rest[] = [];
    for (const number of bound) {
      const rule = rules[number];
      const rest = rule === undefined ? no : specialise(rule.when, known);
      if (rest.op !== 'constant' || rest.value) left.push({ rule: number, rest });
    }
    return left;
  }

  function candidatesOf(rests: readonly Rest[], value: IndexValue): readonly Candidate[] {
    const known = knownOf(second, value);
    const candidates: Candidate[] = [];
    for (const { rule, rest: before } of rests) {
      const rest = specialise(before, known);
      if (rest.op !== 'constant' || rest.value) candidates.push({ rule, when: predicates.get(rest) ?? compile(rest) });
    }
    return candidates;
  }

  function lookUp(one: IndexValue, other: IndexValue): readonly Candidate[] {
    let group = byFirst.get(one);
    const known = group?.bySecond.get(other);
    if (known !== undefined) return known;
    if (pairs >= rememberedPairs) {
      byFirst.clear();
      group = undefined;
      pairs = 0;
    }
    if (group === undefined) {
      group = { rules: restsOf(one), bySecond: new Map() };
      byFirst.set(one, group);
    }
    const candidates = candidatesOf(group.rules, other);
    group.bySecond.set(other, candidates);
    pairs++;
    return candidates;
  }

  function ask(candidates: readonly Candidate[], record: Asked, matched: number[]): number {
    const before = matched.length;
    for (let i = 0; i < candidates.length; i++) {
      const candidate = candidates[i];
      if (candidate?.when(record, generation)) matched.push(candidate.rule);
    }
    const bounds = matched.length;
    for (let i = 0; i < watches.length; i++) {
      const watch = watches[i];
      if (watch === undefined) continue;
      const passing = watch.slot.passing(record, generation);
      for (let j = 0; j < passing.length; j++) {
        const watcher = watch.watchers[passing[j] ?? -1];
        if (watcher !== undefined && (watcher.rest === null || watcher.rest(record, generation))) matched.push(watcher.rule);
      }
    }
    if (matched.length > bounds && matched.length > before + 1) sortFrom(matched, before);
    return matched.length - before;
  }

  const firstSlot = slotOf(first);
  const secondSlot = slotOf(second);
  const scanned = [...new Set([firstSlot, secondSlot, ...slots.values()])].filter((slot) => slot.isScannable);
  for (const [column, slot] of scanned.entries()) slot.scanAs(column);
  /** Candidates by the numbers of the two index fields. */
  const byNumbers = new Map<number, readonly Candidate[]>();

  function meet(row: ScannedRow): readonly Candidate[] {
    const [one, other] = [row.number(0), row.number(1)];
    if (one < 0 || other < 0) return lookUp(firstOf(row.parsed()), secondOf(row.parsed()));
    const candidates = lookUp(one === 0 ? null : firstSlot.textOf(one), other === 0 ? null : secondSlot.textOf(other));
    byNumbers.set(one * 65_536 + other, candidates);
    return candidates;
  }

  return {
    match(record, matched) {
      generation++;
      return ask(lookUp(firstOf(record), secondOf(record)), record, matched);
    },
    columns: scanned.map((slot) => slot.path),
    epoch: () => epoch,
    learn(texts, anew) {
      if (anew) {
        epoch++;
        byNumbers.clear();
        for (const slot of scanned) slot.unlearn();
      }
      for (const { column, number, text } of texts) scanned[column]?.learn(number, text);
    },
    matchRow(row, matched) {
      generation++;
      return ask(byNumbers.get(row.number(0) * 65_536 + row.number(1)) ?? meet(row), row, matched);
    },
  };
}

/** Sorts the numbers from a place on: there are few. */
function sortFrom(numbers: number[], from: number): void {
  const tail = numbers.slice(from).sort((a, b) => a - b);
  for (let i = 0; i < tail.length; i++) numbers[from + i] = tail[i] ?? 0;
}

/** The text of an index field, as conditions see it; null where it is absent, undefined where it is a list or an object. */
type IndexValue = string | null | undefined;

export function indexReader(path: string): (record: JsonObject) => IndexValue {
  const segments = path.split('.');
  const value = segments.length === 1 ? (record: JsonObject) => record[path] : (record: JsonObject) => valueAt(record, segments, path);
  return (record) => {
    const found = value(record);
    if (typeof found === 'string') return found;
    if (found === undefined || found === null) return null;
    return typeof found === 'object' ? undefined : String(found);
  };
}

export function knownOf(path: string, value: IndexValue): Known {
  if (value === undefined) return {};
  return { [path]: value === null ? null : { raw: value, folded: fold(value) } };
}

/** Does the condition ask for one of these fields anywhere? */
function asksFor(expr: Expr, fields: readonly [string, string]): boolean {
  switch (expr.op) {
    case 'constant':
    case 'keyword':
      return false;
    case 'field':
      return expr.path === fields[0] || expr.path === fields[1];
    case 'not':
      return asksFor(expr.of, fields);
    default:
      return expr.of.some((part) => asksFor(part, fields));
  }
}

/** The parts that must all hold. */
function partsOf(expr: Expr): readonly Expr[] {
  return expr.op === 'and' ? expr.of.flatMap(partsOf) : [expr];
}

/** Of the parts that must all hold those that ask one field for something that is there, by field. */
function guardsOf(expr: Expr): ReadonlyMap<string, FieldExpr> {
  const guards = new Map<string, FieldExpr>();
  for (const part of partsOf(expr)) {
    const path = fieldOf(part);
    if (path !== null && asksForValue(part) && !guards.has(path)) guards.set(path, part as FieldExpr);
  }
  return guards;
}

/** What holds for most events, such as the absence of something, guards nothing. */
function asksForValue(expr: Expr): boolean {
  if (expr.op === 'field') return isPlain(expr.test);
  return (expr.op === 'and' || expr.op === 'or') && expr.of.every(asksForValue);
}

/** The field that guards most of these rules; of several the shortest path, then the first in code-unit order. */
function commonest(all: Iterable<ReadonlyMap<string, FieldExpr>>): string | null {
  const counts = new Map<string, number>();
  for (const guards of all) for (const path of guards.keys()) counts.set(path, (counts.get(path) ?? 0) + 1);
  const order = ([a, m]: [string, number], [b, n]: [string, number]) =>
    n - m || a.split('.').length - b.split('.').length || (a < b ? -1 : 1);
  return [...counts].sort(order)[0]?.[0] ?? null;
}

/** Null is a field that is known to be absent. */
export type Known = { readonly [path: string]: { readonly raw: string; readonly folded: string } | null | undefined };

/** The condition with the known fields' tests answered, and what follows from the answers. Unchanged parts stay the same object. */
export function specialise(expr: Expr, known: Known): Expr {
  switch (expr.op) {
    case 'constant':
    case 'keyword':
      return expr;
    case 'field': {
      const value = Object.hasOwn(known, expr.path) ? known[expr.path] : undefined;
      if (value === undefined || !isKnowable(expr.test)) return expr;
      return {
        op: 'constant',
        value: value === null ? holdsWhereAbsent(expr.test) : answer(expr.test, value.folded, value.raw),
      };
    }
    case 'not': {
      const of = specialise(expr.of, known);
      if (of.op === 'constant') return { op: 'constant', value: !of.value };
      return of === expr.of ? expr : { op: 'not', of };
    }
    case 'and':
    case 'or': {
      // In a conjunction false decides and true drops out; in a disjunction the other way round.
      const decides = expr.op === 'or';
      const of: Expr[] = [];
      let changed = false;
      for (const part of expr.of) {
        const rest = specialise(part, known);
        if (rest !== part) changed = true;
        if (rest.op !== 'constant') of.push(rest);
        else if (rest.value === decides) return { op: 'constant', value: decides };
      }
      if (!changed) return expr;
      const [only] = of;
      if (only === undefined) return { op: 'constant', value: !decides };
      return of.length === 1 ? only : { op: expr.op, of };
    }
    default:
      return expr satisfies never;
  }
}

/** Tests that a value alone answers, at once: the others are left to the field. */
function isKnowable({ is }: Test): boolean {
  return is !== 'fieldref' && is !== 'grants' && is !== 'in-list';
}

function holdsWhereAbsent(test: Test): boolean {
  return test.is === 'null' || (test.is === 'exists' && !test.want);
}

function answer(test: Test, folded: string, raw: string): boolean {
  if (test.is === 'exists') return test.want;
  return isPlain(test) && compileTextTest(test)(folded, raw);
}

function costOf(expr: Expr): number {
  switch (expr.op) {
    case 'constant':
      return 0;
    case 'field':
      return costs[expr.test.is];
    case 'keyword':
      return 50;
    case 'not':
      return costOf(expr.of);
    default:
      return expr.of.reduce((sum, part) => sum + costOf(part), 0);
  }
}
