import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, GetQueueAttributesCommand, PurgeQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { need } from '../../tools/require.ts';
import { guardDutyArn, guardDutyExample, inEnvelope } from '../core/collect/reports/examples.ts';
import { ruleSet } from '../core/detect/rule-set.ts';
import { canonicalJson } from '../core/lib/canonical-json.ts';
import type { Lake } from '../core/ports/lake.ts';
import type { Store } from '../core/ports/store.ts';
import { openLogQueue } from '../edge/aws/log-queue.ts';
import { type MotoServer, startMoto } from '../edge/aws/moto-server.ts';
import { openTestDoor, type TestDoor } from '../edge/aws/s3-under-test.ts';
import { openLake } from '../edge/duckdb/lake.ts';
import { openStore } from '../edge/postgres/open-store.ts';
import { type TestDatabase, testDatabase } from '../edge/postgres/testing.ts';
import { type CollectQueueDeps, collectQueue } from './collect-queue.ts';
import { faults, recordOf, rulesUnderTest } from './collect-queue-under-test.ts';
import { s3Logs } from './wire/s3-logs.ts';

const bucket = 'example-logs';
const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'example' };

const byEventBridge = (n: number) =>
  JSON.stringify({
    version: '0',
    id: `11111111-0000-4000-8000-${String(n).padStart(12, '0')}`,
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.cloudtrail',
    account: '111122223333',
    time: recordOf(n).eventTime,
    region: 'eu-west-1',
    resources: [],
    detail: recordOf(n),
  });
async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const notification = (key: string, more: object = {}, inBucket = bucket) =>
  JSON.stringify({
    Records: [
      {
        eventSource: 'aws:s3',
        eventName: 'ObjectCreated:Put',
        eventTime: '2026-01-05T10:05:00.000Z',
        s3: { bucket: { name: inBucket }, object: { key: encodeURIComponent(key).replaceAll('%20', '+'), size: 500, ...more } },
      },
    ],
  });

describe.skipIf(!need('moto'))('logs by a queue', () => {
  let moto: MotoServer;
  let door: TestDoor;
  let database: TestDatabase;
  let store: Store;
  let lake: Lake;
  let folder = '';
  let s3: S3Client;
  let sqs: SQSClient;
  let queueUrl = '';
  let deps: CollectQueueDeps;
  let tenants = 0;

  beforeAll(async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
    moto = await startMoto();
    door = await openTestDoor(moto.url);
    folder = await mkdtemp(join(tmpdir(), 'jobzero-queue-'));
    database = await testDatabase();
    store = await openStore({ url: database.url });
    lake = await openLake({ folder: join(folder, 'lake') });
    s3 = new S3Client({ endpoint: moto.url, region: 'us-east-1', credentials, forcePathStyle: true });
    sqs = new SQSClient({ endpoint: moto.url, region: 'us-east-1', credentials });
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    await s3.send(new CreateBucketCommand({ Bucket: 'somebody-elses' }));
    // Messages come again at once, so that what stays is seen.
    queueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: 'jobzero', Attributes: { VisibilityTimeout: '0' } }))).QueueUrl ?? '';
  });
  beforeEach(async () => {
    await sqs.send(new PurgeQueueCommand({ QueueUrl: queueUrl }));
    const logs = s3Logs({ profile: null, endpointUrl: door.url, regions: ['us-east-1'], roleArn: null });
    deps = {
      tenant: `q${++tenants}`,
      store,
      lake,
      logs,
      find: logs.find,
      rules: ruleSet(rulesUnderTest),
      clock: { now: () => Date.UTC(2026, 0, 6) },
      roots: [{ bucket, prefix: 'AWSLogs/' }],
      queue: openLogQueue(queueUrl, { credentials, endpointUrl: moto.url, waitSeconds: 0 }),
    };
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    for (const client of [s3, sqs]) client?.destroy();
    await door?.close();
    await moto?.stop();
    await lake?.close();
    await store?.close();
    await database?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const put = async (key: string, ...numbers: readonly number[]) => {
    const Body = gzipSync(JSON.stringify({ Records: numbers.map(recordOf) }));
    return (await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body }))).ETag?.replaceAll('"', '') ?? '';
  };
  const say = (...bodies: readonly string[]) =>
    Promise.all(bodies.map((MessageBody) => sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }))));
  const collect = (more: Partial<CollectQueueDeps> = {}) => collectQueue({ ...deps, ...more }, AbortSignal.timeout(60_000));
  const left = async () => {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return Object.values(Attributes ?? {}).reduce((sum, n) => sum + Number(n), 0);
  };
  const found = async (tenant = deps.tenant) =>
    (await store.within(tenant, (tx) => tx.findings.list({ limit: 100 })))
      .map(({ finding }) => canonicalJson({ ...finding, tenant: '', id: '', revision: '' }))
      .sort();

  test('the rules of this test compile', () => {
    expect(faults).toEqual([]);
  });

  test('the same event by EventBridge and by S3, in both orders and again: one finding, the same bytes', async () => {
    const key = 'AWSLogs/a b+c.json.gz';
    const eTag = await put(key, 1);
    const orders = [
      [[byEventBridge(1)], [notification(key, { eTag })]],
      [[notification(key, { eTag })], [byEventBridge(1)]],
      [
        [byEventBridge(1), notification(key, { eTag }), byEventBridge(1)],
        [notification(key, { eTag }), byEventBridge(1)],
      ],
      [[notification(key, { eTag })]],
    ];
    const seen: string[][] = [];
    for (const [i, order] of orders.entries()) {
      const tenant = `both-${i}`;
      for (const bodies of order) {
        await say(...bodies);
        expect(await collect({ tenant })).toMatchObject({ removed: bodies.length, refused: [] });
      }
      seen.push(await found(tenant));
    }
    expect(seen[0]).toHaveLength(1);
    expect(new Set(seen.map((one) => one.join('\n'))).size).toBe(1);
    expect(await left()).toBe(0);
  }, 60_000);

  test('findings of other services come in by EventBridge, those that are none stay out and nothing else is held up', async () => {
    const finding = (n: number, more = {}) => JSON.stringify(inEnvelope('GuardDuty Finding', 'aws.guardduty', guardDutyExample(n, more)));
    await say(finding(1), finding(2, { accountId: 'x' }), byEventBridge(1), finding(1));
    const { removed, refused, ingested } = await collect();
    expect([removed, refused]).toEqual([4, []]);
    expect(ingested?.setAside.map(({ reason }) => reason)).toEqual(['accountId: is no account id']);
    const findings = await store.within(deps.tenant, (tx) => tx.findings.list({ limit: 100 }));
    expect(findings.flatMap(({ finding: { imported } }) => imported?.uid ?? [])).toEqual([guardDutyArn(1)]);
    expect(findings).toHaveLength(2);
  });

  test('one batch of events is one object: delivered again, nothing is read twice', async () => {
    await say(byEventBridge(1), byEventBridge(2));
    expect((await collect()).ingested).toMatchObject({ fresh: true, events: 2, known: 0 });
    await say(byEventBridge(2), byEventBridge(1));
    expect((await collect()).ingested).toMatchObject({ fresh: false, events: 0, known: 1 });
    expect(await found()).toHaveLength(2);
  });

  test('a message stays until its batch is committed', async () => {
    await say(byEventBridge(1));
    const dying: Store = {
      ...store,
      within: (tenant, work) =>
        store.within(tenant, async (tx) => {
          const result = await work(tx);
          if ((await tx.findings.list({ limit: 1 })).length > 0) throw new Error('the worker died before the commit');
          return result;
        }),
    };
    await expect(collect({ store: dying })).rejects.toThrow('died');
    expect([await left(), await found()]).toEqual([1, []]);
    await sqs.send(new PurgeQueueCommand({ QueueUrl: queueUrl }));
    await say(byEventBridge(1));
    expect(await collect()).toMatchObject({ removed: 1 });
    expect(await found()).toHaveLength(1);
  });

  test('what cannot be used stays and holds up nothing; other buckets and keys are not asked for', async () => {
    const eTag = await put('AWSLogs/good.json.gz', 7);
    await put('private/other.json.gz', 8);
    const before = door.seen.length;
    await say(
      'hello',
      notification('AWSLogs/x.json.gz', {}, 'somebody-elses'),
      notification('private/other.json.gz'),
      notification('AWSLogs/good.json.gz', { eTag }),
      JSON.stringify({ Event: 's3:TestEvent', Bucket: bucket }),
    );
    const done = await collect();
    expect(done).toMatchObject({ received: 5, removed: 2, ignored: 1 });
    expect(done.refused.map(({ reason, n }) => `${n} ${reason}`).sort()).toEqual([
      '1 it names a bucket that is not among those to read from',
      '1 it names a key outside of the prefixes to read from',
      '1 the message is no JSON object',
    ]);
    expect(await found()).toHaveLength(1);
    expect(door.seen.slice(before).filter((path) => /somebody|private/.test(path))).toEqual([]);
    expect(await left()).toBe(3);
  });

  test('an object that is gone or was overwritten is set aside; one that may not be read waits in the queue', async () => {
    await put('AWSLogs/gone.json.gz', 1);
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'AWSLogs/gone.json.gz' }));
    await put('AWSLogs/new.json.gz', 2);
    const eTag = await put('AWSLogs/secret.json.gz', 3);
    const message =
      'User: arn:aws:sts::111122223333:assumed-role/jobzero/x is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-east-1:111122223333:key/0123 because no identity-based policy allows it';
    door.answer('secret.json.gz', { status: 403, code: 'AccessDenied', message });
    await say(
      notification('AWSLogs/gone.json.gz', { eTag: '0123' }),
      notification('AWSLogs/new.json.gz', { eTag: '0123' }),
      notification('AWSLogs/secret.json.gz', { eTag }),
      // CloudTrail's own notification has no ETag: the object is looked at first.
      JSON.stringify({ s3Bucket: bucket, s3ObjectKey: ['AWSLogs/new.json.gz', 'AWSLogs/gone.json.gz'] }),
    );
    const done = await collect();
    expect(done).toMatchObject({ received: 4, removed: 3, refused: [] });
    expect(done.ingested?.setAside.map(({ reason }) => reason).sort()).toEqual([
      'it was deleted since it was named',
      'it was overwritten since it was named',
    ]);
    expect(done.ingested?.unread.map(({ object, reason }) => [object.name, reason])).toEqual([
      [
        's3://example-logs/AWSLogs/secret.json.gz',
        expect.stringContaining('kms:Decrypt is missing on arn:aws:kms:us-east-1:111122223333:key/0123'),
      ],
    ]);
    // The look that such a message asks for fails: this message waits, the others do not.
    await sqs.send(new PurgeQueueCommand({ QueueUrl: queueUrl }));
    await say(JSON.stringify({ s3Bucket: bucket, s3ObjectKey: ['AWSLogs/secret.json.gz'] }), byEventBridge(4));
    expect(await collect()).toMatchObject({
      received: 2,
      removed: 1,
      refused: [{ n: 1, reason: expect.stringContaining('s3:GetObject') }],
    });
    door.answer('secret.json.gz', null);
    await sqs.send(new PurgeQueueCommand({ QueueUrl: queueUrl }));
    await say(notification('AWSLogs/secret.json.gz', { eTag }));
    expect(await collect()).toMatchObject({ removed: 1 });
    expect(await found()).toHaveLength(3);
  });

  // The last: the emulator may answer a request of a worker that is gone.
  test('a worker is killed in the middle of a batch: another finishes, nothing is lost and nothing doubled', async () => {
    const { tenant } = deps;
    const workers = [1, 2].map(() => {
      const child = spawn(
        process.execPath,
        [join(import.meta.dirname, 'wire/collect-queue.worker.ts'), database.url, tenant, join(folder, 'lake'), moto.url, queueUrl, bucket],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      const ended = new Promise((resolve) => child.once('exit', resolve));
      const said = new Promise<void>((resolve) => child.stdout.on('data', (text) => String(text).includes('ready') && resolve()));
      return { child, ended, said };
    });
    try {
      await Promise.all(workers.map(({ said }) => said));
      const objects = 60;
      const each = 5;
      for (let n = 0; n < objects; n++) {
        const key = `AWSLogs/many/${n}.json.gz`;
        // Every event lies in two objects.
        const numbers = Array.from({ length: each }, (_, i) => 1_000 + Math.floor(n / 2) * each + i);
        const eTag = await put(key, ...numbers);
        await say(notification(key, { eTag }));
      }
      while ((await found()).length < 20) await sleep(20);
      workers[0]?.child.kill('SIGKILL');
      while ((await left()) > 0) await sleep(100);
      const rules = Map.groupBy(
        (await store.within(tenant, (tx) => tx.findings.list({ limit: 1_000 }))).map(({ finding }) => finding),
        ({ rule }) => rule.id,
      );
      expect(rules.get('trail-stopped')?.length).toBe((objects / 2) * each);
      expect(rules.get('trail-stopped')?.filter(({ count }) => count.n !== 1)).toEqual([]);
      expect(rules.get('many-trails-stopped')?.map(({ count }) => count.n)).toEqual([expect.any(Number)]);
      const files = await store.within(tenant, (tx) => tx.batches.files(0, Number.MAX_SAFE_INTEGER));
      expect((await all(lake.read(files, 0, Number.MAX_SAFE_INTEGER))).length).toBe((objects / 2) * each);
      // Each object was taken in once: its rows are in the lake as often as it has events.
      expect(files.reduce((sum, { rows }) => sum + rows, 0)).toBe(objects * each);
    } finally {
      for (const { child } of workers) child.kill('SIGKILL');
      await Promise.all(workers.map(({ ended }) => ended));
    }
  }, 120_000);
});
