import { expect, test } from 'vitest';
import { findingUnderTest } from '../../../../src/core/lib/finding-under-test.ts';
import type { Around } from '../../../../src/core/model/plan.ts';
import { removeRootCredentials } from './remove-root-credentials.ts';

const member = '444455556666';
const around: Around = { management: '111122223333', root: null, atRoot: [] };
const rootOf = (account: string) => ({ type: 'Root', uid: `arn:aws:iam::${account}:root`, name: 'root', account });

const targets = (actor: ReturnType<typeof rootOf> | { type: string; uid: string; name: string }, near = around, error?: string) => {
  const place = { account: member, region: 'eu-central-1' };
  const evidence = { key: 'k', id: 'k', time: 0, rule: 'r', operation: 'CreateAccessKey', service: 's', ...place, actor };
  return removeRootCredentials.targets(
    findingUnderTest({ kind: 'detection', ...place, evidence: [error === undefined ? evidence : { ...evidence, error }] }),
    near,
  );
};

test('of a member account whose root did it, and through the account that manages the organisation', () => {
  const uid = `arn:aws:iam::${member}:root`;
  expect(targets(rootOf(member))).toEqual([{ account: '111122223333', region: 'us-east-1', uid, params: { member } }]);
});

test.each([
  ['the management account', rootOf(member), { ...around, management: member }, undefined],
  ['an account of no organisation', rootOf(member), { ...around, management: null }, undefined],
  ['somebody else', { type: 'IAMUser', uid: `arn:aws:iam::${member}:user/alice`, name: 'alice' }, around, undefined],
  ['root of another account', rootOf('999988887777'), around, undefined],
  ['what AWS refused', rootOf(member), around, 'AccessDenied'],
])('nothing of %s', (_, actor, near, error) => {
  expect(targets(actor, near, error)).toEqual([]);
});

test.each([
  ['it manages the organisation', { Organization: { MasterAccountId: '111122223333' } }, true],
  ['another does', { Organization: { MasterAccountId: '999988887777' } }, false],
  ['there is none', null, false],
])('before anything is touched it is asked who manages the organisation: %s', (_, answer, holds) => {
  const [example] = removeRootCredentials.examples;
  const [check] = example === undefined ? [] : (removeRootCredentials.requires?.(example.target) ?? []);
  expect(check?.expect(answer, [])).toBe(holds);
});
