import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { need } from '../../../tools/require.ts';
import { cloudContract } from '../../core/ports/cloud.contract.ts';
import { type MotoServer, startMoto } from './moto-server.ts';
import { openAws } from './open-aws.ts';
import { unpaced } from './pacer.ts';
import { recorder, replay, type Tape } from './tape.ts';

const tapePath = new URL('tapes/contract.json', import.meta.url);
const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'example' };
const region = 'us-east-1';

// The endpoint is part of no question, so the tape plays under any.
cloudContract('AWS, from a tape of moto_server', async () => {
  const tape = JSON.parse(readFileSync(tapePath, 'utf8')) as Tape;
  const cloud = openAws({ endpointUrl: 'http://127.0.0.1:1', credentials, actAsSelf: true, pacer: unpaced, transport: replay(tape) });
  return { cloud, account: '111122223333', region };
});

describe.skipIf(!need('moto'))('with moto_server', () => {
  let moto: MotoServer;
  // JOBZERO_RECORD=1 writes the tape anew.
  const record = process.env['JOBZERO_RECORD'] === '1' || !existsSync(tapePath) ? recorder('moto_server') : null;
  beforeAll(async () => {
    moto = await startMoto('111122223333');
  });
  afterAll(async () => {
    await moto?.stop();
    if (record !== null) writeFileSync(tapePath, `${JSON.stringify(record.tape(), null, 1)}\n`);
  });
  cloudContract('AWS, live moto_server', async () => ({
    cloud: openAws({
      endpointUrl: moto.url,
      credentials,
      actAsSelf: true,
      pacer: unpaced,
      ...(record === null ? {} : { transport: record.transport }),
    }),
    account: moto.account,
    region,
  }));

  test('what the emulator lacks is unavailable at once', async () => {
    const cloud = openAws({ endpointUrl: moto.url, credentials });
    await expect(
      cloud.call({ account: moto.account, region, action: 'cloudtrail:LookupEvents', input: {}, role: 'reader' }),
    ).rejects.toMatchObject({ name: 'CloudError', kind: 'unavailable', code: 'NotImplementedHere' });
    await cloud.close();
  });
});

test.each([
  ['aws', 'us-east-1', 'iam.amazonaws.com'],
  ['aws-cn', 'cn-northwest-1', 'iam.cn-north-1.amazonaws.com.cn'],
  ['aws-us-gov', 'us-gov-east-1', 'iam.us-gov.amazonaws.com'],
])('in partition %s global services are called where they are', async (partition, home, host) => {
  const asked: string[] = [];
  const cloud = openAws({
    credentials,
    regions: [home],
    pacer: unpaced,
    transport: {
      async handle(request) {
        asked.push(request.hostname);
        const body = `<R><GetCallerIdentityResult><Arn>arn:${partition}:iam::111122223333:user/r</Arn><UserId>A</UserId><Account>111122223333</Account></GetCallerIdentityResult><ListUsersResult><Users/><IsTruncated>false</IsTruncated></ListUsersResult></R>`;
        return { response: { statusCode: 200, headers: { 'content-type': 'text/xml' }, body: Buffer.from(body) } };
      },
    },
  });
  expect(await cloud.call({ account: '111122223333', region: 'aws-global', action: 'iam:ListUsers', input: {}, role: 'reader' })).toEqual({
    Users: [],
  });
  expect(asked.at(-1)).toBe(host);
  expect(await cloud.self()).toBe(`arn:${partition}:iam::111122223333:user/r`);
});
