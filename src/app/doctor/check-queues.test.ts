import { describe, expect, test } from 'vitest';
import { CloudError } from '../../core/model/errors.ts';
import type { Json } from '../../core/model/json.ts';
import type { QueueState } from '../../core/ports/log-queue.ts';
import { checkQueues } from './check-queues.ts';
import type { DoctorDeps } from './doctor-deps.ts';

const arn = 'arn:aws:sqs:eu-west-1:111122223333:logs';
const statement = (more: { readonly [name: string]: Json }): Json => ({
  Effect: 'Allow',
  Action: 'sqs:SendMessage',
  Resource: arn,
  ...more,
});
const policy = (more: { readonly [name: string]: Json }) => JSON.stringify({ Version: '2012-10-17', Statement: [statement(more)] });
const bucket = { Principal: { Service: 's3.amazonaws.com' }, Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::all-logs' } } };
const fine: QueueState = { waiting: 3, oldestMs: 4_000, dead: { name: 'dead', waiting: 0 }, policy: policy(bucket) };

async function checkOf(state: Partial<QueueState> | CloudError) {
  const queue = {
    name: 'eu-west-1/111122223333/logs',
    look: async () => {
      if (state instanceof CloudError) throw state;
      return { ...fine, ...state };
    },
    close: () => {},
  };
  const cloud = { members: async () => [{ id: '111122223333', active: true, invited: true, joinedAt: 1 }] };
  const [check] = await checkQueues({ queues: [queue], cloud } as unknown as DoctorDeps);
  return check;
}

const error = (kind: CloudError['kind']) => new CloudError(kind, 'X', 'sqs:GetQueueAttributes', 'no such queue');

describe('a queue that brings logs', () => {
  test.each<[string, Partial<QueueState> | CloudError, string, RegExp]>([
    ['all is well', {}, 'good', /only who should may send/],
    ['is gone', error('not-found'), 'bad', /no such queue/],
    ['may not be looked at', error('denied'), 'warning', /sqs:GetQueueAttributes was refused/],
    ['is late', { oldestMs: 2 * 3_600_000 }, 'warning', /waited for 120 minutes/],
    ['nobody says how late', { oldestMs: { missing: 'cloudwatch:GetMetricStatistics' } }, 'warning', /cloudwatch:GetMetricStatistics/],
    ['has something in its dead-letter queue', { dead: { name: 'dead', waiting: 2 } }, 'warning', /2 messages that could not be used/],
    [
      'has a dead-letter queue that may not be looked at',
      { dead: { name: 'dead', waiting: { missing: 'sqs:GetQueueAttributes' } } },
      'warning',
      /dead/,
    ],
    ['has none', { dead: null }, 'warning', /no dead-letter queue/],
    ['everybody may send', { policy: policy({ Principal: '*' }) }, 'bad', /everybody may call sqs:sendmessage/],
    [
      'everybody of the organisation may send',
      { policy: policy({ Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }) },
      'good',
      /./,
    ],
    ['a service sends for anybody', { policy: policy({ Principal: { Service: 's3.amazonaws.com' } }) }, 'bad', /on anybody's behalf/],
    [
      'a service may be asked, and not send',
      { policy: policy({ Principal: { Service: 's3.amazonaws.com' }, Action: 'sqs:GetQueueUrl' }) },
      'good',
      /./,
    ],
    [
      'a stranger may send',
      { policy: policy({ Principal: { AWS: 'arn:aws:iam::999988887777:root' } }) },
      'warning',
      /outside of the organisation.*999988887777/,
    ],
    ['an account of ours may send', { policy: policy({ Principal: { AWS: '111122223333' } }) }, 'good', /./],
    ['a policy that nobody understands', { policy: '"x' }, 'warning', /could not be understood/],
    ['without a policy only its account sends', { policy: null }, 'good', /./],
  ])('%s', async (_, state, is, says) => {
    expect(await checkOf(state)).toMatchObject({ state: is, says: expect.stringMatching(says) });
  });

  test('without one nothing is looked at', async () => {
    expect(await checkQueues({ queues: [] } as unknown as DoctorDeps)).toMatchObject([{ id: 'queues', state: 'not-needed' }]);
  });
});
