import { parseEventTime } from '../../lib/event-time.ts';
import { asObject, listAt, textAt, valueAt } from '../../lib/json-at.ts';
import type { Json, JsonObject } from '../../model/json.ts';

/** An object in a bucket that a message names. Whoever can write to the queue may have written it. */
export interface NamedObject {
  readonly bucket: string;
  readonly key: string;
  /** The ETag without its quotation marks; null where the message has none. */
  readonly etag: string | null;
  readonly versionId: string | null;
  /** Bytes as the message says; 0 where it does not. */
  readonly size: number;
  /** When it was written, in milliseconds since 1970; null where the message does not say. */
  readonly at: number | null;
}

/** What one message of a queue brings. */
export interface Delivery {
  readonly objects: readonly NamedObject[];
  /** Events that came in the message itself, as JSON texts with EventBridge's envelope. */
  readonly events: readonly string[];
  /** True for what is rightly there and tells nothing: tests, subscriptions, deletions. */
  readonly ignored: boolean;
  /** Why the message, or a part of it, cannot be used. */
  readonly refused: readonly string[];
}

const nothing: Delivery = { objects: [], events: [], ignored: true, refused: [] };
const refuse = (reason: string): Delivery => ({ ...nothing, ignored: false, refused: [reason] });

/** SQS bodies have up to 1 MiB; S3 puts one record into a message today. */
const mostObjects = 10_000;

/**
 * Reads the body of a message. Known are S3 event notifications, EventBridge events of S3, of CloudTrail and of other
 * services' findings, and CloudTrail's own notifications, each as it is or in the envelope of an SNS topic.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/configure-sns-notifications-for-cloudtrail.html
 */
export function readMessage(body: string): Delivery {
  const outer = parse(body);
  if (outer === null) return refuse('the message is no JSON object');
  const type = textAt(outer, 'Type');
  if (type === 'SubscriptionConfirmation' || type === 'UnsubscribeConfirmation') return nothing;
  const message = textAt(outer, 'Message');
  if (type !== 'Notification' || message === null) return readInner(outer, body);
  const inner = parse(message);
  return inner === null ? refuse('the notification holds no JSON object') : readInner(inner, message);
}

function readInner(value: JsonObject, text: string): Delivery {
  if (textAt(value, 'Event') === 's3:TestEvent') return nothing;
  if (typeof value['detail-type'] === 'string') return readEventBridge(value, text);
  const bucket = textAt(value, 's3Bucket');
  if (bucket !== null) return ofKeys(bucket, listAt(value, 's3ObjectKey'));
  const records = value['Records'];
  return Array.isArray(records) ? readRecords(records as readonly Json[]) : refuse('no notification that is known here');
}

/** CloudTrail's own topic names what it delivered, without size and ETag. */
function ofKeys(bucket: string, keys: readonly Json[]): Delivery {
  const objects = keys
    .slice(0, mostObjects)
    .flatMap((key) => (typeof key === 'string' ? [{ bucket, key, etag: null, versionId: null, size: 0, at: null }] : []));
  return objects.length === 0 ? refuse('the notification names no object') : { ...nothing, ignored: false, objects };
}

function readEventBridge(value: JsonObject, text: string): Delivery {
  const detail = asObject(value['detail']);
  if (detail === null) return refuse('the EventBridge event has no detail');
  if (textAt(value, 'source') !== 'aws.s3' || textAt(detail, 'object', 'key') === null)
    return { ...nothing, ignored: false, events: [text] };
  if (value['detail-type'] !== 'Object Created') return nothing;
  // EventBridge's key is the key as it is; that of an S3 notification is URL-encoded.
  const object = named(textAt(detail, 'bucket', 'name'), textAt(detail, 'object', 'key'), {
    etag: valueAt(detail, 'object', 'etag'),
    versionId: valueAt(detail, 'object', 'version-id'),
    size: valueAt(detail, 'object', 'size'),
    at: value['time'],
  });
  return object === null ? refuse('the EventBridge event names no object') : { ...nothing, ignored: false, objects: [object] };
}

function readRecords(records: readonly Json[]): Delivery {
  const objects: NamedObject[] = [];
  const refused: string[] = [];
  for (const record of records.slice(0, mostObjects)) {
    const name = textAt(record, 'eventName');
    if (textAt(record, 'eventSource') !== 'aws:s3' || name === null) {
      refused.push('a record in the message is no notification of S3');
      continue;
    }
    if (!name.startsWith('ObjectCreated:')) continue;
    const key = decodeKey(textAt(record, 's3', 'object', 'key'));
    const object = named(textAt(record, 's3', 'bucket', 'name'), key, {
      etag: valueAt(record, 's3', 'object', 'eTag'),
      versionId: valueAt(record, 's3', 'object', 'versionId'),
      size: valueAt(record, 's3', 'object', 'size'),
      at: valueAt(record, 'eventTime'),
    });
    if (object === null) refused.push('a record in the message names no object');
    else objects.push(object);
  }
  if (records.length > mostObjects) refused.push(`more than ${mostObjects} records in one message`);
  return { objects, events: [], ignored: objects.length === 0 && refused.length === 0, refused: [...new Set(refused)] };
}

function named(
  bucket: string | null,
  key: string | null,
  { etag, versionId, size, at }: { readonly [name in 'etag' | 'versionId' | 'size' | 'at']: Json | undefined },
): NamedObject | null {
  if (bucket === null || bucket === '' || key === null || key === '' || key.length > 1024) return null;
  return {
    bucket,
    key,
    etag: typeof etag === 'string' && /^[0-9A-Za-z-]{1,128}$/.test(etag) ? etag : null,
    // Objects from before versioning have the version "null", which S3 does not take as an id of a notification.
    versionId: typeof versionId === 'string' && /^[0-9A-Za-z._-]{1,1024}$/.test(versionId) && versionId !== 'null' ? versionId : null,
    size: typeof size === 'number' && Number.isSafeInteger(size) && size > 0 ? size : 0,
    at: parseEventTime(at),
  };
}

/** `my+folder/a%2Bb.json` names `my folder/a+b.json`. */
function decodeKey(key: string | null): string | null {
  if (key === null) return null;
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

function parse(text: string): JsonObject | null {
  try {
    return asObject(JSON.parse(text) as Json);
  } catch {
    return null;
  }
}
