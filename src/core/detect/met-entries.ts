import { fold } from '../lib/fold.ts';
import type { JsonObject } from '../model/json.ts';
import type { Expr, ListTest } from '../model/rule.ts';
import type { ListIndex } from './list-index.ts';
import { textsAt } from './slot.ts';

interface Asked {
  readonly path: string;
  readonly test: ListTest;
}

/** The lists that a condition asks for, in its order; what must not be in a list is left out. */
export function listsAsked(expr: Expr): readonly Asked[] {
  switch (expr.op) {
    case 'field':
      return expr.test.is === 'in-list' ? [{ path: expr.path, test: expr.test }] : [];
    case 'and':
    case 'or':
      return expr.of.flatMap(listsAsked);
    default:
      return [];
  }
}

/** Which entry of which list a record met: name of the list -> the first entry. Null where it met none. */
export function metEntries(record: JsonObject, asked: readonly Asked[], lists: ListIndex): JsonObject | null {
  const met: Record<string, string> = {};
  for (const { path, test } of asked) {
    if (Object.hasOwn(met, test.list)) continue;
    const find = lists.finder(test);
    for (const text of textsAt(record, path)) {
      const entry = find(fold(text), text);
      if (entry === null) continue;
      met[test.list] = entry;
      break;
    }
  }
  return Object.keys(met).length === 0 ? null : met;
}
