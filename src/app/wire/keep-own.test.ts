import { expect, test } from 'vitest';
import { CloudError } from '../../core/model/errors.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import { openRange } from '../../range/open-range.ts';
import { keepOwn } from './keep-own.ts';

const aws = { kind: 'aws', profile: null, endpointUrl: null, regions: null } as const;
const env = {
  AWS_EC2_METADATA_DISABLED: 'true',
  JOBZERO_ACTOR_ROLE: 'security/Acts',
  JOBZERO_LOGS: '["event-history","s3://all-logs/AWSLogs"]',
  JOBZERO_QUEUES: '{"queues":["https://sqs.eu-west-1.amazonaws.com/111122223333/logs"],"logs":[]}',
  JOBZERO_OWN: 'arn:aws:kms:*:*:key/k-1, arn:aws:rds:*:*:db:other nonsense',
};
const cloudWith = (self: Cloud['self']): Cloud => ({ ...openRange({ seed: 'own', start: 0, now: () => 0 }).cloud, self });
const named = [
  'arn:*:iam::*:role/security/Acts',
  'arn:*:s3:::all-logs',
  'arn:*:sqs:eu-west-1:111122223333:logs',
  'arn:aws:kms:*:*:key/k-1',
  'arn:aws:rds:*:*:db:other',
];

test('the settings and the principal under which it runs', async () => {
  const own = await keepOwn(
    aws,
    cloudWith(async () => 'arn:aws:iam::111122223333:user/jobzero'),
    env,
    () => {},
  );
  expect(own.now().patterns).toEqual(expect.arrayContaining([...named, 'arn:aws:iam::111122223333:user/jobzero']));
  expect(own.now().patterns).not.toContain('nonsense');
  await own.stop();
});

test('where AWS does not say who it is, what is named holds, and it is told', async () => {
  const told: unknown[] = [];
  const gone = async () => {
    throw new CloudError('unavailable', 'ENOTFOUND', 'sts:GetCallerIdentity', 'no network');
  };
  const own = await keepOwn(aws, cloudWith(gone), env, (error) => told.push(error));
  expect(own.now().patterns).toEqual(expect.arrayContaining(named));
  expect(told).toHaveLength(1);
  await own.stop();
});

test('of the simulated organisation its three roles', async () => {
  const own = await keepOwn(
    { kind: 'range', url: '', token: '' },
    cloudWith(async () => null),
    {},
    () => {},
  );
  expect(own.now().patterns).toContain('arn:*:iam::*:role/jobzero/JobzeroActor');
});
