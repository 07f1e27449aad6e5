import type { Json, JsonObject } from '../../model/json.ts';
import type { JsonFormat, Surroundings } from '../log-format.ts';

/** Wrappers inside wrappers (a message in a notification in a queue) go no deeper than this. */
const maxDepth = 4;

/** What is done with what a value holds. */
export interface Unwrapping {
  /** The format of a record; undefined where none recognises it. */
  readonly formatOf: (record: JsonObject) => JsonFormat | undefined;
  /** Takes a record, with its exact text where that is known: a message inside a message has one. */
  readonly take: (record: JsonObject, format: JsonFormat, text: string | null, from: Surroundings) => void;
  /** Takes a message of CloudWatch Logs that is no JSON. */
  readonly takeLine: (line: string, from: Surroundings) => void;
  readonly refuse: (reason: string) => void;
}

/**
 * Hands on each record in a parsed value, whatever it is wrapped in: a delivered object (`Records`), an answer of
 * LookupEvents (`Events[].CloudTrailEvent`), a list of Kubernetes (`items`), an EventBridge event (`detail`), an answer of CloudTrail Lake
 * (`QueryResultRows`, `eventJson`, `eventData`), a batch of CloudWatch Logs (`logEvents`), findings of other services (`findings`,
 * `Findings`), or a list of those.
 */
export function unwrap(value: Json, to: Unwrapping, from: Surroundings, text: string | null = null, depth = 0): void {
  if (depth > maxDepth) return to.refuse('wrapped too deeply');
  if (Array.isArray(value)) {
    for (const item of value) unwrap(item, to, from, null, depth + 1);
    return;
  }
  if (typeof value !== 'object' || value === null) return to.refuse('no JSON object');
  const object = value as JsonObject;
  const format = to.formatOf(object);
  if (format !== undefined) return to.take(object, format, text, from);
  const records = object['Records'] ?? object['Events'] ?? object['items'] ?? object['findings'] ?? object['Findings'];
  if (Array.isArray(records)) {
    for (const item of records) unwrap(item, to, from, null, depth + 1);
    return;
  }
  if (Array.isArray(object['logEvents'])) return unwrapLogEvents(object, object['logEvents'], to, from, depth);
  const detail = object['detail'];
  if (isObject(detail) && typeof object['detail-type'] === 'string') {
    const account = typeof object['account'] === 'string' ? { recipientAccountId: object['account'] } : {};
    return unwrap({ ...account, ...detail }, to, from, null, depth + 1);
  }
  const inner = object['CloudTrailEvent'] ?? object['eventJson'];
  if (typeof inner === 'string') {
    const parsed = parse(inner);
    return parsed === undefined ? to.refuse('the record inside is not JSON') : unwrap(parsed, to, from, inner, depth + 1);
  }
  const rows = object['QueryResultRows'];
  if (Array.isArray(rows)) {
    // A row is a list of one-column maps.
    for (const row of rows) {
      const joined = Array.isArray(row) ? Object.fromEntries(row.filter(isObject).flatMap((column) => Object.entries(column))) : row;
      unwrap(joined, to, from, null, depth + 1);
    }
    return;
  }
  const data = object['eventData'];
  if (isObject(data)) {
    const { eventData: _, ...rest } = object;
    return unwrap({ ...rest, ...data }, to, from, null, depth + 1);
  }
  to.refuse('no record of a log that is known here');
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html: the form of a subscription's data. */
function unwrapLogEvents(batch: JsonObject, events: readonly Json[], to: Unwrapping, from: Surroundings, depth: number): void {
  // Sent once to see that the destination answers.
  if (batch['messageType'] === 'CONTROL_MESSAGE') return;
  for (const event of events) {
    const message = isObject(event) ? event['message'] : undefined;
    if (!isObject(event) || typeof message !== 'string') {
      to.refuse('an entry of logEvents without a message');
      continue;
    }
    const around: Surroundings = {
      object: from.object,
      ...textMember(batch, 'logGroup'),
      ...textMember(batch, 'logStream'),
      ...textMember(batch, 'owner'),
      ...(typeof event['timestamp'] === 'number' ? { received: event['timestamp'] } : {}),
    };
    const parsed = message.startsWith('{') ? parse(message) : undefined;
    if (parsed === undefined) to.takeLine(message, around);
    else unwrap(parsed, to, around, null, depth + 1);
  }
}

function textMember<Name extends 'logGroup' | 'logStream' | 'owner'>(object: JsonObject, name: Name): { [name in Name]?: string } {
  const value = object[name];
  return (typeof value === 'string' ? { [name]: value } : {}) as { [name in Name]?: string };
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
