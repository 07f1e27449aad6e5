import { expect, test } from 'vitest';
import { InputError } from '../model/errors.ts';
import type { Precondition, Step } from '../model/plan.ts';
import { sessionPolicy, sessionPolicyLimit, undoPolicy } from './session-policy.ts';

const group = 'arn:aws:ec2:eu-central-1:111122223333:security-group/sg-0a1b2c3d';
const bucket = 'arn:aws:s3:::reports-example';

function step(read: string, does: string, on: readonly string[]): Step {
  return {
    name: does,
    on,
    read: { action: read, input: {}, keep: 'state' },
    captures: (answer) => answer,
    do: { action: does, input: {}, once: 'sets-state' },
    verify: { action: read, input: {}, expect: () => true, says: 'so', withinSeconds: 60 },
    undo: () => [{ action: 's3:DeletePublicAccessBlock', input: {} }],
  };
}

const vpc: Precondition = {
  name: 'vpc',
  on: [group],
  read: { action: 'ec2:DescribeSecurityGroups', input: {}, keep: 'network' },
  follow: { action: 'ec2:DescribeVpcs', inputs: () => [] },
  expect: () => true,
  says: 'gone',
};

test('says these actions on these ARNs, and `*` only for reads that IAM does not scope', () => {
  expect(sessionPolicy([vpc], [step('ec2:DescribeSecurityGroupRules', 'ec2:ModifySecurityGroupRules', [group])])).toEqual({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['ec2:DescribeSecurityGroupRules', 'ec2:DescribeSecurityGroups', 'ec2:DescribeVpcs'], Resource: ['*'] },
      { Effect: 'Allow', Action: ['ec2:ModifySecurityGroupRules'], Resource: [group] },
    ],
  });
});

test('leaves undo calls out, and the undoer gets them by their IAM names', () => {
  const policy = sessionPolicy([], [step('s3:GetBucketPublicAccessBlock', 's3:PutBucketPublicAccessBlock', [bucket])]);
  expect(JSON.stringify(policy)).not.toContain('Delete');
  const calls = [{ action: 's3:DeletePublicAccessBlock', input: {} }];
  expect(undoPolicy([{ calls, on: [bucket] }])).toEqual({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['s3:PutBucketPublicAccessBlock'], Resource: [bucket] }],
  });
});

test('permits a session as root for the tasks of its calls alone, each by itself', () => {
  const root = 'arn:aws-us-gov:iam::444455556666:root';
  const statement = (task: string) => ({
    Effect: 'Allow',
    Action: ['sts:AssumeRoot'],
    Resource: [root],
    Condition: { StringEquals: { 'sts:TaskPolicyArn': `arn:aws-us-gov:iam::aws:policy/root-task/${task}` } },
  });
  expect(sessionPolicy([], [step('root-task:ListAccessKeys', 'root-task:DeleteAccessKey', [root])])['Statement']).toEqual([
    statement('IAMAuditRootUserCredentials'),
    statement('IAMDeleteRootUserCredentials'),
  ]);
  expect(sessionPolicy([], [step('root-task:ListAccessKeys', 'root-task:ListMFADevices', [root])])['Statement']).toEqual([
    statement('IAMAuditRootUserCredentials'),
  ]);
});

test('is the same for the same plan in another order', () => {
  const a = step('s3:GetBucketPublicAccessBlock', 's3:PutBucketPublicAccessBlock', [bucket]);
  const b = step('ec2:DescribeSecurityGroupRules', 'ec2:ModifySecurityGroupRules', [group]);
  expect(JSON.stringify(sessionPolicy([], [a, b]))).toBe(JSON.stringify(sessionPolicy([], [b, a])));
});

test('a policy that AWS would not take is refused before anything is done', () => {
  const many = Array.from(
    { length: 30 },
    (_, i) => `arn:aws:ec2:eu-central-1:111122223333:security-group-rule/sgr-${String(i).padStart(17, '0')}`,
  );
  const plan = [step('ec2:DescribeSecurityGroupRules', 'ec2:ModifySecurityGroupRules', many)];
  expect(() => sessionPolicy([], plan)).toThrow(InputError);
  expect(() => sessionPolicy([], plan)).toThrow(new RegExp(`has \\d+ characters and AWS takes ${sessionPolicyLimit}`));
});

test('what is done in a cluster is no action of IAM: the policy lets it find the cluster, and the cluster says the rest', () => {
  const cluster = 'arn:aws:eks:eu-central-1:111122223333:cluster/shop';
  const Statement = [{ Effect: 'Allow', Action: ['eks:DescribeCluster'], Resource: [cluster] }];
  expect(sessionPolicy([], [step('kubernetes:GetPod', 'kubernetes:PatchPod', [cluster])])).toEqual({ Version: '2012-10-17', Statement });
  expect(undoPolicy([{ calls: [{ action: 'kubernetes:DeleteNetworkPolicy', input: {} }], on: [cluster] }])).toEqual({
    Version: '2012-10-17',
    Statement,
  });
});
