import { fold } from '../lib/fold.ts';
import type { JsonObject } from '../model/json.ts';
import type { EventRule, Expr, Test } from '../model/rule.ts';
import { Slot } from './slot.ts';
import { compileTextTest, isPlain } from './text-test.ts';

/** Says which rules match a record. */
export interface Matcher {
  /** Appends the numbers of the rules that match, ascending, to `matched`, and returns how many. */
  match(record: JsonObject, matched: number[]): number;
}

type Predicate = (record: JsonObject, generation: number) => boolean;
type Candidate = { readonly rule: number; readonly when: Predicate };

/** How many pairs of eventSource and eventName are remembered; CloudTrail knows some ten thousand, a log sees hundreds. */
const rememberedPairs = 4_096;

const costs: { readonly [is in Test['is']]: number } = {
  exists: 1,
  null: 1,
  equals: 1,
  startswith: 2,
  endswith: 2,
  contains: 3,
  cidr: 4,
  glob: 5,
  fieldref: 6,
  re: 9,
  grants: 20,
};

/**
 * Compiles event rules into one matcher. For each pair of eventSource and eventName that occurs, the rules are
 * specialised once: conditions on the two names become true or false, what cannot match any more drops out, and the
 * rest is all that is asked of such an event. So the number of rules hardly matters; only those that could match do.
 */
export function compileRules(rules: readonly EventRule[]): Matcher {
  const slots = new Map<string, Slot>();
  const predicates = new Map<Expr, Predicate>();
  const bySource = new Map<string, Map<string, readonly Candidate[]>>();
  let pairs = 0;
  let generation = 0;

  // Every test gets its number before the first event is seen.
  for (const rule of rules) predicateOf(rule.when);

  function slotOf(path: string): Slot {
    const slot = slots.get(path) ?? new Slot(path);
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
      case 'keyword': {
        const slot = slotOf(expr.op === 'field' ? expr.path : '');
        const index = slot.indexOf(expr.test);
        return (record, now) => slot.ask(index, record, now);
      }
      case 'not': {
        const of = predicateOf(expr.of);
        return (record, now) => !of(record, now);
      }
      case 'and':
      case 'or': {
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

  function candidatesOf(source: string, name: string): readonly Candidate[] {
    const known = { eventSource: { raw: source, folded: fold(source) }, eventName: { raw: name, folded: fold(name) } };
    const candidates: Candidate[] = [];
    rules.forEach((rule, number) => {
      const rest = specialise(rule.when, known);
      if (rest.op !== 'constant' || rest.value) candidates.push({ rule: number, when: predicates.get(rest) ?? compile(rest) });
    });
    return candidates;
  }

  function lookUp(source: string, name: string): readonly Candidate[] {
    let byName = bySource.get(source);
    const known = byName?.get(name);
    if (known !== undefined) return known;
    if (pairs >= rememberedPairs) {
      bySource.clear();
      byName = undefined;
      pairs = 0;
    }
    if (byName === undefined) {
      byName = new Map();
      bySource.set(source, byName);
    }
    const candidates = candidatesOf(source, name);
    byName.set(name, candidates);
    pairs++;
    return candidates;
  }

  return {
    match(record, matched) {
      const source = record['eventSource'];
      const name = record['eventName'];
      if (typeof source !== 'string' || typeof name !== 'string') return 0;
      generation++;
      let n = 0;
      for (const candidate of lookUp(source, name)) {
        if (candidate.when(record, generation)) {
          matched.push(candidate.rule);
          n++;
        }
      }
      return n;
    },
  };
}

type Known = { readonly [path: string]: { readonly raw: string; readonly folded: string } | undefined };

/** The condition with the known fields' tests answered, and what follows from the answers. Unchanged parts stay the same object. */
function specialise(expr: Expr, known: Known): Expr {
  switch (expr.op) {
    case 'constant':
    case 'keyword':
      return expr;
    case 'field': {
      const value = Object.hasOwn(known, expr.path) ? known[expr.path] : undefined;
      if (value === undefined || expr.test.is === 'fieldref' || expr.test.is === 'grants') return expr;
      return { op: 'constant', value: answer(expr.test, value.folded, value.raw) };
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
