import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ruleSet } from '../core/detect/rule-set.ts';
import { parseRules } from '../core/detect/sigma/parse-rules.ts';
import { incidentsOf } from '../core/findings/incidents/incidents-of.ts';
import { canonicalJson } from '../core/lib/canonical-json.ts';
import type { Finding } from '../core/model/finding.ts';
import type { JsonObject } from '../core/model/json.ts';
import type { Lake } from '../core/ports/lake.ts';
import type { LogObject } from '../core/ports/log-objects.ts';
import type { Store } from '../core/ports/store.ts';
import { openLake } from '../edge/duckdb/lake.ts';
import { fileLogs } from '../edge/files/file-logs.ts';
import { fileSpill } from '../edge/files/file-spill.ts';
import { withClient } from '../edge/postgres/connections.ts';
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
correlation: { type: event_count, rules: [denied], group-by: [userIdentity.arn], timespan: 6m, condition: { gte: 3 } }
level: high
---
title: many assumed
id: many-assumed
correlation: { type: event_count, rules: [assumed], group-by: [userIdentity.arn], timespan: 7m, condition: { gte: 3 } }
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
---
title: denied often and then assumed
id: assumed-after-often
correlation: { type: temporal_ordered, rules: [denied-often, assumed], group-by: [userIdentity.arn], timespan: 1h }
level: high
---
title: denied often
name: denied-often
correlation: { type: event_count, rules: [denied], group-by: [userIdentity.arn, sourceIPAddress], timespan: 20m, condition: { gte: 2 } }
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
    return [...result.findings].map((finding) => canonicalJson(finding.read()));
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
          const joined = await store.within(tenant, (tx) => tx.incidents.list({ limit: 1_000 }));
          const incidents = incidentsOf(
            expected.map((text) => JSON.parse(text) as Finding),
            [],
            tenant,
          );
          expect(joined.map((row) => row.incident).sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(incidents);
        },
      ),
      { numRuns: 12, endOnFailure: true },
    );
  });

  /** One person's calls, as seconds from midnight. */
  const calls = (name: string, ...at: readonly number[]): Told[] =>
    at.map((seconds, n) => ({
      n: seconds * 10 + n + 10_000_000,
      name,
      who: 'alice',
      ip: '192.0.2.1',
      bucket: n,
      denied: name === 'GetObject',
      at: seconds,
    }));
  const day = 86_400;

  test.each<{
    readonly name: string;
    readonly first: readonly Told[];
    readonly late: readonly Told[];
    readonly evicted: number;
    readonly rule: string;
  }>([
    {
      name: 'a late event on the day after an evicted one does not take away what stood there',
      first: calls('GetObject', -200, -190, -180),
      late: calls('GetObject', 10),
      evicted: 0,
      rule: 'many-denied',
    },
    {
      name: 'a late event on the day after an evicted one completes a window that began there',
      first: calls('GetObject', -200, -190),
      late: calls('GetObject', 10),
      evicted: 0,
      rule: 'many-denied',
    },
    {
      name: 'a late event on an evicted day completes a window that reaches out of it',
      first: calls('GetObject', 5, 10),
      late: calls('GetObject', -100),
      evicted: 0,
      rule: 'many-denied',
    },
    {
      name: 'a late event on an evicted day joins what lies in it',
      first: calls('GetObject', -20_000, -20_010),
      late: calls('GetObject', -20_020),
      evicted: 0,
      rule: 'many-denied',
    },
    {
      name: 'windows of days: the first of them is evicted, and the late event comes two days after',
      first: calls('GetObject', -day, -day + 1, -day + 2, -3, -2),
      late: calls('GetObject', day - 20, day - 10),
      evicted: 0,
      rule: 'denied-over-days',
    },
    {
      name: 'windows of days: what stood two days before is not taken away',
      first: calls('GetObject', -day, -day + 1, -day + 2, -day + 3, -3, -2),
      late: calls('GetObject', day + 20),
      evicted: 1,
      rule: 'denied-over-days',
    },
    {
      name: 'windows of days: an early late event, all is evicted',
      first: calls('GetObject', -3, -2, day - 9, day - 8, day - 7),
      late: calls('GetObject', -day + 5),
      evicted: 2,
      rule: 'denied-over-days',
    },
  ])('$name', async ({ first, late, evicted, rule }) => {
    const tenant = `t${++runs}`;
    const home = join(folder, tenant);
    await mkdir(join(home, 'first'), { recursive: true });
    await mkdir(join(home, 'late'));
    await writeObject(join(home, 'first', 'a'), first.map(recordOf), 0);
    await writeObject(join(home, 'late', 'a'), late.map(recordOf), 1);
    await ingest(store, tenant, await objectsIn(join(home, 'first')));
    await store.within(tenant, (tx) => tx.digests.evict(midnight + evicted * 86_400_000));
    await ingest(store, tenant, await objectsIn(join(home, 'late')));
    const found = await stored(tenant);
    expect(found.map((text) => (JSON.parse(text) as { rule: { id: string } }).rule.id)).toContain(rule);
    expect(found).toEqual((await detected(home, tenant)).sort());
  });

  test('digests evicted between the reading of a batch and its commit are rebuilt too', async () => {
    const tenant = `t${++runs}`;
    const home = join(folder, tenant);
    await mkdir(join(home, 'first'), { recursive: true });
    await mkdir(join(home, 'late'));
    await writeObject(join(home, 'first', 'a'), calls('GetObject', -200, -190).map(recordOf), 0);
    await writeObject(join(home, 'late', 'a'), calls('GetObject', -180).map(recordOf), 1);
    await ingest(store, tenant, await objectsIn(join(home, 'first')));
    let transactions = 0;
    // The third one commits the batch.
    const evicting: Store = {
      ...store,
      within: async (of, work) => {
        if (++transactions === 3) await store.within(of, (tx) => tx.digests.evict(midnight));
        return store.within(of, work);
      },
    };
    await ingest(evicting, tenant, await objectsIn(join(home, 'late')));
    const found = await stored(tenant);
    expect(found).toEqual((await detected(home, tenant)).sort());
    expect(found).not.toEqual([]);
  });

  test('a value that was new is so no more when an earlier sight of it comes late: the finding is retracted, and comes back never', async () => {
    const tenant = `t${++runs}`;
    const home = join(folder, tenant);
    const from = (seconds: number, ip: string, n: number): JsonObject =>
      recordOf({ n, name: 'AssumeRole', who: 'alice', ip, bucket: 0, denied: false, at: seconds });
    for (const name of ['a', 'b', 'c']) await mkdir(join(home, name), { recursive: true });
    await writeObject(join(home, 'a', 'a'), [from(0, '192.0.2.1', 1), from(9_000, '198.51.100.3', 2)], 0);
    await writeObject(join(home, 'b', 'a'), [from(10, '198.51.100.3', 3)], 1);
    await writeObject(join(home, 'c', 'a'), [from(9_500, '198.51.100.3', 4)], 2);
    const raised = await ingest(store, tenant, await objectsIn(join(home, 'a')));
    const [change] = raised.changes.filter((one) => one.type === 'raised' && one.finding.rule.id === 'new-address');
    const id = change?.type === 'raised' ? change.finding.id : 'none';
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    const retracted = await ingest(store, tenant, await objectsIn(join(home, 'b')));
    expect(retracted.changes).toContainEqual({ type: 'retracted', id, revision: change?.type === 'raised' ? change.finding.revision : '' });
    await ingest(store, tenant, await objectsIn(join(home, 'c')));
    const row = await store.within(tenant, (tx) => tx.findings.get(id));
    expect(row?.state).toBe('retracted');
    const life = await store.within(tenant, (tx) => tx.findings.life(id));
    expect(life.map(({ event }) => event)).toEqual(['raised', 'retracted']);
    expect(await stored(tenant)).toEqual((await detected(home, tenant)).sort());
  });

  test('a batch that was done is not read again, and a ledger leaf tells of each batch once', async () => {
    const tenant = `t${++runs}`;
    const home = join(folder, tenant);
    await mkdir(home);
    await writeObject(join(home, 'a'), calls('DeleteObject', 1, 2).map(recordOf), 0);
    const objects = await objectsIn(home);
    const both = await Promise.all([ingest(store, tenant, objects), ingest(store, tenant, objects)]);
    expect(both.map(({ fresh }) => fresh).sort()).toEqual([false, true]);
    expect(await ingest(store, tenant, objects)).toMatchObject({ fresh: false, events: 0 });
    const files = await store.within(tenant, (tx) => tx.batches.files(0, clock.now()));
    expect(files.reduce((sum, file) => sum + file.rows, 0)).toBe(2);
    const leaves = await withClient(database.adminUrl, async (client) => {
      const { rows } = await client.query(`select count(*)::int as n from jobzero.ledger_inbox where tenant_id = '${tenant}'`);
      return rows;
    });
    expect(leaves).toEqual([{ n: 1 }]);
  });

  test('the leaf of a batch says by hash which lists its rules asked', async () => {
    const tenant = `t${++runs}`;
    const home = join(folder, tenant);
    await mkdir(home);
    await writeObject(join(home, 'a'), calls('DeleteObject', 1, 2).map(recordOf), 0);
    await ingestBatch({ tenant, store, lake, logs: fileLogs(), rules, listsHash: 'ab'.repeat(32), clock }, await objectsIn(home));
    const leaves = await withClient(database.adminUrl, async (client) => {
      const { rows } = await client.query(`select bytes from jobzero.ledger_inbox where tenant_id = '${tenant}'`);
      return rows as { readonly bytes: string }[];
    });
    expect(leaves.map(({ bytes }) => JSON.parse(bytes))).toMatchObject([{ type: 'batch', data: { listsHash: 'ab'.repeat(32) } }]);
  });
});
