import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { need } from '../../../tools/require.ts';
import { openCheckpointBucket } from './checkpoint-bucket.ts';
import { type MotoServer, startMoto } from './moto-server.ts';
import { openTestDoor } from './s3-under-test.ts';

const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'example' };

test.each(['s3://', 's3:/bucket', 'https://bucket/x', 's3://B'])('%s is no address of a bucket', (uri) => {
  expect(() => openCheckpointBucket(uri)).toThrow(/an address of a bucket looks like/);
});

describe.skipIf(!need('moto'))('with moto_server', () => {
  let moto: MotoServer;
  let s3: S3Client;
  beforeAll(async () => {
    moto = await startMoto();
    s3 = new S3Client({ endpoint: moto.url, region: 'us-east-1', credentials, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: 'witness-example' }));
  });
  afterAll(async () => {
    s3?.destroy();
    await moto?.stop();
  });
  const options = () => ({ endpointUrl: moto.url, credentials, regions: ['us-east-1'] });

  test('each checkpoint is an object, in the order of sizes; the latest is found among many', async () => {
    const witness = openCheckpointBucket('s3://witness-example/ledger', options());
    expect(await witness.latest()).toBeNull();
    for (const size of [9, 10, 100, 99]) await witness.keep({ size, note: `note ${size}` });
    expect(await witness.latest()).toBe('note 100');
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'witness-example' }));
    expect(Contents.map(({ Key }) => Key)).toEqual([9, 10, 99, 100].map((size) => `ledger/${String(size).padStart(16, '0')}.txt`));
    witness.close();
  });

  test('one that is there already is kept as it was', async () => {
    const witness = openCheckpointBucket('s3://witness-example/once/', options());
    await witness.keep({ size: 1, note: 'first' });
    await witness.keep({ size: 1, note: 'second' });
    expect(await witness.latest()).toBe('first');
    witness.close();
  });

  test('a bucket that refuses is an error that names the permission', async () => {
    const door = await openTestDoor(moto.url);
    const witness = openCheckpointBucket('s3://witness-example/refused', { ...options(), endpointUrl: door.url });
    door.answer('refused', { status: 403, code: 'AccessDenied', message: 'no' });
    await expect(witness.keep({ size: 1, note: 'n' })).rejects.toMatchObject({
      name: 'CloudError',
      kind: 'denied',
      action: 's3:PutObject',
    });
    witness.close();
    await door.close();
  });
});
