import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { need } from '../../../tools/require.ts';
import { type MotoServer, startMoto } from './moto-server.ts';
import { unpaced } from './pacer.ts';
import { openQueueLook } from './queue-state.ts';

const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'example' };
const region = 'us-east-1';

describe.skipIf(!need('moto'))('a queue from outside', () => {
  let moto: MotoServer;
  let client: SQSClient;
  beforeAll(async () => {
    moto = await startMoto('111122223333');
    client = new SQSClient({ endpoint: moto.url, region, credentials });
  });
  afterAll(async () => {
    client?.destroy();
    await moto?.stop();
  });
  const look = async (name: string) => {
    const queue = openQueueLook(`${moto.url}/${moto.account}/${name}`, () => Date.now(), {
      endpointUrl: moto.url,
      regions: [region],
      credentials,
      pacer: unpaced,
    });
    try {
      return await queue.look();
    } finally {
      queue.close();
    }
  };

  test('what waits, the dead-letter queue and the policy are told, and nothing is taken', async () => {
    await client.send(new CreateQueueCommand({ QueueName: 'dead' }));
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' }],
    });
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: `arn:aws:sqs:${region}:${moto.account}:dead`, maxReceiveCount: 3 });
    await client.send(new CreateQueueCommand({ QueueName: 'logs', Attributes: { Policy, RedrivePolicy } }));
    await client.send(new SendMessageCommand({ QueueUrl: `${moto.url}/${moto.account}/dead`, MessageBody: 'x' }));
    expect(await look('logs')).toEqual({
      waiting: 0,
      oldestMs: 0,
      dead: { name: 'dead', waiting: 1 },
      policy: expect.stringContaining('sqs:SendMessage'),
    });
    await client.send(new SendMessageCommand({ QueueUrl: `${moto.url}/${moto.account}/logs`, MessageBody: 'y' }));
    // The emulator makes no metrics: nothing says how old it is.
    expect(await look('logs')).toMatchObject({ waiting: 1, oldestMs: null });
    expect(await look('logs')).toMatchObject({ waiting: 1 });
    expect(await look('dead')).toMatchObject({ dead: null, policy: null });
  });

  test('one that is not there throws', async () => {
    await expect(look('gone')).rejects.toMatchObject({
      name: 'CloudError',
      code: expect.stringMatching(/NonExistentQueue|QueueDoesNotExist/),
    });
  });
});
