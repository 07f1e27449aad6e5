import { canonicalJson } from '../lib/canonical-json.ts';
import type { Json, JsonObject } from '../model/json.ts';

/** One place where the live state is neither what we left nor, perhaps, what was before. A side that has nothing there is absent. */
export interface Change {
  /** Keys and indices joined by `/`; empty for the whole. */
  readonly path: string;
  readonly before?: Json;
  readonly left?: Json;
  readonly live?: Json;
}

/** `equal`: still as we left it; `restored`: already as before; else every place that somebody else changed. */
export type Comparison = 'equal' | 'restored' | readonly Change[];

/**
 * Compares the captured state before a step, as the step left it, and as it is now. An undo may go on only on `equal`;
 * on `restored` there is nothing to do.
 */
export function compareForUndo(before: Json, left: Json, live: Json): Comparison {
  if (same(left, live)) return 'equal';
  if (same(before, live)) return 'restored';
  const changes: Change[] = [];
  walk('', before, left, live, changes);
  return changes;
}

type Side = Json | undefined;

function walk(path: string, before: Side, left: Side, live: Side, changes: Change[]): void {
  if (same(left, live)) return;
  if (isObject(left) && isObject(live)) {
    const was: JsonObject = isObject(before) ? before : {};
    for (const key of keysOf(was, left, live)) walk(join(path, key), own(was, key), own(left, key), own(live, key), changes);
    return;
  }
  if (Array.isArray(left) && Array.isArray(live)) {
    const was: readonly Json[] = Array.isArray(before) ? before : [];
    const length = Math.max(was.length, left.length, live.length);
    for (let i = 0; i < length; i++) walk(join(path, String(i)), was[i], left[i], live[i], changes);
    return;
  }
  changes.push({
    path,
    ...(before === undefined ? {} : { before }),
    ...(left === undefined ? {} : { left }),
    ...(live === undefined ? {} : { live }),
  });
}

function same(a: Side, b: Side): boolean {
  if (a === undefined || b === undefined) return a === b;
  return canonicalJson(a) === canonicalJson(b);
}

function isObject(value: Side): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A key may be called `valueOf`. */
function own(object: JsonObject, key: string): Side {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function keysOf(...objects: readonly JsonObject[]): readonly string[] {
  return [...new Set(objects.flatMap((object) => Object.keys(object)))].sort();
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}/${key}`;
}
