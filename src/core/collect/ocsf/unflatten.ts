import type { Json, JsonObject } from '../../model/json.ts';

/** Names deeper than this are no record's, and are kept whole. */
const deepest = 12;

type Open = { [name: string]: Json | Open };

/**
 * Nests members whose names are paths: `{ "requestParameters.bucketName": "b" }` becomes `{ requestParameters: { bucketName: "b" } }`.
 * Security Lake keeps what its schema has no place for in such a flat map, `unmapped`. A path through a value that is no object is
 * kept as the name that it is.
 */
export function unflatten(flat: JsonObject): JsonObject {
  const root: Open = {};
  const made = new Set<object>([root]);
  const entries = Object.entries(flat).flatMap(([path, value]) => (value === null ? [] : [{ path, names: path.split('.'), value }]));
  // The shorter first, so that the order of the members makes no difference.
  for (const { path, names, value } of entries.sort((a, b) => a.names.length - b.names.length)) {
    const parent = names.length > deepest || names.includes('__proto__') ? null : parentOf(root, names, made);
    const last = names.at(-1) ?? '';
    if (parent === null || Object.hasOwn(parent, last))
      Object.defineProperty(root, path, { value, enumerable: true, writable: true, configurable: true });
    else parent[last] = value;
  }
  return root as JsonObject;
}

/** The object that a path leads to, made where it is not there; null where a value is in the way. */
function parentOf(root: Open, names: readonly string[], made: Set<object>): Open | null {
  let at: Open = root;
  for (const name of names.slice(0, -1)) {
    const next = Object.hasOwn(at, name) ? at[name] : undefined;
    if (next === undefined) {
      const fresh: Open = {};
      made.add(fresh);
      at[name] = fresh;
      at = fresh;
    } else if (typeof next === 'object' && next !== null && made.has(next)) at = next as Open;
    else return null;
  }
  return at;
}
