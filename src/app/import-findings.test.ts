import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  accessAnalyzerExample,
  guardDutyExample,
  guardDutyInHub,
  guardDutyInOcsf,
  hubControlExample,
  inspectorExample,
  macieExample,
} from '../core/collect/reports/examples.ts';
import { ruleSet } from '../core/detect/rule-set.ts';
import { canonicalJson } from '../core/lib/canonical-json.ts';
import type { Finding } from '../core/model/finding.ts';
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

const records: readonly JsonObject[] = [
  guardDutyExample(1),
  guardDutyExample(1, { updatedAt: '2026-01-05T09:00:00.000Z', severity: 8 }),
  guardDutyInHub(1),
  guardDutyInOcsf(1),
  guardDutyExample(2),
  guardDutyInHub(2, { Workflow: { Status: 'SUPPRESSED' }, UpdatedAt: '2026-01-05T09:00:00.000Z' }),
  hubControlExample(3),
  hubControlExample(3, { Compliance: { Status: 'PASSED', SecurityControlId: 'S3.2' }, UpdatedAt: '2026-01-05T09:00:00.000Z' }),
  hubControlExample(4, { Compliance: { Status: 'PASSED', SecurityControlId: 'S3.2' } }),
  inspectorExample(5),
  macieExample(6),
  accessAnalyzerExample(7),
  accessAnalyzerExample(8),
];

let database: TestDatabase;
let store: Store;
let lake: Lake;
let folder = '';

beforeAll(async () => {
  database = await testDatabase();
  store = await openStore({ url: database.url });
  folder = await mkdtemp(join(tmpdir(), 'jobzero-import-'));
  lake = await openLake({ folder: join(folder, 'lake') });
});
afterAll(async () => {
  await lake.close();
  await store.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const answeredBy = (_: string, type: string) => (type.startsWith('UnauthorizedAccess:') ? ['aws.iam.example'] : []);
const rules = ruleSet([]);
const clock = { now: () => Date.UTC(2026, 0, 6) };

/** Writes each text to a file of its own below a fresh folder. */
async function files(name: string, texts: readonly string[]): Promise<readonly LogObject[]> {
  const root = await mkdtemp(join(folder, `${name}-`));
  for (const [n, text] of texts.entries()) await writeFile(join(root, `${String(n).padStart(3, '0')}.json`), text);
  const found: LogObject[] = [];
  for await (const object of fileLogs().list([root])) found.push(object);
  return found;
}

async function stored(tenant: string): Promise<readonly Finding[]> {
  return store.within(tenant, async (tx) => (await tx.findings.list({ limit: 100 })).map(({ finding }) => finding));
}

async function ingested(tenant: string, order: readonly JsonObject[], inOneBatch: boolean): Promise<string> {
  const objects = await files(
    tenant,
    order.map((record) => JSON.stringify(record)),
  );
  const deps = { tenant, store, lake, logs: fileLogs(), rules, clock, answeredBy };
  for (const batch of inOneBatch ? [objects] : objects.map((object) => [object])) await ingestBatch(deps, batch);
  return (await stored(tenant))
    .map((finding) => canonicalJson({ ...finding, tenant: '', id: '', revision: '' }))
    .sort()
    .join('\n');
}

test('whatever the order and the batches, the same findings are stored, each once', async () => {
  const wanted = await ingested('a', records, true);
  expect(wanted.split('\n')).toHaveLength(6);
  expect(await ingested('b', records.toReversed(), false)).toBe(wanted);
  expect(await ingested('c', [...records.slice(5), ...records, ...records.slice(0, 7)], false)).toBe(wanted);
});

test('of duplicates one finding; what is put away in Security Hub says so; what never failed is none', async () => {
  const findings = await stored('a');
  const of = (type: string) => findings.filter(({ imported }) => imported?.type === type);
  const [one, two, ...more] = of('UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom').sort((a, b) => (a.severity < b.severity ? -1 : 1));
  expect(more).toEqual([]);
  expect(one).toMatchObject({ severity: 'High', imported: { form: 'own', state: 'active', answers: ['aws.iam.example'] } });
  expect(one?.imported?.refs.map(({ form }) => form)).toEqual(['own', 'asff', 'ocsf']);
  expect(two).toMatchObject({ severity: 'Medium', imported: { form: 'own', state: 'suppressed' } });
  expect(of('S3.2').map(({ imported }) => imported?.state)).toEqual(['resolved']);
  expect(of('PublicAccess:S3/Bucket').map(({ count }) => count.n)).toEqual([2]);
});

test('without a store the same, with threads or what is put aside in between', async () => {
  const objects = await files(
    'detect',
    records.map((record) => JSON.stringify(record)),
  );
  const root = objects[0]?.name.replace(/[^/]+$/, '') ?? '';
  const found = async (tenant: string) => {
    const spill = fileSpill();
    try {
      const { findings } = await detect({ roots: [root], rules: [], tenant, workers: 0, answeredBy }, { logs: fileLogs(), spill });
      return [...findings].map((one) => one.read());
    } finally {
      spill.close();
    }
  };
  expect(await found('a')).toEqual(await stored('a'));
});

test('what was stored before is left alone where nothing is new', async () => {
  const before = await store.within('a', (tx) => tx.findings.list({ limit: 100 }));
  await ingested('a', records, true);
  expect(await store.within('a', (tx) => tx.findings.list({ limit: 100 }))).toEqual(before);
});
