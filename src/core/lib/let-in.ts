import type { Finding } from '../model/finding.ts';
import type { JsonObject } from '../model/json.ts';
import { grants } from './grants.ts';
import { valueAt } from './json-at.ts';

const account = /^\d{12}$/;
const policyText = /^\s*(\{|%7B)/i;

/**
 * The one other account that a policy, or a list of those let in, which was set lets in. A stack that goes to many accounts is made by AWS's service, in each by another session and from no
 * address; whom it lets in is what it was made for. Where several are let in, it tells nothing.
 */
export function letIn(kept: JsonObject | undefined, home: string): readonly string[] {
  return Object.entries(kept ?? {}).flatMap(([name, value]) => {
    // Who was let in, and who came in.
    if (name === 'stranger' && typeof value === 'string' && account.test(value)) return value === home ? [] : [value];
    const tells =
      typeof value === 'string' ? policyText.test(value) : valueAt(value, 'Statement') !== null || valueAt(value, 'items') !== null;
    if (!tells) return [];
    const others = [...grants(value).accounts].filter((account) => account !== home);
    return others.length === 1 ? others : [];
  });
}

/** The one account that every call of a finding let in; null where one of them let in none or several, where they let in different ones, and where not all are shown. */
export function onlyLetIn({ evidence, account: home, count }: Finding): string | null {
  if (count.atLeast) return null;
  const each = evidence.map(({ kept }) => new Set(letIn(kept, home)));
  const [first] = each[0] ?? [];
  return first !== undefined && each.every((accounts) => accounts.size === 1 && accounts.has(first)) ? first : null;
}
