import { expect, test } from 'vitest';
import type { Json } from '../model/json.ts';
import { administers } from './administers.ts';

const policy = (statement: Json): Json => ({ Version: '2012-10-17', Statement: statement });
const allow = { Effect: 'Allow', Action: '*', Resource: '*' };

test.each<[string, Json, boolean]>([
  ['everything', policy([allow]), true],
  ['everything, as text', JSON.stringify(policy(allow)), true],
  ['everything, in a URL', encodeURIComponent(JSON.stringify(policy([allow]))), true],
  ['all of IAM', policy([{ Effect: 'Allow', Action: ['s3:*', 'IAM:*'], Resource: ['*'] }]), true],
  ['the verbs that suffice', policy({ ...allow, Action: ['iam:Put*', 'iam:Attach*', 'iam:Create*', 'iam:PassRole'] }), true],
  ['everything but billing', policy([{ Effect: 'Allow', NotAction: 'aws-portal:*', Resource: '*' }]), true],
  ['everything but IAM, as PowerUserAccess has it', policy([{ Effect: 'Allow', NotAction: ['iam:*', 'account:*'], Resource: '*' }]), false],
  ['one service', policy([{ Effect: 'Allow', Action: 's3:*', Resource: '*' }]), false],
  ['all of IAM on one user', policy([{ Effect: 'Allow', Action: 'iam:*', Resource: 'arn:aws:iam::111122223333:user/x' }]), false],
  ['nothing at all', policy([{ Effect: 'Deny', Action: '*', Resource: '*' }]), false],
  [
    'reading, and a deny of everything',
    policy([
      { Effect: 'Allow', Action: 's3:Get*', Resource: '*' },
      { ...allow, Effect: 'Deny' },
    ]),
    false,
  ],
  ['a document that was cut off', '{"Statement":[{"Effect":"Allow","Action":"*","Reso', true],
  ['one of denial that was cut off', '{"Statement":[{"Effect":"Deny","Action":"*","Reso', false],
  ['no document', 'arn:aws:iam::aws:policy/AdministratorAccess', false],
  ['nothing', null, false],
])('%s', (_name, value, expected) => {
  expect(administers(value)).toBe(expected);
});
