import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { need } from '../../../tools/require.ts';
import { openLogObjects } from './log-objects.ts';
import { type MotoServer, startMoto } from './moto-server.ts';
import { openAws } from './open-aws.ts';
import { openTestDoor } from './s3-under-test.ts';

const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'example' };

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

test.each(['s3:/bucket', 'https://bucket/x', 's3://B/x', 's3://', 'bucket'])('%s is no address of log objects', async (uri) => {
  const logs = openLogObjects({ credentials, endpointUrl: 'http://127.0.0.1:9', regions: ['us-east-1'] });
  await expect(all(logs.list(uri))).rejects.toMatchObject({ name: 'InputError', place: uri });
});

describe.skipIf(!need('moto'))('with moto_server', () => {
  let moto: MotoServer;
  beforeAll(async () => {
    moto = await startMoto();
    const s3 = new S3Client({ endpoint: moto.url, region: 'us-east-1', credentials, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: 'logs-example' }));
    const keys = [
      'AWSLogs/',
      ...Array.from({ length: 1005 }, (_, i) => `AWSLogs/${String(i).padStart(4, '0')}.json`),
      'AWSLogs/a b+c%20ä.json',
      'other/x.json',
    ];
    for (const Key of keys)
      await s3.send(new PutObjectCommand({ Bucket: 'logs-example', Key, Body: Key.endsWith('/') ? '' : `body of ${Key}` }));
    s3.destroy();
  });
  afterAll(async () => {
    await moto?.stop();
  });

  test('lists every page below a prefix and reads the bytes that were listed', async () => {
    const logs = openLogObjects({ credentials, endpointUrl: moto.url, regions: ['us-east-1'] });
    const found = await all(logs.list('s3://logs-example/AWSLogs/'));
    expect(found.length).toBe(1006);
    const odd = found.find(({ uri }) => uri.includes('ä'));
    expect(odd).toMatchObject({ uri: 's3://logs-example/AWSLogs/a b+c%20ä.json', etag: expect.stringMatching(/./) });
    const parts = await all(logs.read(odd ?? { uri: '' }));
    expect(Buffer.concat(parts).toString()).toBe('body of AWSLogs/a b+c%20ä.json');
    await expect(all(logs.read({ uri: odd?.uri ?? '', etag: '"0123"' }))).rejects.toMatchObject({
      name: 'CloudError',
      kind: 'conflict',
    });
    await expect(all(logs.read({ uri: 's3://logs-example/none' }))).rejects.toMatchObject({
      kind: 'not-found',
      code: 'NoSuchKey',
    });
    await expect(all(logs.list('s3://no-such-bucket-here/'))).rejects.toMatchObject({
      kind: 'not-found',
      code: 'NoSuchBucket',
    });
    logs.close();
  });

  test('of a range of days, only the folders of these days are listed, of accounts and organisations', async () => {
    const s3 = new S3Client({ endpoint: moto.url, region: 'us-east-1', credentials, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: 'trail-example' }));
    const folders = ['AWSLogs/111122223333/CloudTrail/eu-west-1', 'AWSLogs/o-example/444455556666/CloudTrail/us-east-1'];
    const days = ['2025/12/31', '2026/01/01', '2026/01/31', '2026/02/01', '2027/01/01'];
    for (const folder of folders)
      for (const day of days)
        await s3.send(new PutObjectCommand({ Bucket: 'trail-example', Key: `${folder}/${day}/x.json.gz`, Body: 'x' }));
    await s3.send(new PutObjectCommand({ Bucket: 'trail-example', Key: 'AWSLogs/beside.json.gz', Body: 'x' }));
    const logs = openLogObjects({ credentials, endpointUrl: moto.url, regions: ['us-east-1'] });
    const found = async (first: number, last: number) =>
      (await all(logs.list('s3://trail-example/AWSLogs/', { first, last })))
        .map(({ uri }) => uri.slice('s3://trail-example/'.length))
        .sort();
    const of = (...wanted: readonly string[]) =>
      [...folders.flatMap((folder) => wanted.map((day) => `${folder}/${day}/x.json.gz`)), 'AWSLogs/beside.json.gz'].sort();
    expect(await found(Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 31))).toEqual(of('2026/01/01', '2026/01/31'));
    expect(await found(Date.UTC(2026, 0, 31), Date.UTC(2026, 1, 1))).toEqual(of('2026/01/31', '2026/02/01'));
    expect(await found(0, Number.MAX_SAFE_INTEGER)).toEqual(of(...days));
    expect(await found(Date.UTC(2026, 5, 1), Date.UTC(2026, 5, 2))).toEqual(of());
    // A month outside is not opened.
    const door = await openTestDoor(moto.url);
    const counting = openLogObjects({ credentials, endpointUrl: door.url, regions: ['us-east-1'] });
    await all(counting.list('s3://trail-example/AWSLogs/', { first: Date.UTC(2026, 0, 1), last: Date.UTC(2026, 0, 1) }));
    expect(door.seen.filter((request) => /2025|2027|2026%2F02/.test(request))).toEqual([]);
    await door.close();
    s3.destroy();
  });

  test('an object is looked at with what its writer put beside it, as CloudTrail puts a signature', async () => {
    const s3 = new S3Client({ endpoint: moto.url, region: 'us-east-1', credentials, forcePathStyle: true });
    const Metadata = { signature: '0a1b', 'signature-algorithm': 'SHA256withRSA' };
    await s3.send(new PutObjectCommand({ Bucket: 'logs-example', Key: 'digest.json.gz', Body: 'x', Metadata }));
    const logs = openLogObjects({ credentials, endpointUrl: moto.url, regions: ['us-east-1'] });
    const found = await logs.look('s3://logs-example/digest.json.gz');
    expect(found).toMatchObject({ bytes: 1, etag: expect.stringMatching(/^[0-9a-f]{32}$/), metadata: Metadata });
    expect(await logs.look('s3://logs-example/none.json.gz')).toBeNull();
    s3.destroy();
  });

  test('throttling and failures pass; a refusal names the permission, and the key', async () => {
    const door = await openTestDoor(moto.url);
    const logs = openLogObjects({ credentials, endpointUrl: door.url, regions: ['us-east-1'], maxAttempts: 4 });
    const uri = 's3://logs-example/other/x.json';
    door.answer('other/x.json', { status: 503, code: 'SlowDown', message: 'Please reduce your request rate.', times: 1 });
    expect(Buffer.concat(await all(logs.read({ uri }))).toString()).toBe('body of other/x.json');
    door.answer('other/x.json', { status: 500, code: 'InternalError', message: 'We encountered an internal error.', times: 1 });
    expect(Buffer.concat(await all(logs.read({ uri }))).toString()).toBe('body of other/x.json');
    const key = 'arn:aws:kms:eu-west-1:111122223333:key/0123';
    const denied = `User: arn:aws:iam::111122223333:user/x is not authorized to perform: kms:Decrypt on resource: ${key} because no resource-based policy allows it`;
    door.answer('other/x.json', { status: 403, code: 'AccessDenied', message: denied });
    await expect(all(logs.read({ uri }))).rejects.toMatchObject({
      kind: 'denied',
      message: expect.stringContaining(`kms:Decrypt is missing on ${key}:`),
    });
    door.answer('other/x.json', { status: 403, code: 'AccessDenied', message: 'Access Denied' });
    await expect(all(logs.read({ uri }))).rejects.toMatchObject({
      kind: 'denied',
      message: expect.stringContaining('s3:GetObject is missing on arn:aws:s3:::logs-example/other/x.json'),
    });
    await door.close();
  });

  test('a bucket of the log archive is read through a role; an overwritten version is still read', async () => {
    const roleArn = 'arn:aws:iam::444455556666:role/jobzero-logs';
    const logs = openLogObjects({ credentials, endpointUrl: moto.url, regions: ['us-east-1'], roleArn });
    const sts = new STSClient({ endpoint: moto.url, region: 'us-east-1', credentials });
    const { Credentials: given } = await sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'owner' }));
    const owner = {
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    };
    const s3 = new S3Client({ endpoint: moto.url, region: 'us-east-1', credentials: owner, forcePathStyle: true });
    const Bucket = 'archive-example';
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    const first = await s3.send(new PutObjectCommand({ Bucket, Key: 'a.json', Body: 'first' }));
    const [listed] = await all(logs.list(`s3://${Bucket}/`));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a.json', Body: 'second' }));
    const named = { uri: listed?.uri ?? '', etag: listed?.etag ?? '' };
    expect(Buffer.concat(await all(logs.read({ ...named, versionId: first.VersionId }))).toString()).toBe('first');
    await expect(all(logs.read(named))).rejects.toMatchObject({ kind: 'conflict' });
    expect(() => openLogObjects({ roleArn: 'jobzero-logs' })).toThrow('the address of a role looks like');
    for (const client of [s3, sts]) client.destroy();
  });

  test('another account is looked into through a role, with a session policy for acting', async () => {
    const roles = { reader: 'jobzero-reader', actor: 'jobzero-actor' };
    const cloud = openAws({ credentials, endpointUrl: moto.url, roles });
    const call = { account: '444455556666', region: 'us-east-1' };
    const session = { name: 'action:1/2', policy: { Version: '2012-10-17', Statement: [] } };
    await cloud.call({ ...call, action: 'iam:CreateUser', input: { UserName: 'there' }, role: 'actor', session });
    await expect(
      cloud.call({ ...call, action: 'iam:DeleteUserPolicy', input: { UserName: 'there', PolicyName: 'deny' }, role: 'actor' }),
    ).rejects.toMatchObject({
      kind: 'denied',
      code: 'SessionPolicyMissing',
    });
    await expect(
      cloud.call({ ...call, action: 'iam:DeleteUserPolicy', input: { UserName: 'there', PolicyName: 'deny' }, role: 'undoer', session }),
    ).rejects.toMatchObject({
      code: 'RoleNotConfigured',
    });
    expect(await cloud.call({ ...call, action: 'iam:ListUsers', input: {}, role: 'reader' })).toMatchObject({
      Users: [{ Arn: 'arn:aws:iam::444455556666:user/there' }],
    });
    const who = await cloud.call({ ...call, action: 'sts:GetCallerIdentity', input: {}, role: 'actor', session });
    expect(who).toMatchObject({ Account: '444455556666', Arn: 'arn:aws:sts::444455556666:assumed-role/jobzero-actor/action-1-2' });
    await cloud.close();
  });
});
