import { type Address, contains, parseAddress, parseBlock } from '../lib/cidr.ts';
import { fold } from '../lib/fold.ts';
import type { EventRule, Expr, Test } from '../model/rule.ts';
import type { FieldSieve, Sieve } from '../model/sieve.ts';
import { type ListIndex, stepsOfBlock } from './list-index.ts';
import { compareNumber, holds } from './number-test.ts';
import { type FieldExpr, fieldOf } from './slot.ts';
import { compileTextTest, isPlain } from './text-test.ts';

const bits = 31;
/** Of fields that are asked for in lists so many have a bit of their own. */
const mostListed = 6;

/** One way in which a rule can match: conditions on single fields that must all hold, by field. */
type Way = ReadonlyMap<string, readonly FieldExpr[]>;

/** A value, with what several conditions want to know of it. */
interface Value {
  readonly raw: string;
  readonly folded: string;
  /** Undefined where nobody has asked yet. */
  address: Address | null | undefined;
  /** Of a whole number that is exact its value, else NaN. */
  number: number | undefined;
}

/** Null is an absent field. */
type Condition = (value: Value | null) => boolean;

/** What of these rules can be told by single fields. Nothing is remembered here: callers see each value once, or remember. */
export function sieveOf(rules: readonly EventRule[], lists?: ListIndex): Sieve {
  const ways = rules.flatMap((rule) => waysOf(rule.when));
  const bitOf = bitsOf(ways);
  const all = bitOf.reduce((sum, bit) => sum | bit, 0);

  function judge(partsOfWay: (way: Way) => readonly FieldExpr[]): FieldSieve | null {
    // Many ways ask the same of a field (is it a private address?): it is looked at once.
    const asked = new Map<string, { bits: number; readonly parts: readonly FieldExpr[]; readonly holds: Condition }>();
    let others = 0;
    for (const [way, bit] of bitOf.entries()) {
      const parts = partsOfWay(ways[way] ?? new Map());
      const known = asked.get(JSON.stringify(parts));
      if (parts.length === 0) others |= bit;
      else if (known === undefined) asked.set(JSON.stringify(parts), { bits: bit, parts, holds: allOf(parts, lists) });
      else known.bits |= bit;
    }
    if (asked.size === 0) return null;
    const conditions = [...asked.values()];
    const stepsOf = (test: (test: Test) => ArrayLike<number> | null) =>
      stepsIn(
        conditions.flatMap(({ parts }) => parts),
        test,
      );
    return {
      matters: all & ~others,
      left(text, among = all) {
        const value = text === undefined ? null : { raw: text, folded: fold(text), address: undefined, number: undefined };
        let left = others & among;
        for (const { bits, holds } of conditions) if ((among & bits & ~left) !== 0 && holds(value)) left |= bits & among;
        return left;
      },
      get steps() {
        return stepsOf(numberSteps);
      },
      get addressSteps() {
        return stepsOf((test) => addressSteps(test, lists));
      },
    };
  }

  return {
    all,
    ofField: (path) => judge((way) => way.get(path) ?? []),
    ofElement: (path) => judge((way) => (way.get(path) ?? []).filter((part) => isOfOneElement(part, lists)).slice(0, 1)),
  };
}

/** The bit of each way. Ways that ask the same are one: many correlations count the same kind of line. */
function bitsOf(ways: readonly Way[]): readonly number[] {
  const kinds = new Map<string, Way>();
  const names = ways.map((way) => JSON.stringify([...way].sort(([a], [b]) => (a < b ? -1 : 1))));
  for (const [i, name] of names.entries()) kinds.set(name, ways[i] ?? new Map());
  const bits = bitsOfKinds([...kinds.values()]);
  const bitOf = new Map([...kinds.keys()].map((name, i) => [name, bits[i] ?? 0]));
  return names.map((name) => bitOf.get(name) ?? 0);
}

/**
 * More ways than bits share them, and a bit is left as long as one of its ways is. Those that want a field's value
 * in a list share one from the start: nearly every value rules out all of them.
 */
function bitsOfKinds(ways: readonly Way[]): readonly number[] {
  const listed = ways.map((way) => [...way].find(([, parts]) => parts.some(wantsListed))?.[0]);
  const fields = [...new Set(listed.filter((field) => field !== undefined))].slice(0, mostListed);
  const others = listed.filter((field) => field === undefined || !fields.includes(field)).length;
  const left = Math.min(bits - fields.length, others);
  let other = 0;
  return listed.map((field) => {
    const shared = field === undefined ? -1 : fields.indexOf(field);
    return 2 ** (shared < 0 ? fields.length + Math.floor((other++ * left) / others) : shared);
  });
}

/** Must the value be in a list? */
function wantsListed(expr: Expr): boolean {
  if (expr.op === 'or') return expr.of.every(wantsListed);
  return expr.op === 'field' && expr.test.is === 'in-list';
}

function waysOf(when: Expr): readonly Way[] {
  if (when.op === 'or' && fieldOf(when) === null) return when.of.flatMap(waysOf);
  if (when.op === 'constant' && !when.value) return [];
  const way = new Map<string, FieldExpr[]>();
  for (const part of partsOf(when)) {
    const path = fieldOf(part);
    if (path !== null) way.set(path, [...(way.get(path) ?? []), part as FieldExpr]);
  }
  return [way];
}

function partsOf(expr: Expr): readonly Expr[] {
  return expr.op === 'and' ? expr.of.flatMap(partsOf) : [expr];
}

/** Of a list such a condition holds only when one element alone meets it: the list's own text, which ends with `]`, never does. */
function isOfOneElement(expr: Expr, lists: ListIndex | undefined): boolean {
  if (expr.op === 'or') return expr.of.every((part) => isOfOneElement(part, lists));
  if (expr.op !== 'field') return false;
  const { test } = expr;
  if (test.is === 'equals') return !test.text.includes(']');
  if (test.is === 'in-list') return test.how === 'cidr' || !(lists?.entries(test.list) ?? []).some((entry) => entry.includes(']'));
  return test.is === 'cidr';
}

/** All steps of these conditions, in order; null where any value may be one. */
function stepsIn(exprs: readonly Expr[], stepsOf: (test: Test) => ArrayLike<number> | null): Float64Array | null {
  const found: ArrayLike<number>[] = [];
  const all = (parts: readonly Expr[]): boolean => parts.every(take);
  function take(expr: Expr): boolean {
    if (expr.op === 'not') return take(expr.of);
    if (expr.op === 'and' || expr.op === 'or') return all(expr.of);
    const steps = expr.op === 'field' ? stepsOf(expr.test) : null;
    if (steps !== null && steps.length > 0) found.push(steps);
    return steps !== null;
  }
  return all(exprs) ? inOrder(found) : null;
}

/** Lists may have any number of entries, so no objects are made of them. */
function inOrder(parts: readonly ArrayLike<number>[]): Float64Array {
  const sorted = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let n = 0;
  for (const part of parts) {
    sorted.set(part, n);
    n += part.length;
  }
  sorted.sort();
  n = 0;
  let last = 0;
  for (const step of sorted) {
    if (step <= last) continue;
    last = step;
    sorted[n++] = step;
  }
  return sorted.slice(0, n);
}

function numberSteps(test: Test): readonly number[] | null {
  if (test.is === 'exists' || test.is === 'null') return [];
  if (test.is !== 'number' && test.is !== 'equals') return null;
  const than = Number(test.is === 'number' ? test.than : test.text);
  if (Number.isSafeInteger(than)) return [than, than + 1];
  // No whole number is written like another text.
  return test.is === 'equals' ? [] : null;
}

function addressSteps(test: Test, lists: ListIndex | undefined): ArrayLike<number> | null {
  switch (test.is) {
    case 'exists':
    case 'null':
      return [];
    case 'cidr':
    case 'equals': {
      const block = test.is === 'equals' && test.text.includes('/') ? null : parseBlock(test.is === 'cidr' ? test.block : test.text);
      return block === null ? [] : stepsOfBlock(block);
    }
    case 'in-list':
      return lists?.addressSteps(test) ?? null;
    default:
      return null;
  }
}

/** As `Slot` answers it, for a text: a sieve must rule out nothing that matches. */
function conditionOf(expr: Expr, lists: ListIndex | undefined): Condition {
  switch (expr.op) {
    case 'not': {
      const of = conditionOf(expr.of, lists);
      return (value) => !of(value);
    }
    case 'and': {
      const of = expr.of.map((part) => conditionOf(part, lists));
      return (value) => of.every((holds) => holds(value));
    }
    case 'or':
      return anyOf(expr.of, lists);
    case 'field': {
      const { test } = expr;
      if (test.is === 'exists') return (value) => (value !== null) === test.want;
      if (test.is === 'null') return (value) => value === null;
      if (test.is === 'cidr') {
        const block = parseBlock(test.block);
        return (value) => {
          const address = value === null ? null : addressOf(value);
          return block !== null && address !== null && contains(block, address);
        };
      }
      if (!isPlain(test)) return () => true;
      if (test.is === 'number') {
        const run = compareNumber(test.compare, test.than);
        const than = Number(test.than);
        if (!Number.isSafeInteger(than)) return (value) => value !== null && run(value.raw);
        return (value) => {
          if (value === null) return false;
          const number = numberOf(value);
          return Number.isNaN(number) ? run(value.raw) : holds(test.compare, number - than);
        };
      }
      const run = compileTextTest(test, lists);
      return (value) => value !== null && run(value.folded, value.raw);
    }
    default:
      // Nothing else asks one field only.
      return () => true;
  }
}

function allOf(parts: readonly FieldExpr[], lists: ListIndex | undefined): Condition {
  const [first, ...more] = parts.map((part) => conditionOf(part, lists));
  return first === undefined || more.length === 0
    ? (first ?? (() => true))
    : (value) => first(value) && more.every((holds) => holds(value));
}

/** Texts that are compared as a whole are looked up, however many there are; ends of texts by their last characters. */
function anyOf(parts: readonly Expr[], lists: ListIndex | undefined): Condition {
  const whole = new Set<string>();
  const ends: string[] = [];
  const others: Condition[] = [];
  for (const part of parts) {
    const test = part.op === 'field' ? part.test : null;
    if (test?.is === 'equals' && !test.cased) whole.add(test.text);
    else if (test?.is === 'endswith' && !test.cased && test.text.length >= endLength) ends.push(test.text);
    else others.push(conditionOf(part, lists));
  }
  if (whole.size > 0) others.unshift((value) => value !== null && whole.has(value.folded));
  if (ends.length > 0) others.unshift(endsWithAny(ends));
  const [first, ...more] = others;
  return first === undefined || more.length > 0 ? (value) => others.some((holds) => holds(value)) : first;
}

const endLength = 3;

function endsWithAny(ends: readonly string[]): Condition {
  const byEnd = new Map<number, readonly string[]>();
  for (const end of ends) byEnd.set(endOf(end), [...(byEnd.get(endOf(end)) ?? []), end]);
  return (value) => value !== null && (byEnd.get(endOf(value.folded))?.some((end) => value.folded.endsWith(end)) ?? false);
}

/** Of the last characters a number; different ones may have the same. */
function endOf(text: string): number {
  const { length } = text;
  return length < endLength ? -1 : (text.charCodeAt(length - 1) * 61 + text.charCodeAt(length - 2)) * 61 + text.charCodeAt(length - 3);
}

function numberOf(value: Value): number {
  if (value.number === undefined) value.number = /^\d{1,15}$/.test(value.raw) ? Number(value.raw) : Number.NaN;
  return value.number;
}

function addressOf(value: Value): Address | null {
  value.address ??= parseAddress(value.raw);
  return value.address;
}
