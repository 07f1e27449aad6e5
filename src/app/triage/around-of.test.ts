import { expect, test } from 'vitest';
import { CloudError } from '../../core/model/errors.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import { openRange } from '../../range/open-range.ts';
import { identityCenterInstance, standingSetArn } from '../../range/services/identity-center.ts';
import { aroundOf } from './around-of.ts';

const management = '111122223333';
const member = '444455556666';
const start = Date.UTC(2026, 0, 15, 9);

/** The organisation as triage reads it; `refused` names what nobody may call. */
function watched(refused = '') {
  const range = openRange({ seed: 'around', start, now: () => start });
  const calls: string[] = [];
  const cloud: Cloud = {
    ...range.cloud,
    call: async (call) => {
      calls.push(call.action);
      if (call.action === refused) throw new CloudError('denied', 'AccessDeniedException', call.action, 'no');
      return range.cloud.call(call);
    },
  };
  const by = (account: string, set: string) => {
    const role = Object.values(range.state.accounts[account]?.roles ?? {}).find(({ name }) => name.startsWith(set));
    return { type: 'AssumedRole', uid: 'x', name: 'x', issuer: role?.arn ?? '' };
  };
  const finding = (account: string, ...sets: readonly string[]) =>
    ({ account, region: 'us-east-1', resources: [], evidence: sets.map((set) => ({ actor: by(account, set) })) }) as unknown as Finding;
  return { cloud, calls, finding };
}

const administrators = {
  name: 'AdministratorAccess',
  region: 'us-east-1',
  instanceArn: identityCenterInstance,
  permissionSetArn: standingSetArn('AdministratorAccess'),
};

test('of persons in the management account the permission sets are looked for, once', async () => {
  const { cloud, calls, finding } = watched();
  const by = finding(management, 'AWSReservedSSO_AdministratorAccess_', 'AWSReservedSSO_AdministratorAccess_');
  expect(await aroundOf(cloud, by)).toMatchObject({ management, permissionSets: [administrators] });
  const looks = calls.filter((action) => action.startsWith('sso:'));
  expect(looks.slice(0, 3)).toEqual(['sso:ListInstances', 'sso:ListPermissionSetsProvisionedToAccount', 'sso:DescribePermissionSet']);
  expect(await aroundOf(cloud, by)).toMatchObject({ permissionSets: [administrators] });
  expect(calls.filter((action) => action.startsWith('sso:'))).toEqual(looks);
});

test.each([
  ['persons elsewhere', member, 'AWSReservedSSO_AdministratorAccess_'],
  ['others', management, 'terraform'],
])('of %s nothing is looked for', async (_, account, role) => {
  const { cloud, calls, finding } = watched();
  expect((await aroundOf(cloud, finding(account, role))).permissionSets ?? []).toEqual([]);
  expect(calls.filter((action) => action.startsWith('sso:'))).toEqual([]);
});

const memberMade = (identityStoreId: string) =>
  ({
    account: management,
    region: 'us-east-1',
    resources: [],
    evidence: [{ region: 'us-east-1', kept: { identityStoreId } }, { region: 'us-east-1' }],
  }) as unknown as Finding;

test('of a store of people the instance of Identity Center is looked for', async () => {
  const { cloud, calls } = watched();
  expect(await aroundOf(cloud, memberMade('d-1234567890'))).toMatchObject({
    identityStores: [{ identityStoreId: 'd-1234567890', region: 'us-east-1', instanceArn: identityCenterInstance }],
  });
  expect(calls.filter((action) => action.startsWith('sso:'))).toEqual(['sso:ListInstances']);
});

test('what is no id of a store is not looked for, and an instance that cannot be read is none', async () => {
  const { cloud, calls } = watched('sso:ListInstances');
  expect((await aroundOf(cloud, memberMade('../d-1234567890'))).identityStores).toBeUndefined();
  expect(calls.filter((action) => action.startsWith('sso:'))).toEqual([]);
  expect((await aroundOf(cloud, memberMade('d-1234567890'))).identityStores).toBeUndefined();
});

test.each(['sso:ListInstances', 'sso:ListPermissionSetsProvisionedToAccount', 'sso:DescribePermissionSet'])(
  'where %s is refused it is left out',
  async (refused) => {
    const { cloud, finding } = watched(refused);
    expect(await aroundOf(cloud, finding(management, 'AWSReservedSSO_AdministratorAccess_'))).toMatchObject({
      management,
      root: expect.stringMatching(/^r-/),
      permissionSets: [],
    });
  },
);
