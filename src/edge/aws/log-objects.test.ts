import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { need } from '../../../tools/require.ts';
import { openLogObjects } from './log-objects.ts';
import { type MotoServer, startMoto } from './moto-server.ts';
import { openAws } from './open-aws.ts';

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

  test('another account is looked into through a role, with a session policy for acting', async () => {
    const roles = { reader: 'jobzero-reader', actor: 'jobzero-actor' };
    const cloud = openAws({ credentials, endpointUrl: moto.url, roles });
    const call = { account: '444455556666', region: 'us-east-1' };
    const session = { name: 'action:1/2', policy: { Version: '2012-10-17', Statement: [] } };
    await cloud.call({ ...call, action: 'iam:CreateUser', input: { UserName: 'there' }, role: 'actor', session });
    await expect(cloud.call({ ...call, action: 'iam:DeleteUser', input: { UserName: 'there' }, role: 'actor' })).rejects.toMatchObject({
      kind: 'denied',
      code: 'SessionPolicyMissing',
    });
    await expect(
      cloud.call({ ...call, action: 'iam:DeleteUser', input: { UserName: 'there' }, role: 'undoer', session }),
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
