import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ruleSet } from '../core/detect/rule-set.ts';
import { parseRules } from '../core/detect/sigma/parse-rules.ts';
import { canonicalJson } from '../core/lib/canonical-json.ts';
import type { JsonObject } from '../core/model/json.ts';
import type { Lake } from '../core/ports/lake.ts';
import type { LogObject } from '../core/ports/log-objects.ts';
import type { Store } from '../core/ports/store.ts';
import { openLake } from '../edge/duckdb/lake.ts';
import { fileLogs } from '../edge/files/file-logs.ts';
import { fileSpill } from '../edge/files/file-spill.ts';
import { openStore } from '../edge/postgres/open-store.ts';
import { type TestDatabase, testDatabase } from '../edge/postgres/testing.ts';
import { detect } from './detect.ts';
import { ingestBatch } from './ingest-batch.ts';

const source = 'logsource: { product: aws, service: cloudtrail }';
const parsed = parseRules(
  `
title: any delete
id: any-delete
${source}
detection: { s: { eventName|startswith: Delete }, condition: s }
level: low
---
title: denied
name: denied
${source}
detection: { s: { errorCode: AccessDenied }, condition: s }
---
title: assumed
name: assumed
${source}
detection: { s: { eventName: AssumeRole }, condition: s }
---
title: many denied
id: many-denied
correlation: { type: event_count, rules: [denied], group-by: [userIdentity.arn], timespan: 7m, condition: { gte: 3 } }
level: high
---
title: denied over days
id: denied-over-days
correlation: { type: event_count, rules: [denied], group-by: [userIdentity.arn], timespan: 2d, condition: { gte: 6 } }
level: high
---
title: many buckets denied
id: many-buckets
correlation: { type: value_count, rules: [denied], group-by: [userIdentity.arn], timespan: 5m, condition: { gte: 3, field: requestParameters.bucketName } }
level: high
---
title: denied and assumed
id: both
correlation: { type: temporal, rules: [denied, assumed], group-by: [userIdentity.arn], timespan: 5m }
level: high
---
title: new address
id: new-address
correlation: { type: first_seen, rules: [assumed], group-by: [userIdentity.arn], timespan: 1h, condition: { field: sourceIPAddress } }
level: medium
`,
  'ingest.yml',
);
const rules = ruleSet(parsed.rules);
const midnight = Date.UTC(2026, 0, 3);
const clock = { now: () => midnight + 5 * 86_400_000 };

let database: TestDatabase;
let store: Store;
let lake: Lake;
let folder = '';
let runs = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jobzero-ingest-'));
  database = await testDatabase();
  store = await openStore({ url: database.url });
  lake = await openLake({ folder: join(folder, 'lake') });
});

afterAll(async () => {
  await lake?.close();
  await store?.close();
  await database?.close();
  await rm(folder, { recursive: true, force: true });
});

interface Told {
  readonly n: number;
  readonly name: string;
  readonly who: string;
  readonly ip: string;
  readonly bucket: number;
  readonly denied: boolean;
  /** Seconds from midnight. */
  readonly at: number;
}

function recordOf({ n, name, who, ip, bucket, denied, at }: Told): JsonObject {
  return {
    eventVersion: '1.09',
    eventID: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    eventTime: new Date(midnight + at * 1_000).toISOString().replace('.000Z', 'Z'),
    eventSource: name === 'AssumeRole' ? 'sts.amazonaws.com' : 's3.amazonaws.com',
    eventName: name,
    awsRegion: 'eu-west-1',
    sourceIPAddress: ip,
    recipientAccountId: '111122223333',
    userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::111122223333:user/${who}`, userName: who, accountId: '111122223333' },
    requestParameters: name === 'AssumeRole' ? null : { bucketName: `bucket-${bucket}`, note: '\ud83d\ude00 é \u0000' },
    ...(denied ? { errorCode: 'AccessDenied' } : {}),
  };
}

/** Around two midnights, in few minutes and by few persons, so that windows, buckets, days and equal stamps meet. */
const told = fc
  .array(
    fc.record({
      name: fc.constantFrom('DeleteObject', 'AssumeRole', 'GetObject'),
      who: fc.constantFrom('alice', 'bob'),
      ip: fc.constantFrom('192.0.2.1', '192.0.2.2', '198.51.100.3'),
      bucket: fc.integer({ min: 0, max: 5 }),
      denied: fc.boolean(),
      at: fc.tuple(fc.constantFrom(-86_400, 0, 86_400), fc.integer({ min: -900, max: 900 })).map(([day, seconds]) => day + seconds),
    }),
    { minLength: 10, maxLength: 80 },
  )
  .map((list) => list.map((item, n) => ({ ...item, n })));

/** Writes records as an object in one of the forms in which they come. */
async function writeObject(path: string, records: readonly JsonObject[], form: number): Promise<void> {
  const lines = records.map((record) => JSON.stringify(record)).join('\n');
  const whole = JSON.stringify({ Records: records });
  if (form % 3 === 0) await writeFile(`${path}.json.gz`, gzipSync(whole));
  else if (form % 3 === 1) await writeFile(`${path}.ndjson`, lines);
  else await writeFile(`${path}.json`, whole);
}

async function objectsIn(path: string): Promise<LogObject[]> {
  const found: LogObject[] = [];
  for await (const object of fileLogs().list([path])) found.push(object);
  return found;
}

/** What `detect` says of a folder, as bytes. */
async function detected(path: string, tenant: string): Promise<string[]> {
  const spill = fileSpill();
  try {
    const result = await detect({ roots: [path], rules: parsed.rules, tenant, workers: 0 }, { logs: fileLogs(), spill });
    return [...result.findings].map((finding) => canonicalJson(finding));
  } finally {
    spill.close();
  }
}

/** What stands in the store, as bytes. */
async function stored(tenant: string): Promise<string[]> {
  const rows = await store.within(tenant, (tx) => tx.findings.list({ limit: 10_000 }));
  return rows
    .filter((row) => row.state !== 'retracted')
    .map((row) => canonicalJson(row.finding))
    .sort();
}

class Killed extends Error {}

/** A store whose transactions are rolled back, at its end, when `kills` says so: the worker died before the commit. */
function dying(kills: () => boolean): Store {
  return {
    ...store,
    within: (tenant, work) =>
      store.within(tenant, async (tx) => {
        const result = await work(tx);
        if (kills()) throw new Killed();
        return result;
      }),
  };
}

async function ingest(from: Store, tenant: string, objects: readonly LogObject[]) {
  for (;;) {
    try {
      return await ingestBatch({ tenant, store: from, lake, logs: fileLogs(), rules, clock }, objects);
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
  }
}

const idsOf = (bytes: readonly string[]) => bytes.map((text) => (JSON.parse(text) as { id: string }).id).sort();

test('the rules of this test compile', () => {
  expect(parsed.faults).toEqual([]);
});

describe('law 1 in the store: what stands is a function of the set of events', () => {
  test('cut, shuffled, doubled, late after an eviction, by two at once, killed between lake and commit: the bytes of detect', async () => {
    await fc.assert(
      fc.asyncProperty(
        told,
        fc.array(fc.nat({ max: 1_000_000 }), { minLength: 400, maxLength: 400 }),
        fc.constantFrom(null, -1, 0, 1, 2),
        async (list, dice, evictedDay) => {
          let at = 0;
          const draw = (below: number) => (dice[at++ % dice.length] ?? 0) % below;
          const tenant = `t${++runs}`;
          const home = join(folder, tenant);
          const records = list.map(recordOf);
          await mkdir(join(home, 'whole'), { recursive: true });
          await writeObject(join(home, 'whole', 'all'), records, 0);

          // Every event lies in two objects, differently cut.
          const batches: string[] = [];
          for (const copy of ['first', 'second']) {
            const many = 1 + draw(6);
            const parts: JsonObject[][] = Array.from({ length: many }, () => []);
            for (const record of records) parts[draw(many)]?.push(record);
            for (const [n, part] of parts.entries()) {
              const path = join(home, `${copy}-${n}`);
              await mkdir(path);
              const half = draw(part.length + 1);
              await writeObject(join(path, 'a'), part.slice(0, half).reverse(), draw(3));
              await writeObject(join(path, 'b'), part.slice(half), draw(3));
              batches.splice(draw(batches.length + 1), 0, path);
            }
          }
          const fragile = dying(() => draw(5) === 0);
          const late = Math.floor(batches.length / 2);
          const all = await Promise.all(batches.map(objectsIn));
          for (const objects of all.slice(0, late)) await ingest(fragile, tenant, objects);
          if (evictedDay !== null) await store.within(tenant, (tx) => tx.digests.evict(midnight + evictedDay * 86_400_000));
          const rest = all.slice(late);
          // Two ingesters, which meet in the same batches.
          await Promise.all([
            (async () => {
              for (const objects of rest) await ingest(fragile, tenant, objects);
            })(),
            (async () => {
              for (const objects of [...rest].reverse()) await ingest(store, tenant, objects);
            })(),
          ]);
          const expected = (await detected(join(home, 'whole'), tenant)).sort();
          const found = await stored(tenant);
          expect(idsOf(found)).toEqual(idsOf(expected));
          expect(found).toEqual(expected);
        },
      ),
      { numRuns: 12, endOnFailure: true },
    );
  });
});
