import type { Json, JsonObject } from '../../model/json.ts';
import { documentOf, member, objects, sorted, tagsOf, text, texts } from './answer.ts';
import { type Reader, type Reading, resourceOf } from './reading.ts';

/** Users with their keys, MFA devices and console password, and roles with their trust policy. */
export const readIam: Reader = {
  action: 'iam:GetAccountAuthorizationDetails',
  types: ['AWS::IAM::User', 'AWS::IAM::Role'],
  per: 'account',
  calls: ['iam:GetAccountAuthorizationDetails', 'iam:ListAccessKeys', 'iam:ListMFADevices', 'iam:GetLoginProfile'],
  async read(reading) {
    const details = await reading.call('iam:GetAccountAuthorizationDetails', { Filter: ['User', 'Role'] });
    const users = await reading.each(objects(details, 'UserDetailList'), (user) => userOf(reading, user));
    return [...users, ...objects(details, 'RoleDetailList').map((role) => roleOf(reading, role))];
  },
};

async function userOf({ account, partition, region, property }: Reading, user: JsonObject) {
  const name = text(user, 'UserName') ?? '';
  const [accessKeys, mfaDevices, hasConsolePassword] = await Promise.all([
    property('iam:ListAccessKeys', { UserName: name }, (answer) =>
      sorted(
        objects(answer, 'AccessKeyMetadata').map((key) => ({
          id: text(key, 'AccessKeyId'),
          status: text(key, 'Status'),
          createdAt: text(key, 'CreateDate'),
        })),
      ),
    ),
    property('iam:ListMFADevices', { UserName: name }, (answer) =>
      sorted(objects(answer, 'MFADevices').map((device) => text(device, 'SerialNumber'))),
    ),
    property('iam:GetLoginProfile', { UserName: name }, () => true, { none: ['NoSuchEntity'] }),
  ]);
  return resourceOf(
    {
      uid: text(user, 'Arn') ?? `arn:${partition}:iam::${account}:user/${name}`,
      type: 'AWS::IAM::User',
      name,
      account,
      region,
      tags: tagsOf(user),
    },
    {
      id: text(user, 'UserId'),
      createdAt: text(user, 'CreateDate'),
      groups: sorted([...texts(user, 'GroupList')]),
      ...policiesOf(user, 'UserPolicyList'),
    },
    // No login profile is an answer: the user has no password.
    {
      accessKeys,
      mfaDevices,
      hasConsolePassword: 'value' in hasConsolePassword ? { value: hasConsolePassword.value === true } : hasConsolePassword,
    },
  );
}

function roleOf({ account, partition, region }: Reading, role: JsonObject) {
  const name = text(role, 'RoleName') ?? '';
  return resourceOf(
    {
      uid: text(role, 'Arn') ?? `arn:${partition}:iam::${account}:role/${name}`,
      type: 'AWS::IAM::Role',
      name,
      account,
      region,
      tags: tagsOf(role),
    },
    {
      id: text(role, 'RoleId'),
      path: text(role, 'Path'),
      createdAt: text(role, 'CreateDate'),
      trustPolicy: documentOf(text(role, 'AssumeRolePolicyDocument')),
      ...policiesOf(role, 'RolePolicyList'),
    },
  );
}

function policiesOf(principal: JsonObject, list: string): JsonObject {
  return {
    inlinePolicies: sorted(
      objects(principal, list).map(
        (policy): Json => ({ name: text(policy, 'PolicyName'), document: documentOf(text(policy, 'PolicyDocument')) }),
      ),
    ),
    attachedPolicies: sorted(objects(principal, 'AttachedManagedPolicies').map((policy) => text(policy, 'PolicyArn'))),
    permissionsBoundary: text(member(principal, 'PermissionsBoundary'), 'PermissionsBoundaryArn'),
  };
}
