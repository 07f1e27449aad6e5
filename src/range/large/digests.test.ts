import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { checkDigests } from '../../app/check-digests.ts';
import { deliveryStatus } from '../../app/delivery-status.ts';
import { ingestBatch } from '../../app/ingest-batch.ts';
import { digestSource } from '../../app/wire/digest-source.ts';
import { ruleSet } from '../../core/detect/rule-set.ts';
import { parseCampaign } from '../../core/model/campaign.ts';
import type { Lake } from '../../core/ports/lake.ts';
import type { LogObject } from '../../core/ports/log-objects.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { openLake } from '../../edge/duckdb/lake.ts';
import { fileLogs } from '../../edge/files/file-logs.ts';
import { digestKey } from './digest-keys.ts';
import { writeLogs } from './write-logs.ts';

const tenant = 'default';
const start = Date.UTC(2026, 0, 5);
const hour = 3_600_000;
const stopped = parseCampaign(
  {
    id: 'stopped',
    title: 'The trail of the account is switched off for three hours',
    description: 'And on again.',
    actors: { admin: { signs: { role: 'OrganizationAccountAccessRole', session: 'admin' } } },
    steps: [
      { id: 'off', actor: 'admin', action: 'cloudtrail:StopLogging', input: { Name: 'production-trail' } },
      { id: 'on', actor: 'admin', action: 'cloudtrail:StartLogging', wait: 10_800, input: { Name: 'production-trail' } },
    ],
  },
  'stopped.yml',
);

let home = '';
let lake: Lake;
let runs = 0;
let folder = '';
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'range-digests-'));
  lake = await openLake({ folder: join(home, 'lake') });
});
beforeEach(() => {
  folder = join(home, `run-${++runs}`);
});
afterAll(async () => {
  await lake?.close();
  await rm(home, { recursive: true, force: true });
});

async function write(campaigns = [] as (typeof stopped)[]): Promise<void> {
  const options = { folder, seed: 'digests', accounts: 2, events: 900, days: 0.75, start, merger: false, digests: true };
  const report = await writeLogs({ ...options, campaigns });
  await writeFile(join(home, `${runs}.json`), JSON.stringify(report.publicKeys));
}

async function names(part: string): Promise<readonly string[]> {
  const all = await readdir(folder, { recursive: true });
  return all.filter((name) => name.includes(part) && name.endsWith('.gz')).sort();
}

/** What the digests say of each trail after all log files in the folder were read. */
async function proven() {
  const store = memoryStore();
  const deps = { tenant, store, clock: { now: () => start + 30 * hour } };
  const objects: LogObject[] = [];
  for await (const object of fileLogs().list([folder])) objects.push(object);
  await ingestBatch({ ...deps, lake, logs: fileLogs(), rules: ruleSet([]) }, objects);
  const choice = { profile: null, endpointUrl: null, regions: null, roleArn: null };
  const source = digestSource({ ...choice, roots: [folder], days: null, publicKeys: join(home, `${runs}.json`) }, (error) => {
    throw error;
  });
  const { refused } = await checkDigests(store, tenant, source);
  expect(refused).toEqual([]);
  return (await deliveryStatus(deps)).flatMap(({ trails }) => trails);
}

const faultsOf = (trails: Awaited<ReturnType<typeof proven>>) =>
  trails.flatMap(({ faults }) => faults.map(({ object, reason }) => [object.slice(object.indexOf('AWSLogs')), reason]));

test('everything is proven, of each trail, account and Region, to its end', async () => {
  await write();
  const trails = await proven();
  expect(faultsOf(trails)).toEqual([]);
  expect(new Set(trails.map(({ state }) => state))).toEqual(new Set(['proven']));
  expect(new Set(trails.map(({ trail }) => trail))).toEqual(new Set(['organization-trail', 'production-trail']));
  for (const { to } of trails) expect(to).toBeGreaterThan(start + 18 * hour);
});

test('a log file that is gone, one that was altered, and a digest that is gone are told', async () => {
  await write();
  const logs = await names('/CloudTrail/us-east-1/');
  const [gone = '', altered = ''] = [logs.at(3), logs.at(-3)];
  await rm(join(folder, gone));
  const content = gunzipSync(await readFile(join(folder, altered))).toString('utf8');
  await writeFile(join(folder, altered), gzipSync(content.replace('"awsRegion":"us-east-1"', '"awsRegion":"us-east-2"')));
  const digest = (await names('/CloudTrail-Digest/us-east-1/')).at(5) ?? '';
  await rm(join(folder, digest));
  const faults = faultsOf(await proven());
  expect(faults).toContainEqual([gone, 'the log file was not read: it is missing or was deleted']);
  expect(faults).toContainEqual([altered, 'the log file was altered: its content has another hash']);
  expect(faults).toContainEqual([digest, 'a digest file is missing']);
});

test('a digest that was written anew to hide that a log file is gone is found by its signature and by the next one', async () => {
  await write();
  const read = async (name: string) =>
    JSON.parse(gunzipSync(await readFile(join(folder, name))).toString('utf8')) as { logFiles: { s3Object: string }[] };
  const digests = await names('/CloudTrail-Digest/us-east-1/');
  const [digest = '', content] = (await Promise.all(digests.map(async (name) => [name, await read(name)] as const))).find(
    ([, { logFiles }]) => logFiles.length > 0,
  ) ?? ['', { logFiles: [] }];
  await rm(join(folder, content?.logFiles.pop()?.s3Object ?? 'none'));
  await writeFile(join(folder, digest), gzipSync(JSON.stringify(content)));
  const reasons = new Set(
    faultsOf(await proven())
      .filter(([object]) => object === digest)
      .map(([, reason]) => reason),
  );
  expect(reasons).toEqual(
    new Set(['the signature of the digest file is not valid', 'the digest file was altered: its content has another hash']),
  );
});

test('a trail that was switched off and on begins a new chain', async () => {
  await write([stopped]);
  const faults = faultsOf(await proven());
  expect(faults.length).toBeGreaterThan(0);
  for (const [, reason] of faults) expect(reason).toMatch(/^delivery began anew at /);
});

test('the log files are the same bytes with digests and without, and digests are the same for a seed', async () => {
  await write();
  const first = folder;
  const bytes = async () => Promise.all((await names('CloudTrail')).map(async (name) => [name, await readFile(join(folder, name), 'hex')]));
  const all = await bytes();
  folder = join(home, 'again');
  await write();
  expect(await bytes()).toEqual(all);
  folder = join(home, 'without');
  await writeLogs({ folder, seed: 'digests', accounts: 2, events: 900, days: 0.75, start, merger: false, campaigns: [] });
  expect(await bytes()).toEqual(all.filter(([name]) => !name?.includes('Digest')));
  expect(first).not.toBe(folder);
});

test('a key is that of its text', () => {
  const key = digestKey('a');
  expect(digestKey('a').value).toBe(key.value);
  expect(digestKey('b').fingerprint).not.toBe(key.fingerprint);
  expect(Buffer.from(key.value, 'base64').length).toBe(270);
});
