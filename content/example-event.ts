import type { Json, JsonObject } from '../src/core/model/json.ts';
import type { Source } from '../src/core/model/source.ts';
import { exampleSources } from './example-sources.ts';

/** What stands in every example unless it says otherwise: a call of user alice from her desk. */
const ordinary: JsonObject = {
  eventVersion: '1.11',
  userIdentity: {
    type: 'IAMUser',
    principalId: 'AIDAEXAMPLEEXAMPLE01',
    arn: 'arn:aws:iam::111122223333:user/alice',
    accountId: '111122223333',
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    userName: 'alice',
  },
  awsRegion: 'us-east-1',
  sourceIPAddress: '192.0.2.10',
  userAgent: 'aws-cli/2.17.0',
  requestParameters: null,
  responseElements: null,
  eventType: 'AwsApiCall',
  managementEvent: true,
  recipientAccountId: '111122223333',
};

/** Of another kind of caller nothing of alice may be left. */
const caller: JsonObject = {
  principalId: 'AROAEXAMPLEEXAMPLE01:session',
  arn: 'arn:aws:sts::111122223333:assumed-role/app/session',
  accountId: '111122223333',
};

const start = Date.UTC(2026, 0, 5, 9);

/**
 * The CloudTrail records of one example. Each of `events` says only what makes it special; `defaults` (the rule's own
 * event source and name) and an ordinary call fill in the rest. `repeat: 12` makes twelve of one, with `{n}` in texts
 * counting from 0. Events are a second apart, unless they say their `eventTime`.
 */
export function exampleRecords(events: readonly JsonObject[], defaults: JsonObject): readonly JsonObject[] {
  return repeated(events).map((special, i) => {
    const identity = special['userIdentity'];
    const other = isObject(identity) && identity['type'] !== undefined && identity['type'] !== 'IAMUser';
    const base = { ...ordinary, ...defaults, ...(other ? { userIdentity: caller } : {}) };
    return {
      ...merged(base, special),
      eventTime: special['eventTime'] ?? timeOf(i),
      eventID: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
    };
  });
}

/**
 * The texts of one example as its source delivers them: what the reader of logs makes events of. An event says by `log: aws.rds` of which source it is where a
 * rule asks several.
 */
export function exampleTexts(events: readonly JsonObject[], defaults: JsonObject, asked: readonly Source[]): readonly string[] {
  const usual = asked.find((one) => exampleSources[one] !== undefined);
  const records = exampleRecords(
    events.map(({ log: _, ...special }) => special),
    defaults,
  );
  return repeated(events).map(({ log, ...special }, i) => {
    const source = typeof log === 'string' ? (log as Source) : usual;
    const example = source === undefined ? undefined : exampleSources[source];
    return example === undefined ? JSON.stringify(records[i]) : example.text(merged(example.ordinary, special), i, timeOf(i));
  });
}

function repeated(events: readonly JsonObject[]): readonly JsonObject[] {
  return events.flatMap(({ repeat, ...special }) =>
    Array.from({ length: typeof repeat === 'number' ? repeat : 1 }, (_, n) => filled(special, n)),
  );
}

function timeOf(i: number): string {
  return new Date(start + i * 1000).toISOString().replace('.000', '');
}

/** The first event source and name that a rule's `detection` asks for: what its examples are about unless they say so. */
export function defaultsOf(detection: JsonObject): JsonObject {
  const found: Record<string, Json> = {};
  for (const search of Object.values(detection)) {
    for (const map of Array.isArray(search) ? search : [search]) {
      if (!isObject(map)) continue;
      for (const key of ['eventSource', 'eventName']) {
        const value = map[key];
        const first = Array.isArray(value) ? value[0] : value;
        if (found[key] === undefined && typeof first === 'string') found[key] = first;
      }
    }
  }
  return found;
}

function filled(value: JsonObject, n: number): JsonObject {
  return JSON.parse(JSON.stringify(value).replaceAll('{n}', String(n))) as JsonObject;
}

function merged(base: JsonObject, special: JsonObject): JsonObject {
  const result: Record<string, Json> = { ...base };
  for (const [key, value] of Object.entries(special)) {
    const under = result[key];
    result[key] = isObject(value) && isObject(under) ? merged(under, value) : value;
  }
  return result;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
