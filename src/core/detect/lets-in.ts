import { administers } from '../lib/administers.ts';
import { grants } from '../lib/grants.ts';
import type { Json } from '../model/json.ts';
import { type GrantedTo, knownAccounts, type ListTest, ownAccounts } from '../model/rule.ts';
import type { ListIndex } from './list-index.ts';

const inOwnAccounts = asks(ownAccounts);
const inKnownAccounts = asks(knownAccounts);

function asks(list: string): ListTest {
  return { is: 'in-list', list, how: 'equals', cased: false };
}

/**
 * Whom of the wanted kind a policy or principal lets in, or `*` for one that makes administrators, where the event is of account `home`: `*` or an account's number; null for nobody.
 * Of several accounts the first in their order of digits, so that the order in a policy tells nothing.
 */
export function letsIn(value: Json | undefined, to: GrantedTo, home: Json | undefined, lists: ListIndex | undefined): string | null {
  if (to === 'administration') return administers(value) ? '*' : null;
  const { anyone, accounts } = grants(value);
  if (to === 'anyone') return anyone ? '*' : null;
  const others = [...accounts].filter((account) => account !== home).sort();
  if (others.length === 0) return null;
  if (lists === undefined || knowsNoOwnAccounts(lists)) return to === 'foreign-account' ? (others[0] ?? null) : null;
  const isIn = (account: string, test: ListTest) => lists.finder(test)(account, account) !== null;
  return (
    others.find((account) => {
      if (to === 'sister-account') return isIn(account, inOwnAccounts);
      return !isIn(account, inOwnAccounts) && (to === 'foreign-account' || !isIn(account, inKnownAccounts));
    }) ?? null
  );
}

/** Is nothing known of the organisation, so that sisters and strangers cannot be told apart? */
export function knowsNoOwnAccounts(lists: ListIndex | undefined): boolean {
  return lists?.isEmpty(inOwnAccounts) ?? true;
}
