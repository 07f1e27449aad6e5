import { expect, test } from 'vitest';
import { openRange } from '../open-range.ts';
import { identityCenterInstance, standingSetArn } from './identity-center.ts';

const management = '111122223333';
const member = '444455556666';
const start = Date.UTC(2026, 0, 15, 9);
const onSet = { InstanceArn: identityCenterInstance, PermissionSetArn: standingSetArn('AdministratorAccess') };
const InlinePolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action: '*', Resource: '*', Condition: { StringLike: { 'aws:userid': ['*:dana@example.com'] } } }],
});

function organisation() {
  const range = openRange({ seed: 'identity-center', start, now: () => start });
  const origin = { ip: '198.51.100.7', userAgent: 'x' };
  return {
    call: (action: string, input = {}, region = 'us-east-1', account = management) =>
      range.perform({ credentials: { kind: 'root', account }, region, action, input: { ...onSet, ...input }, origin }),
    may: (account: string, name: string) => {
      const role = 'AWSReservedSSO_AdministratorAccess_*';
      const credentials = range.roleSession({ account, role, name, mfa: false, holder: name, at: start, renewed: false });
      if (credentials === null) throw new Error('there is no such role');
      return range.perform({ credentials, region: 'us-east-1', action: 'iam:ListUsers', input: {}, origin }).error === null;
    },
  };
}

test('what is provisioned holds for open sessions, in that account, and for nobody else', () => {
  const { call, may } = organisation();
  expect(may(management, 'dana@example.com')).toBe(true);
  call('sso:PutInlinePolicyToPermissionSet', { InlinePolicy });
  expect(may(management, 'dana@example.com')).toBe(true);
  call('sso:ProvisionPermissionSet', { TargetType: 'AWS_ACCOUNT', TargetId: management });
  expect(may(management, 'dana@example.com')).toBe(false);
  expect(may(management, 'erin@example.com')).toBe(true);
  expect(may(member, 'dana@example.com')).toBe(true);
  call('sso:ProvisionPermissionSet', { TargetType: 'ALL_PROVISIONED_ACCOUNTS' });
  expect(may(member, 'dana@example.com')).toBe(false);
  call('sso:DeleteInlinePolicyFromPermissionSet');
  call('sso:ProvisionPermissionSet', { TargetType: 'AWS_ACCOUNT', TargetId: management });
  expect([may(management, 'dana@example.com'), may(member, 'dana@example.com')]).toEqual([true, false]);
});

test('accounts have the earlier version until the set is provisioned there', () => {
  const { call } = organisation();
  const behind = () => call('sso:ListAccountsForProvisionedPermissionSet', { ProvisioningStatus: 'LATEST_PERMISSION_SET_NOT_PROVISIONED' });
  const stands = (AccountId: string) =>
    call('sso:ListPermissionSetsProvisionedToAccount', { AccountId, ProvisioningStatus: 'LATEST_PERMISSION_SET_PROVISIONED' }).output?.[
      'PermissionSets'
    ];
  expect(stands(management)).toContain(onSet.PermissionSetArn);
  call('sso:PutInlinePolicyToPermissionSet', { InlinePolicy });
  expect(behind().output).toEqual({ AccountIds: [management, member, '777788889999'] });
  expect(stands(management)).not.toContain(onSet.PermissionSetArn);
  call('sso:ProvisionPermissionSet', { TargetType: 'AWS_ACCOUNT', TargetId: management });
  expect(behind().output).toEqual({ AccountIds: [member, '777788889999'] });
  expect([stands(management), stands(member)]).toEqual([
    expect.arrayContaining([onSet.PermissionSetArn]),
    [standingSetArn('ReadOnlyAccess')],
  ]);
});

test('an inline policy has its limit', () => {
  const { call } = organisation();
  const long = InlinePolicy.replace('dana', 'd'.repeat(10_240));
  expect(call('sso:PutInlinePolicyToPermissionSet', { InlinePolicy: long }).error?.code).toBe('ServiceQuotaExceededException');
});

test('Identity Center is at home in one Region of the management account', () => {
  const { call } = organisation();
  expect(call('sso:ListInstances').output).toMatchObject({ Instances: [{ InstanceArn: identityCenterInstance }] });
  expect(call('sso:DescribePermissionSet').output).toMatchObject({ PermissionSet: { Name: 'AdministratorAccess' } });
  expect(call('sso:ListInstances', {}, 'eu-west-1').output).toEqual({ Instances: [] });
  expect(call('sso:ListInstances', {}, 'us-east-1', member).output).toEqual({ Instances: [] });
});
