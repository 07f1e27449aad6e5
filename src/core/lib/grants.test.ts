import { expect, test } from 'vitest';
import type { Json } from '../model/json.ts';
import { grants } from './grants.ts';

const allow = (principal: Json, condition?: Json): Json => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: principal, Action: '*', ...(condition === undefined ? {} : { Condition: condition }) }],
});

test.each<[string, Json, boolean, string[]]>([
  ['an account', '111122223333', false, ['111122223333']],
  ['an ARN', 'arn:aws:iam::111122223333:role/x', false, ['111122223333']],
  ['an ARN in China', 'arn:aws-cn:iam::111122223333:root', false, ['111122223333']],
  ['a list of accounts', ['111122223333', '444455556666'], false, ['111122223333', '444455556666']],
  ['a wrapper of CloudTrail', { items: [{ userId: '444455556666' }] }, false, ['444455556666']],
  ['a group of EC2', { items: [{ group: 'all' }] }, true, []],
  ['a service', 's3.amazonaws.com', false, []],
  ['a number that is no account', '1234', false, []],
  ['a policy as object', allow({ AWS: ['arn:aws:iam::444455556666:root', '111122223333'] }), false, ['444455556666', '111122223333']],
  ['a policy as text', JSON.stringify(allow({ AWS: 'arn:aws:iam::444455556666:root' })), false, ['444455556666']],
  ['a policy in a URL', encodeURIComponent(JSON.stringify(allow({ AWS: '444455556666' }))), false, ['444455556666']],
  ['a policy that was cut off', '{"Statement":[{"Principal":{"AWS":"arn:aws:iam::444455556666:root"', false, ['444455556666']],
  ['a single statement', { Statement: { Effect: 'Allow', Principal: '*', Action: 's3:GetObject' } }, true, []],
  ['anyone', allow('*'), true, []],
  ['anyone, as AWS', allow({ AWS: '*' }), true, []],
  ['anyone in the organization', allow('*', { StringEquals: { 'aws:PrincipalOrgID': 'o-example' } }), false, []],
  ['anyone from one network', allow('*', { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }), false, []],
  ['anyone from anywhere', allow('*', { IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } }), true, []],
  ['anyone with any agent', allow('*', { StringLike: { 'aws:UserAgent': '*' } }), true, []],
  ['anyone but one organization', allow('*', { StringNotEquals: { 'aws:PrincipalOrgID': 'o-example' } }), true, []],
  ['anyone in roles of one account', allow('*', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/*' } }), false, []],
  ['a service principal', allow({ Service: 'ec2.amazonaws.com' }), false, []],
  ['a denial', { Statement: [{ Effect: 'Deny', Principal: '*', Action: '*' }] }, false, []],
  [
    'accounts in conditions and resources',
    allow({ Service: 'sns.amazonaws.com' }, { StringEquals: { 'aws:SourceAccount': '444455556666' } }),
    false,
    [],
  ],
  ['nothing', null, false, []],
])('%s', (_, value, anyone, accounts) => {
  expect(grants(value)).toEqual({ anyone, accounts: new Set(accounts) });
});
