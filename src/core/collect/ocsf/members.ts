import { asObject, textAt, valueAt } from '../../lib/json-at.ts';
import type { Json, JsonObject } from '../../model/json.ts';

/** The first of these paths at which there is a text that is not empty; versions of the schema moved members. */
export function firstText(record: JsonObject, ...paths: readonly string[]): string | null {
  for (const path of paths) {
    const value = valueAt(record, ...path.split('.'));
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number') return String(value);
  }
  return null;
}

/** An object, or the object that a text is the JSON of; null otherwise. */
export function objectOf(value: Json | undefined): JsonObject | null {
  if (typeof value !== 'string') return asObject(value);
  try {
    return asObject(JSON.parse(value) as Json);
  } catch {
    return null;
  }
}

/** `time` in milliseconds since 1970, as a number or, out of Parquet, as its digits. */
export function timeOf(record: JsonObject, name = 'time'): number | null {
  const time = record[name];
  const number = typeof time === 'number' ? time : typeof time === 'string' && /^\d{12,14}$/.test(time) ? Number(time) : Number.NaN;
  return number >= 0 && number <= 253_402_300_799_999 ? Math.floor(number) : null;
}

/** Who made the record, in small letters: `cloudtrail`, `amazon vpc`, `route 53`, `amazon eks`. */
export function productOf(record: JsonObject): string {
  return (textAt(record, 'metadata', 'product', 'name') ?? '').toLowerCase();
}

/** The members that have a value. */
export function present(members: { readonly [name: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(
    Object.entries(members).filter((entry): entry is [string, Json] => entry[1] !== undefined && entry[1] !== null),
  );
}
