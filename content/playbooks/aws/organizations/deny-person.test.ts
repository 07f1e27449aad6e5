import { expect, test } from 'vitest';
import type { Finding } from '../../../../src/core/model/finding.ts';
import type { Around } from '../../../../src/core/model/plan.ts';
import { denyPerson } from './deny-person.ts';

const account = '444455556666';
const dana = {
  type: 'AssumedRole',
  uid: `arn:aws:sts::${account}:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/dana@example.com`,
  name: 'dana@example.com',
  issuer: `arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef`,
  principalId: 'AROAEXAMPLEEXAMPLE01:dana@example.com',
};
const finding = { account, region: 'us-east-1', actor: dana, evidence: [{ actor: dana }] } as unknown as Finding;
const management = '111122223333';
const others = ['FullAWSAccess', 'a', 'b', 'c'];

test.each<[string, Around, string | undefined]>([
  ['everywhere', { management, root: 'r-ab12', atRoot: others }, 'r-ab12'],
  ['in the account, when the root is full', { management, root: 'r-ab12', atRoot: [...others, 'd'] }, account],
  [
    'everywhere still, when it is there already',
    { management, root: 'r-ab12', atRoot: [...others, 'jobzero-deny-dana@example.com'] },
    'r-ab12',
  ],
  ['in the account, when the root is not known', { management, root: null, atRoot: [] }, account],
  ['nowhere without an organisation', { management: null, root: null, atRoot: [] }, undefined],
  ['nowhere in the management account', { management: account, root: 'r-ab12', atRoot: [] }, undefined],
])('%s', (_, around, member) => {
  expect(denyPerson.targets(finding, around).map(({ params }) => params['member'])).toEqual(member === undefined ? [] : [member]);
});

test.each<[string, readonly string[], string, boolean]>([
  ['a policy of its own while one fits, also where one is staged', [...others.slice(1), 'jobzero-deny-sessions'], 'r-ab12', false],
  ['named in the staged one when the root is full', [...others, 'jobzero-deny-sessions'], 'r-ab12', true],
  [
    'its own, when that is there already',
    [...others.slice(2), 'jobzero-deny-sessions', 'd', 'jobzero-deny-dana@example.com'],
    'r-ab12',
    false,
  ],
])('%s', (_, atRoot, member, isStaged) => {
  const [target] = denyPerson.targets(finding, { management, root: 'r-ab12', atRoot });
  expect([target?.params['member'], target?.params['staged'] === true]).toEqual([member, isStaged]);
});
