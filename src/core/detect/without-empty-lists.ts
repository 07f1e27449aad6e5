import type { Expr, Test } from '../model/rule.ts';
import { knowsNoOwnAccounts } from './lets-in.ts';
import type { ListIndex } from './list-index.ts';

/**
 * The condition with nothing in it that asks an empty list: such a test never holds. A rule that only lists could make match becomes
 * the constant false, and costs nothing until there are entries. Unchanged parts stay the same object.
 */
export function withoutEmptyLists(expr: Expr, lists: ListIndex): Expr {
  switch (expr.op) {
    case 'constant':
    case 'keyword':
      return expr;
    case 'field':
      return asksNothing(expr.test, lists) ? { op: 'constant', value: false } : expr;
    case 'not': {
      const of = withoutEmptyLists(expr.of, lists);
      if (of.op === 'constant') return { op: 'constant', value: !of.value };
      return of === expr.of ? expr : { op: 'not', of };
    }
    case 'and':
    case 'or': {
      const decides = expr.op === 'or';
      const parts = expr.of.map((part) => withoutEmptyLists(part, lists));
      if (parts.every((part, i) => part === expr.of[i])) return expr;
      if (parts.some((part) => part.op === 'constant' && part.value === decides)) return { op: 'constant', value: decides };
      const left = parts.filter((part) => part.op !== 'constant');
      const [only, ...more] = left;
      if (only === undefined) return { op: 'constant', value: !decides };
      return more.length === 0 ? only : { op: expr.op, of: left };
    }
    default:
      return expr satisfies never;
  }
}

function asksNothing(test: Test, lists: ListIndex): boolean {
  if (test.is === 'grants') return (test.to === 'sister-account' || test.to === 'stranger') && knowsNoOwnAccounts(lists);
  return test.is === 'in-list' && lists.isEmpty(test);
}
