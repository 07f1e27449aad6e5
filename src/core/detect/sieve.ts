import { type Address, contains, parseAddress, parseBlock } from '../lib/cidr.ts';
import { fold } from '../lib/fold.ts';
import type { EventRule, Expr } from '../model/rule.ts';
import type { FieldSieve, Sieve } from '../model/sieve.ts';
import type { ListIndex } from './list-index.ts';
import { compareNumber, holds } from './number-test.ts';
import { type FieldExpr, fieldOf } from './slot.ts';
import { compileTextTest, isPlain } from './text-test.ts';

const bits = 31;

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
  // More ways than bits share them: a bit is left as long as one of its ways is.
  const bitOf = ways.map((_, way) => 2 ** Math.floor((way * Math.min(bits, ways.length)) / ways.length));
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
    const steps = conditions.flatMap(({ parts }) => parts).reduce<readonly number[] | null>(moreSteps, []);
    return {
      matters: all & ~others,
      left(text, among = all) {
        const value = text === undefined ? null : { raw: text, folded: fold(text), address: undefined, number: undefined };
        let left = others & among;
        for (const { bits, holds } of conditions) if ((among & bits & ~left) !== 0 && holds(value)) left |= bits & among;
        return left;
      },
      steps: steps === null ? null : [...new Set(steps)].filter((step) => step > 0).sort((a, b) => a - b),
    };
  }

  return {
    all,
    ofField: (path) => judge((way) => way.get(path) ?? []),
    ofElement: (path) => judge((way) => (way.get(path) ?? []).filter(isOfOneElement).slice(0, 1)),
  };
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

/** Of a list such a condition holds only when one element alone meets it: the list's own text never does. */
function isOfOneElement(expr: Expr): boolean {
  if (expr.op === 'or') return expr.of.every(isOfOneElement);
  return expr.op === 'field' && (expr.test.is === 'equals' || expr.test.is === 'cidr');
}

/** The steps and those of this condition; null where any number may be one. */
function moreSteps(steps: readonly number[] | null, expr: Expr): readonly number[] | null {
  if (steps === null) return null;
  switch (expr.op) {
    case 'not':
      return moreSteps(steps, expr.of);
    case 'and':
    case 'or':
      return expr.of.reduce(moreSteps, steps);
    case 'field': {
      const { test } = expr;
      if (test.is === 'exists' || test.is === 'null') return steps;
      if (test.is !== 'number' && test.is !== 'equals') return null;
      const than = Number(test.is === 'number' ? test.than : test.text);
      if (Number.isSafeInteger(than)) return [...steps, than, than + 1];
      // No whole number is written like another text.
      return test.is === 'number' ? null : steps;
    }
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
  return first === undefined || more.length === 0 ? (first ?? (() => true)) : (value) => first(value) && more.every((holds) => holds(value));
}

/** Texts that are compared as a whole are looked up, however many there are. */
function anyOf(parts: readonly Expr[], lists: ListIndex | undefined): Condition {
  const whole = new Set<string>();
  const others: Condition[] = [];
  for (const part of parts) {
    if (part.op === 'field' && part.test.is === 'equals' && !part.test.cased) whole.add(part.test.text);
    else others.push(conditionOf(part, lists));
  }
  if (whole.size === 0) return (value) => others.some((holds) => holds(value));
  return (value) => (value !== null && whole.has(value.folded)) || others.some((holds) => holds(value));
}

function numberOf(value: Value): number {
  if (value.number === undefined) value.number = /^\d{1,15}$/.test(value.raw) ? Number(value.raw) : Number.NaN;
  return value.number;
}

function addressOf(value: Value): Address | null {
  value.address ??= parseAddress(value.raw);
  return value.address;
}
