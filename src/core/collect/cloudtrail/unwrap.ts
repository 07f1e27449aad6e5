import type { Json, JsonObject } from '../../model/json.ts';

/** Wrappers inside wrappers (a message in a notification in a queue) go no deeper than this. */
const maxDepth = 4;

/**
 * Hands each CloudTrail record in a parsed value to `take`, whatever it is wrapped in: a delivered object
 * (`Records`), an answer of LookupEvents (`Events[].CloudTrailEvent`), an EventBridge event (`detail`), an answer of
 * CloudTrail Lake (`QueryResultRows`, `eventJson`, `eventData`), or a list of those. What is none of them goes to
 * `refuse` with the reason.
 */
export function unwrap(value: Json, take: (record: JsonObject) => void, refuse: (reason: string) => void, depth = 0): void {
  if (depth > maxDepth) return refuse('wrapped too deeply');
  if (Array.isArray(value)) {
    for (const item of value) unwrap(item, take, refuse, depth + 1);
    return;
  }
  if (typeof value !== 'object' || value === null) return refuse('no JSON object');
  const object = value as JsonObject;
  if (typeof object['eventName'] === 'string' && typeof object['eventSource'] === 'string') return take(object);
  const records = object['Records'] ?? object['Events'];
  if (Array.isArray(records)) {
    for (const item of records) unwrap(item, take, refuse, depth + 1);
    return;
  }
  const detail = object['detail'];
  if (isObject(detail) && typeof object['detail-type'] === 'string') {
    return unwrap(
      { ...(typeof object['account'] === 'string' ? { recipientAccountId: object['account'] } : {}), ...detail },
      take,
      refuse,
      depth + 1,
    );
  }
  const text = object['CloudTrailEvent'] ?? object['eventJson'];
  if (typeof text === 'string') {
    const parsed = parse(text);
    return parsed === undefined ? refuse('the record inside is not JSON') : unwrap(parsed, take, refuse, depth + 1);
  }
  const rows = object['QueryResultRows'];
  if (Array.isArray(rows)) {
    // A row is a list of one-column maps.
    for (const row of rows)
      unwrap(
        Array.isArray(row) ? Object.fromEntries(row.filter(isObject).flatMap((column) => Object.entries(column))) : row,
        take,
        refuse,
        depth + 1,
      );
    return;
  }
  const data = object['eventData'];
  if (isObject(data)) return unwrap({ ...withoutData(object), ...data }, take, refuse, depth + 1);
  refuse('no CloudTrail record: eventName or eventSource is missing');
}

function withoutData(object: JsonObject): JsonObject {
  const { eventData: _, ...rest } = object;
  return rest;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
