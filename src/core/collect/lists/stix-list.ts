import { parseEventTime } from '../../lib/event-time.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { listTaker, type ReadList } from './list-taker.ts';
import { takeIndicator } from './plain-list.ts';
import { patternValues } from './stix-pattern.ts';

/**
 * Reads the indicators of a STIX 2.1 bundle that are valid at `now` (milliseconds since 1970). Of several versions of
 * an object the latest counts, so that what was revoked stays so. A text says why nothing could be read.
 */
export function readStixList(text: string, now: number): ReadList | string {
  const bundle = jsonOf(text);
  if (!isObject(bundle) || !Array.isArray(bundle['objects'])) return 'no STIX bundle: there is no list of objects';
  const taker = listTaker();
  const latest = new Map<string, { readonly object: JsonObject; readonly place: string }>();
  for (const [i, object] of bundle['objects'].entries()) {
    const place = `object ${i + 1}`;
    if (!isObject(object)) {
      taker.setAside('no object of STIX', place, JSON.stringify(object) ?? '');
      continue;
    }
    const id = typeof object['id'] === 'string' ? object['id'] : place;
    const known = latest.get(id);
    if (known === undefined || isLater(object, known.object)) latest.set(id, { object, place });
  }
  for (const [id, { object, place }] of latest) {
    const leftOut = whyLeftOut(object, now);
    if (leftOut !== null) {
      taker.setAside(leftOut, place, id);
      continue;
    }
    const pattern = patternValues(typeof object['pattern'] === 'string' ? object['pattern'] : '');
    if ('leftOut' in pattern) taker.setAside(pattern.leftOut, place, id);
    else for (const value of pattern.values) takeIndicator(value, place, taker);
  }
  return taker.end();
}

function whyLeftOut(object: JsonObject, now: number): string | null {
  if (object['type'] !== 'indicator') return 'an object of STIX that is no indicator';
  if (object['revoked'] === true) return 'revoked';
  const types = [object['indicator_types'], object['labels']].flatMap((value) => (Array.isArray(value) ? value : []));
  if (types.includes('benign')) return 'an indicator of what is benign';
  if (object['pattern_type'] !== undefined && object['pattern_type'] !== 'stix') return 'a pattern of another language than STIX';
  for (const name of ['valid_from', 'valid_until'] as const) {
    if (object[name] === undefined) continue;
    const time = parseEventTime(object[name]);
    if (time === null) return `a ${name} that is no time`;
    if (name === 'valid_until' ? time <= now : time > now) return name === 'valid_until' ? 'no longer valid' : 'not valid yet';
  }
  return null;
}

/** The bundle of the latest version of each object of both; what is no object of STIX is kept as it is. */
export function joinStix(before: readonly Json[], added: readonly Json[]): readonly Json[] {
  const latest = new Map<string, Json>();
  for (const [i, object] of [...before, ...added].entries()) {
    const id = isObject(object) && typeof object['id'] === 'string' ? object['id'] : `${i}`;
    const known = latest.get(id);
    if (known === undefined || !isObject(known) || !isObject(object) || isLater(object, known)) latest.set(id, object);
  }
  return [...latest.values()];
}

/** Equal times go by their bytes, so that the order of a bundle does not matter. */
function isLater(a: JsonObject, b: JsonObject): boolean {
  const [left, right] = [timeOf(a), timeOf(b)];
  if (left !== right) return left > right;
  return JSON.stringify(a) > JSON.stringify(b);
}

function timeOf(object: JsonObject): number {
  return parseEventTime(object['modified']) ?? parseEventTime(object['created']) ?? 0;
}

function jsonOf(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
