import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ruleSet } from '../core/detect/rule-set.ts';
import type { Lake } from '../core/ports/lake.ts';
import type { LogObject } from '../core/ports/log-objects.ts';
import { memoryStore } from '../core/ports/store.memory.ts';
import { openLake } from '../edge/duckdb/lake.ts';
import { fileLogs } from '../edge/files/file-logs.ts';
import { checkDigests } from './check-digests.ts';
import { checkSilence } from './check-silence.ts';
import { deliveryStatus } from './delivery-status.ts';
import { ingestBatch } from './ingest-batch.ts';
import { digestSource } from './wire/digest-source.ts';

const account = '111122223333';
const bucket = 'example-logs';
const hour = 3_600_000;
const start = Date.UTC(2026, 0, 5);
const tenant = 'default';
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const der = publicKey.export({ type: 'pkcs1', format: 'der' });

let folder = '';
let lake: Lake;
let home = '';
let runs = 0;
let refused: Awaited<ReturnType<typeof checkDigests>>['refused'] = [];
let now = start;
let store = memoryStore();

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'jobzero-status-'));
  lake = await openLake({ folder: join(home, 'lake') });
});
beforeEach(async () => {
  folder = join(home, `run-${++runs}`);
  store = memoryStore();
  await mkdir(folder);
});
afterAll(async () => {
  await lake?.close();
  await rm(home, { recursive: true, force: true });
});

const iso = (time: number) => new Date(time).toISOString().replace('.000Z', 'Z');
const compact = (time: number) => iso(time).replaceAll(/[-:]/g, '');
const sha = (text: string) => createHash('sha256').update(text).digest('hex');
const put = async (key: string, content: string) => {
  await mkdir(dirname(join(folder, key)), { recursive: true });
  await writeFile(join(folder, key), gzipSync(content));
};
const dateOf = (time: number) => iso(time).slice(0, 10).replaceAll('-', '/');

/** One hour of a trail: a log file with an event at its 5th minute; its key and content. */
function logOfHour(n: number, region = 'eu-west-1'): readonly [string, string] {
  const time = start + n * hour + 300_000;
  const record = {
    eventID: `${region}-${n}`,
    eventTime: iso(time),
    eventSource: 'sts.amazonaws.com',
    eventName: 'GetCallerIdentity',
    awsRegion: region,
    recipientAccountId: account,
  };
  return [
    `AWSLogs/${account}/CloudTrail/${region}/${dateOf(time)}/${account}_CloudTrail_${region}_${compact(time).slice(0, 13)}Z_x.json.gz`,
    JSON.stringify({ Records: [record] }),
  ];
}

/** Writes a folder as `aws s3 sync` leaves it: signatures are not kept, but each digest tells the one before. */
async function writeTrail(hours: number): Promise<string[]> {
  let before: { readonly key: string; readonly content: string; readonly signature: string } | null = null;
  const keys: string[] = [];
  for (let n = 0; n < hours; n++) {
    const [logKey, logContent] = logOfHour(n);
    await put(logKey, logContent);
    const end = start + (n + 1) * hour;
    const key = `AWSLogs/${account}/CloudTrail-Digest/eu-west-1/${dateOf(end)}/${account}_CloudTrail-Digest_eu-west-1_trail_eu-west-1_${compact(end)}.json.gz`;
    const content: string = JSON.stringify({
      awsAccountId: account,
      digestStartTime: iso(end - hour),
      digestEndTime: iso(end),
      digestS3Bucket: bucket,
      digestS3Object: key,
      digestPublicKeyFingerprint: 'f1',
      digestSignatureAlgorithm: 'SHA256withRSA',
      previousDigestS3Bucket: before === null ? null : bucket,
      previousDigestS3Object: before?.key ?? null,
      previousDigestHashValue: before === null ? null : sha(before.content),
      previousDigestHashAlgorithm: 'SHA-256',
      previousDigestSignature: before?.signature ?? null,
      logFiles: [{ s3Bucket: bucket, s3Object: logKey, hashValue: sha(logContent), hashAlgorithm: 'SHA-256' }],
    });
    const signed: string = `${iso(end)}\n${bucket}/${key}\n${sha(content)}\n${before?.signature ?? 'null'}`;
    await put(key, content);
    keys.push(key);
    before = { key, content, signature: sign('sha256', Buffer.from(signed), privateKey).toString('hex') };
  }
  await writeFile(join(folder, 'keys.json'), JSON.stringify({ PublicKeyList: [{ Value: der.toString('base64'), Fingerprint: 'f1' }] }));
  return keys;
}

const deps = () => ({ tenant, store, clock: { now: () => now } });

async function takeIn(more: Partial<LogObject> = {}): Promise<void> {
  const objects: LogObject[] = [];
  for await (const object of fileLogs().list([join(folder, 'AWSLogs')])) objects.push({ ...object, ...more });
  await ingestBatch({ ...deps(), lake, logs: fileLogs(), rules: ruleSet([]) }, objects);
}

async function check(publicKeys: string | null = join(folder, 'keys.json')) {
  const choice = { profile: null, endpointUrl: 'http://127.0.0.1:9', regions: ['us-east-1'], roleArn: null };
  const source = digestSource({ ...choice, roots: [folder], days: null, publicKeys }, () => {});
  ({ refused } = await checkDigests(store, tenant, source));
  const [status] = await deliveryStatus(deps());
  const [trail] = status?.trails ?? [];
  return trail === undefined
    ? null
    : [trail.state, (trail.from - start) / hour, (trail.to - start) / hour, ...trail.faults.map(({ reason }) => reason)];
}

describe('completeness by signed digests', () => {
  beforeEach(() => {
    now = start + 8 * hour;
  });

  test('all was read: proven up to the last digest whose signature is known; again, and with the next one, more', async () => {
    await writeTrail(5);
    await takeIn();
    expect(await check()).toEqual(['proven', 0, 4]);
    expect(await check()).toEqual(['proven', 0, 4]);
    await writeTrail(6);
    await takeIn();
    expect(await check()).toEqual(['proven', 0, 5]);
  });

  test('a key that is none is told, and proves nothing', async () => {
    await writeTrail(3);
    await takeIn();
    await writeFile(join(folder, 'broken.json'), JSON.stringify({ PublicKeyList: [{ Value: 'bm8ga2V5', Fingerprint: 'f1' }] }));
    expect(await check(join(folder, 'broken.json'))).toEqual(['unproven', 0, 3]);
    expect(refused).toEqual([
      { name: 'key f1 of eu-west-1', reason: expect.stringMatching(/^it is no public key in PKCS #1 \(.+\); what/) },
    ]);
    expect(await check()).toEqual(['proven', 0, 2]);
    expect(refused).toEqual([]);
  });

  test('no digests, and no keys: unproven', async () => {
    await writeTrail(3);
    await takeIn();
    expect(await deliveryStatus(deps())).toMatchObject([{ source: 'aws.cloudtrail', account, region: 'eu-west-1', trails: [] }]);
    await writeFile(join(folder, 'none.json'), '{"PublicKeyList":[]}');
    expect(await check(join(folder, 'none.json'))).toEqual(['unproven', 0, 3]);
    // With the keys at hand, what was read before is checked again.
    expect(await check()).toEqual(['proven', 0, 2]);
  });

  test.each<[string, (keys: readonly string[]) => Promise<void>, readonly string[]]>([
    ['a log file was deleted', async () => rm(join(folder, logOfHour(1)[0])), ['the log file was not read: it is missing or was deleted']],
    [
      'a log file was emptied',
      async () => put(logOfHour(1)[0], '{"Records":[]}'),
      ['the log file was altered: its content has another hash'],
    ],
    [
      'a log file was added',
      async () => put(logOfHour(1)[0].replace('_x.json', '_y.json'), logOfHour(1)[1]),
      ['no digest names this log file: it was added'],
    ],
    [
      'a digest file was deleted',
      async (keys) => rm(join(folder, keys[1] ?? '')),
      ['no digest names this log file: it was added', 'a digest file is missing'],
    ],
    [
      'a log file and its line in the digest were deleted: the signature tells',
      async (keys) => {
        await rm(join(folder, logOfHour(1)[0]));
        const digest = JSON.parse(gunzipSync(await readFile(join(folder, keys[1] ?? ''))).toString()) as { logFiles: readonly unknown[] };
        await put(keys[1] ?? '', JSON.stringify({ ...digest, logFiles: [] }));
      },
      ['the digest file was altered: its content has another hash', 'the signature of the digest file is not valid'],
    ],
  ])('%s', async (_name, change, reasons) => {
    const keys = await writeTrail(4);
    await change(keys);
    await takeIn();
    const [state, , , ...found] = (await check()) ?? [];
    expect([state, found.sort()]).toEqual(['broken', [...reasons].sort()]);
  });
});

describe('lag and silence', () => {
  test('waits from the event to the object and to us; the same object again says nothing new', async () => {
    for (let n = 0; n < 10; n++) await put(...logOfHour(n));
    now = start + 20 * hour;
    await takeIn({ availableAt: start + 10 * hour });
    const first = await deliveryStatus(deps());
    expect(first).toEqual([
      {
        source: 'aws.cloudtrail',
        account,
        region: 'eu-west-1',
        last: start + 9 * hour + 300_000,
        usualHours: null,
        silent: false,
        available: { p50: 5 * hour - 300_000, p99: 10 * hour - 300_000 },
        ingested: { p50: 15 * hour - 300_000, p99: 20 * hour - 300_000 },
        sampled: 10,
        trails: [],
      },
    ]);
    await takeIn({ availableAt: start + 10 * hour });
    expect(await deliveryStatus(deps())).toEqual(first);
  });

  test('a source that stops is a finding, the same whenever it is noticed, which resolves itself when events come back, and reopens', async () => {
    for (let n = 0; n < 72; n++) {
      await put(...logOfHour(n));
      await put(...logOfHour(n, 'us-east-1'));
    }
    for (let n = 72; n < 90; n++) await put(...logOfHour(n, 'us-east-1'));
    await takeIn();
    now = start + 72 * hour + 5 * hour;
    expect(await checkSilence(deps())).toEqual([]);
    now = start + 90 * hour;
    const [raised, ...others] = await checkSilence(deps());
    expect(others).toEqual([]);
    expect(raised).toMatchObject({
      kind: 'compliance',
      severity: 'Medium',
      region: 'eu-west-1',
      account,
      lastTime: start + 71 * hour + 300_000,
    });
    expect((await deliveryStatus(deps())).map(({ region, silent }) => [region, silent])).toEqual([
      ['eu-west-1', true],
      ['us-east-1', false],
    ]);
    const state = () => store.within(tenant, async (tx) => (await tx.findings.get(raised?.id ?? ''))?.state);
    expect(await checkSilence(deps())).toEqual([]);
    now += hour;
    expect(await checkSilence(deps())).toEqual([]);
    expect(await state()).toBe('open');

    await put(...logOfHour(90));
    await takeIn();
    expect(await checkSilence(deps())).toEqual([]);
    expect(await state()).toBe('resolved');
    now = start + 400 * hour;
    const again = await checkSilence(deps());
    expect(again.map(({ region }) => region)).toEqual(['eu-west-1', 'us-east-1']);
    expect(await state()).toBe('open');
  });
});
