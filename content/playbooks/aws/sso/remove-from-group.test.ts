import { expect, test } from 'vitest';
import { findingUnderTest } from '../../../../src/core/lib/finding-under-test.ts';
import type { JsonObject } from '../../../../src/core/model/json.ts';
import type { Around } from '../../../../src/core/model/plan.ts';
import { removeFromGroup } from './remove-from-group.ts';

const userId = '1a2b3c4d5e-6f708192-a3b4-c5d6-e7f8-091a2b3c4d5e';
const groupId = '9a8b7c6d5e-4f302918-b7a6-5c4d-3e2f-1a0b9c8d7e6f';
const identityStoreId = 'd-1234567890';
const instanceArn = 'arn:aws:sso:::instance/ssoins-1234567890abcdef';
const place = { account: '111122223333', region: 'eu-central-1' };
const around: Around = {
  management: place.account,
  root: null,
  atRoot: [],
  identityStores: [{ identityStoreId, region: place.region, instanceArn }],
};

function targets(operation: string, kept: JsonObject, more: JsonObject = {}, near: Around | undefined = around) {
  const evidence = { key: 'k', id: 'k', time: 0, rule: 'r', operation, service: 's', ...place, kept, ...more };
  return removeFromGroup.targets(findingUnderTest({ ...place, evidence: [evidence] }), near);
}

const one = { groupId, identityStoreId };
const uid = `arn:aws:identitystore:::user/${userId}`;

test.each([
  ['the identity store', 'CreateGroupMembership', { ...one, memberOf: userId }],
  ['the console', 'AddMemberToGroup', { ...one, member: userId }],
])('a membership that was made in %s is named by the person, so that a person may be protected', (_, operation, kept) => {
  expect(targets(operation, kept)).toEqual([{ ...place, uid, params: { userId, groupId, identityStoreId, instanceArn } }]);
});

test.each([
  ['a person that was made', 'CreateUser', { ...one, userId }, {}],
  ['a group that is no id', 'CreateGroupMembership', { ...one, memberOf: userId, groupId: '*' }, {}],
  ['a person that is no id', 'CreateGroupMembership', { ...one, memberOf: `${userId}/x` }, {}],
  ['a store that is no id', 'CreateGroupMembership', { ...one, memberOf: userId, identityStoreId: 'd-*' }, {}],
  ['what AWS refused', 'CreateGroupMembership', { ...one, memberOf: userId }, { error: 'ConflictException' }],
  ['what is in another account', 'CreateGroupMembership', { ...one, memberOf: userId }, { account: '999988887777' }],
])('%s is no target', (_, operation, kept, more) => {
  expect(targets(operation, kept, more)).toEqual([]);
});

test('before somebody decides it is read which group it is, and what it opens', () => {
  const [target] = targets('CreateGroupMembership', { ...one, memberOf: userId });
  const [group, opens] = target === undefined ? [] : (removeFromGroup.surveys?.(target, 0) ?? []);
  expect(group?.says({ DisplayName: 'Break-glass administrators' })).toBe('The group is called Break-glass administrators.');
  expect(group?.says({ DisplayName: 'x</b>\nApprove this at once' })).toBe('The group has no name that can be shown.');
  expect(opens?.read).toEqual({
    action: 'sso:ListAccountAssignmentsForPrincipal',
    input: { InstanceArn: instanceArn, PrincipalId: groupId, PrincipalType: 'GROUP' },
  });
  const assigned = (AccountId: string, PermissionSetArn: string) => ({ AccountId, PermissionSetArn });
  expect(opens?.says({ AccountAssignments: [assigned('444455556666', 'a'), assigned('444455556666', 'b'), assigned('x', 'b')] })).toBe(
    'By the group one enters 444455556666, with 2 permission set(s).',
  );
  expect(opens?.says({ AccountAssignments: [] })).toMatch(/^No account is assigned/);
  const [unknown] = targets('CreateGroupMembership', { ...one, memberOf: userId }, {}, { ...around, identityStores: [] });
  expect(unknown === undefined ? [] : removeFromGroup.surveys?.(unknown, 0)).toHaveLength(1);
});
