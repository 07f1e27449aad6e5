import type { Json, JsonObject } from '../../model/json.ts';

/** Deeper than any finding: what is nested further is left as it is. */
const deepest = 24;

/**
 * The members of a record with a small first letter, all the way down: EventBridge and exports to buckets spell `accessKeyDetails`, the
 * command line and the SDK `AccessKeyDetails`.
 */
export function camelKeys(record: JsonObject): JsonObject {
  return camel(record, 0) as JsonObject;
}

function camel(value: Json, depth: number): Json {
  if (typeof value !== 'object' || value === null || depth > deepest) return value;
  if (Array.isArray(value)) return value.map((member: Json) => camel(member, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, member]: [string, Json]) => [
      `${key.slice(0, 1).toLowerCase()}${key.slice(1)}`,
      camel(member, depth + 1),
    ]),
  );
}
