import type { JsonObject } from '../model/json.ts';
import type { EventRule, Expr } from '../model/rule.ts';
import type { Sieve } from '../model/sieve.ts';
import { type FieldExpr, fieldOf, Slot } from './slot.ts';

const bits = 31;

/** One way in which a rule can match: conditions on single fields that must all hold, by field. */
type Way = ReadonlyMap<string, readonly FieldExpr[]>;

/** `slot` makes the slot of a field, as the matcher has it. */
export function sieveOf(rules: readonly EventRule[], slot: (path: string) => Slot = (path) => new Slot(path)): Sieve {
  const ways = rules.flatMap((rule) => waysOf(rule.when));
  // More ways than bits share them: a bit is left as long as one of its ways is.
  const bitOf = (way: number): number => 2 ** Math.floor((way * Math.min(bits, ways.length)) / Math.max(1, ways.length));
  const all = ways.reduce((sum, _, way) => sum | bitOf(way), 0);

  function judge(path: string, partsOfWay: (way: Way) => readonly FieldExpr[]): ((value: string | undefined) => number) | null {
    const of = slot(path);
    const asked = ways.map((way) => partsOfWay(way).map((part) => of.indexOf(part)));
    if (asked.every((parts) => parts.length === 0)) return null;
    let generation = 0;
    return (value) => {
      generation++;
      const record: JsonObject = value === undefined ? {} : { [path]: value };
      let left = 0;
      for (const [way, parts] of asked.entries()) if (parts.every((part) => of.ask(part, record, generation))) left |= bitOf(way);
      return left;
    };
  }

  return {
    all,
    ofField: (path) => judge(path, (way) => way.get(path) ?? []),
    ofElement: (path) => judge(path, (way) => (way.get(path) ?? []).filter(isOfOneElement).slice(0, 1)),
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
