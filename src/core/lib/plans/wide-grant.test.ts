import { expect, test } from 'vitest';
import type { Json } from '../../model/json.ts';
import { withoutWideGrants } from './wide-grant.ts';

const allow = (Action: Json, Resource: Json = '*') => ({ Effect: 'Allow', Action, Resource });
const policy = (...Statement: readonly Json[]) => ({ Version: '2012-10-17', Statement });

test.each<[string, readonly Json[], readonly Json[]]>([
  ['secrets beside reading', [allow(['s3:GetObject', 'secretsmanager:GetSecretValue'])], [allow(['s3:GetObject'])]],
  ['whatever case they are in', [allow(['SecretsManager:getsecretVALUE', 'ec2:Describe*'])], [allow(['ec2:Describe*'])]],
  ['patterns that hold them', [allow(['kms:De*', 'iam:P?ssRole', 'ssm:*', 'logs:*'])], [allow(['logs:*'])]],
  ['a statement of which nothing is left', [allow('sts:AssumeRole'), allow('s3:GetObject')], [allow('s3:GetObject')]],
  ['everything', [allow('*'), { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }], []],
])('%s', (_, before, after) => {
  expect(withoutWideGrants(policy(...before))).toEqual(policy(...after));
});

test.each<[string, Json]>([
  ['one secret', allow('secretsmanager:GetSecretValue', 'arn:aws:secretsmanager:us-east-1:111122223333:secret:app-1')],
  ['reading of settings', allow(['ec2:Describe*', 's3:List*', 'iam:Get*', 'iam:List*'])],
  ['what denies', { Effect: 'Deny', Action: 'kms:Decrypt', Resource: '*' }],
  ['what is no statement', 'x'],
])('%s stays, and the policy is the same', (_, statement) => {
  const before = policy(statement);
  expect(withoutWideGrants(before)).toBe(before);
  const single = { Version: '2012-10-17', Statement: statement };
  expect(withoutWideGrants(single)).toBe(single);
});

test('what is left has nothing more to take away', () => {
  const once = withoutWideGrants(policy(allow(['iam:*', 's3:*', 'kms:*']), allow('lambda:Update*')));
  expect(withoutWideGrants(once)).toBe(once);
});
