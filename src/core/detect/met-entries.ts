import { fold } from '../lib/fold.ts';
import type { JsonObject } from '../model/json.ts';
import { type Expr, type GrantsTest, type ListTest, ownAccounts } from '../model/rule.ts';
import { letsIn } from './lets-in.ts';
import type { ListIndex } from './list-index.ts';
import { textsAt, valueAt } from './slot.ts';

interface Asked {
  readonly path: string;
  readonly test: ListTest | GrantsTest;
}

/** The lists that a condition asks for, in its order; what must not be in a list is left out. */
export function listsAsked(expr: Expr): readonly Asked[] {
  switch (expr.op) {
    case 'field':
      return asksList(expr.test) ? [{ path: expr.path, test: expr.test }] : [];
    case 'and':
    case 'or':
      return expr.of.flatMap(listsAsked);
    default:
      return [];
  }
}

function asksList(test: { readonly is: string }): test is ListTest | GrantsTest {
  return test.is === 'in-list' || (test.is === 'grants' && (test as GrantsTest).to === 'sister-account');
}

/** Which entry of which list a record met: name of the list -> the first entry. Null where it met none. */
export function metEntries(record: JsonObject, asked: readonly Asked[], lists: ListIndex): JsonObject | null {
  const met: Record<string, string> = {};
  for (const { path, test } of asked) {
    const list = test.is === 'in-list' ? test.list : ownAccounts;
    if (Object.hasOwn(met, list)) continue;
    const entry = test.is === 'in-list' ? entryOf(record, path, test, lists) : sisterOf(record, path, test, lists);
    if (entry !== null) met[list] = entry;
  }
  return Object.keys(met).length === 0 ? null : met;
}

function entryOf(record: JsonObject, path: string, test: ListTest, lists: ListIndex): string | null {
  const find = lists.finder(test);
  for (const text of textsAt(record, path)) {
    const entry = find(fold(text), text);
    if (entry !== null) return entry;
  }
  return null;
}

function sisterOf(record: JsonObject, path: string, { to }: GrantsTest, lists: ListIndex): string | null {
  return letsIn(valueAt(record, path.split('.'), path), to, record['recipientAccountId'], lists);
}
