import type { Json, JsonObject } from '../model/json.ts';

/** The value at a path of keys and indices, or null where the path ends early. AWS's answers and log records are not trusted to have a shape. */
export function valueAt(value: Json | undefined, ...path: readonly (string | number)[]): Json {
  let at: Json | undefined = value;
  for (const key of path) {
    if (typeof key === 'number') at = Array.isArray(at) ? (at as readonly Json[])[key] : undefined;
    else {
      const object = asObject(at);
      at = object !== null && Object.hasOwn(object, key) ? object[key] : undefined;
    }
  }
  return at ?? null;
}

/** The text at a path, or null where there is none. */
export function textAt(value: Json | undefined, ...path: readonly (string | number)[]): string | null {
  const at = valueAt(value, ...path);
  return typeof at === 'string' ? at : null;
}

/** The list at a path; empty where there is none. */
export function listAt(value: Json | undefined, ...path: readonly (string | number)[]): readonly Json[] {
  const at = valueAt(value, ...path);
  return Array.isArray(at) ? at : [];
}

/** The value as an object, or null. */
export function asObject(value: Json | undefined): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}
