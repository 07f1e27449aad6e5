import { meetsWildcard } from '../lib/wildcard.ts';
import type { Tolerance, ToleranceUnit } from '../model/tolerance.ts';

type Tags = { readonly [key: string]: string };

/** Does this part of the business hold for what lies in the account and bears these tags? */
export function holdsFor(unit: ToleranceUnit, account: string, tags: Tags): boolean {
  return (unit.accounts ?? [account]).includes(account) && isTagged(tags, unit.tags ?? {});
}

/** The part of the business that something belongs to, by name: of several that hold the last, which counts; null for none. */
export function unitOf({ units }: Pick<Tolerance, 'units'>, account: string, tags: Tags): string | null {
  return units.findLast((unit) => holdsFor(unit, account, tags))?.name ?? null;
}

function isTagged(tags: { readonly [key: string]: string }, wanted: { readonly [key: string]: string }): boolean {
  return Object.entries(wanted).every(([key, pattern]) => Object.hasOwn(tags, key) && meetsWildcard(pattern, tags[key] ?? ''));
}
