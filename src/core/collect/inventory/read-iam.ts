import { textAt, valueAt } from '../../lib/json-at.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { documentOf, objects, sorted, tagsOf, texts } from './answer.ts';
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
  const name = textAt(user, 'UserName') ?? '';
  const [accessKeys, mfaDevices, hasConsolePassword] = await Promise.all([
    property('iam:ListAccessKeys', { UserName: name }, (answer) =>
      sorted(
        objects(answer, 'AccessKeyMetadata').map((key) => ({
          id: textAt(key, 'AccessKeyId'),
          status: textAt(key, 'Status'),
          createdAt: textAt(key, 'CreateDate'),
        })),
      ),
    ),
    property('iam:ListMFADevices', { UserName: name }, (answer) =>
      sorted(objects(answer, 'MFADevices').map((device) => textAt(device, 'SerialNumber'))),
    ),
    property('iam:GetLoginProfile', { UserName: name }, () => true, { none: ['NoSuchEntity'] }),
  ]);
  return resourceOf(
    {
      uid: textAt(user, 'Arn') ?? `arn:${partition}:iam::${account}:user/${name}`,
      type: 'AWS::IAM::User',
      name,
      account,
      region,
      tags: tagsOf(user),
    },
    {
      id: textAt(user, 'UserId'),
      createdAt: textAt(user, 'CreateDate'),
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
  const name = textAt(role, 'RoleName') ?? '';
  return resourceOf(
    {
      uid: textAt(role, 'Arn') ?? `arn:${partition}:iam::${account}:role/${name}`,
      type: 'AWS::IAM::Role',
      name,
      account,
      region,
      tags: tagsOf(role),
    },
    {
      id: textAt(role, 'RoleId'),
      path: textAt(role, 'Path'),
      createdAt: textAt(role, 'CreateDate'),
      trustPolicy: documentOf(textAt(role, 'AssumeRolePolicyDocument')),
      ...policiesOf(role, 'RolePolicyList'),
    },
  );
}

function policiesOf(principal: JsonObject, list: string): JsonObject {
  return {
    inlinePolicies: sorted(
      objects(principal, list).map(
        (policy): Json => ({ name: textAt(policy, 'PolicyName'), document: documentOf(textAt(policy, 'PolicyDocument')) }),
      ),
    ),
    attachedPolicies: sorted(objects(principal, 'AttachedManagedPolicies').map((policy) => textAt(policy, 'PolicyArn'))),
    permissionsBoundary: textAt(valueAt(principal, 'PermissionsBoundary'), 'PermissionsBoundaryArn'),
  };
}
