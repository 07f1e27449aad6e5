import { canonicalJson } from '../../lib/canonical-json.ts';
import { asObject, listAt, textAt, valueAt } from '../../lib/json-at.ts';
import type { Json, JsonObject } from '../../model/json.ts';

/** Accessors for answers of AWS, which nobody has checked: what is not of the expected shape is absent. */

/** The objects of a list; empty where there is no list. */
export function objects(value: Json | undefined, key: string): readonly JsonObject[] {
  return listAt(value, key)
    .map(asObject)
    .filter((one) => one !== null);
}

export function texts(value: Json | undefined, key: string): readonly string[] {
  return listAt(value, key).filter((one) => typeof one === 'string');
}

export function flag(value: Json | undefined, key: string): boolean | null {
  const found = valueAt(value, key);
  return typeof found === 'boolean' ? found : null;
}

export function number(value: Json | undefined, key: string): number | null {
  const found = valueAt(value, key);
  return typeof found === 'number' && Number.isFinite(found) ? found : null;
}

/** Tags in any of AWS's spellings. */
export function tagsOf(value: Json | undefined, key = 'Tags'): { readonly [key: string]: string } {
  const tags: { [key: string]: string } = {};
  for (const tag of objects(value, key)) {
    const name = textAt(tag, 'Key');
    // Tag names are anybody's text: `__proto__` must become a plain member.
    if (name !== null)
      Object.defineProperty(tags, name, { value: textAt(tag, 'Value') ?? '', enumerable: true, configurable: true, writable: true });
  }
  return tags;
}

/** AWS promises no order in its lists: sorted, the same state has the same bytes. */
export function sorted<T extends Json>(list: readonly T[]): T[] {
  return list
    .map((one) => [canonicalJson(one), one] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, one]) => one);
}

/** Deeper than any document that AWS takes; beyond it the text itself is kept, and nothing recurses into it. */
const deepest = 40;

/** A policy document's text as JSON; the text itself where it is no JSON or too deep. Null stays null. */
export function documentOf(policy: string | null): Json {
  if (policy === null) return null;
  try {
    const value = JSON.parse(policy) as Json;
    return depth(value, deepest) ? value : policy;
  } catch {
    return policy;
  }
}

function depth(value: Json, left: number): boolean {
  if (value === null || typeof value !== 'object') return true;
  return left > 0 && Object.values(value).every((one: Json) => depth(one, left - 1));
}
