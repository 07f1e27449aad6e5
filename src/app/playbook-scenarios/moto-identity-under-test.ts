import { closeRoleTrust } from '../../../content/playbooks/aws/iam/close-role-trust.ts';
import { denyConsole } from '../../../content/playbooks/aws/iam/deny-console.ts';
import { detachPolicy } from '../../../content/playbooks/aws/iam/detach-policy.ts';
import { freezeUser } from '../../../content/playbooks/aws/iam/freeze-user.ts';
import { narrowInlinePolicy } from '../../../content/playbooks/aws/iam/narrow-inline-policy.ts';
import { removeFromGroup } from '../../../content/playbooks/aws/iam/remove-from-group.ts';
import { removeOidcProvider } from '../../../content/playbooks/aws/iam/remove-oidc-provider.ts';
import { removeSamlProvider } from '../../../content/playbooks/aws/iam/remove-saml-provider.ts';
import { requireSecondFactor } from '../../../content/playbooks/aws/iam/require-second-factor.ts';
import { revokeRoleSessions } from '../../../content/playbooks/aws/iam/revoke-role-sessions.ts';
import { setBackPolicyVersion } from '../../../content/playbooks/aws/iam/set-back-policy-version.ts';
import { strengthenPasswordPolicy } from '../../../content/playbooks/aws/iam/strengthen-password-policy.ts';
import { cancelKeyDeletion } from '../../../content/playbooks/aws/kms/cancel-key-deletion.ts';
import { enableKey } from '../../../content/playbooks/aws/kms/enable-key.ts';
import { enableRotation } from '../../../content/playbooks/aws/kms/enable-rotation.ts';
import { revokeGrant } from '../../../content/playbooks/aws/kms/revoke-grant.ts';
import { asObject, listAt, textAt, valueAt } from '../../core/lib/json-at.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import type { Playbook, Target } from '../../core/model/plan.ts';
import {
  account,
  accountTarget,
  allowsAll,
  type Call,
  deniesS3,
  documentAt,
  foreign,
  type MotoScenario,
  members,
  orNull,
  reads,
  statements,
  stranger,
  targetOf,
} from './moto-scenario-under-test.ts';

const AdministratorAccess = 'arn:aws:iam::aws:policy/AdministratorAccess';
const user = (name: string, params: JsonObject = {}): Target => targetOf('iam', `user/${name}`, { kind: 'User', name, ...params });
const inlineOf = async (call: Call, UserName: string): Promise<Json> => {
  const names = listAt(await call('iam:ListUserPolicies', { UserName }), 'PolicyNames').map(String);
  const documents = names.map(async (PolicyName) =>
    documentAt(await call('iam:GetUserPolicy', { UserName, PolicyName }), 'PolicyDocument'),
  );
  return [...names, ...(await Promise.all(documents))];
};

/** A user of its own to whom a policy is written that denies. */
const denied = (playbook: Playbook, UserName: string, PolicyName: string, more: (call: Call) => Promise<unknown>): MotoScenario => ({
  playbook,
  prepare: async (call) => {
    await call('iam:CreateUser', { UserName });
    await more(call);
    return user(UserName);
  },
  view: async (call) => [
    await inlineOf(call, UserName),
    listAt(await call('iam:ListAccessKeys', { UserName }), 'AccessKeyMetadata').map((one) => textAt(one, 'Status')),
  ],
  meddle: (call) => call('iam:PutUserPolicy', { UserName, PolicyName, PolicyDocument: statements(deniesS3) }),
});

/** A key of its own for each. */
const key = (
  playbook: Playbook,
  make: (call: Call, KeyId: string) => Promise<JsonObject>,
  more: Partial<MotoScenario> = {},
): MotoScenario => ({
  playbook,
  prepare: async (call) => {
    const keyId = textAt(await call('kms:CreateKey', {}), 'KeyMetadata', 'KeyId') ?? '';
    return targetOf('kms', `key/${keyId}`, { keyId, ...(await make(call, keyId)) });
  },
  view: async (call, { params }) =>
    members(asObject(await call('kms:DescribeKey', { KeyId: String(params['keyId']) }))?.['KeyMetadata'] ?? null, 'KeyState', 'Enabled'),
  ...more,
});
const KeyId = ({ params }: Target): string => String(params['keyId']);

const url = 'https://login.example.net/abc';
const providerArn = `arn:aws:iam::${account}:oidc-provider/login.example.net/abc`;
const oidc = { Url: url, ClientIDList: ['sts.amazonaws.com'], ThumbprintList: ['0'.repeat(40)], Tags: [{ Key: 'team', Value: 'web' }] };
const samlArn = `arn:aws:iam::${account}:saml-provider/login`;
const saml = {
  Name: 'login',
  SAMLMetadataDocument: `<EntityDescriptor entityID="https://login.example.net/">${' '.repeat(1000)}</EntityDescriptor>`,
};
const appArn = `arn:aws:iam::${account}:policy/app`;
const ec2 = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' };
const strangers = { Effect: 'Allow', Principal: { AWS: stranger }, Action: 'sts:AssumeRole' };
const roleTarget = (name: string, params: JsonObject): Target => targetOf('iam', `role/${name}`, params);

/** Users, roles, policies, providers, keys. */
export const motoIdentityScenarios: readonly MotoScenario[] = [
  denied(freezeUser, 'backdoor', 'jobzero-freeze', async (call) => {
    await call('iam:CreateAccessKey', { UserName: 'backdoor' });
    await call('iam:CreateAccessKey', { UserName: 'backdoor' });
  }),
  denied(denyConsole, 'carol', 'jobzero-deny-console', (call) =>
    call('iam:CreateLoginProfile', { UserName: 'carol', Password: 'correct horse battery staple 1A' }),
  ),
  denied(requireSecondFactor, 'dana', 'jobzero-require-second-factor', async () => undefined),
  {
    playbook: detachPolicy,
    prepare: async (call) => {
      await call('iam:CreateUser', { UserName: 'ops' });
      await call('iam:AttachUserPolicy', { UserName: 'ops', PolicyArn: AdministratorAccess });
      return user('ops', { policyArn: AdministratorAccess });
    },
    view: (call) => call('iam:ListAttachedUserPolicies', { UserName: 'ops' }),
  },
  {
    playbook: narrowInlinePolicy,
    prepare: async (call) => {
      await call('iam:CreateUser', { UserName: 'helper' });
      await call('iam:PutUserPolicy', { UserName: 'helper', PolicyName: 'helper', PolicyDocument: statements(reads, allowsAll) });
      return user('helper', { policyName: 'helper' });
    },
    view: (call) => inlineOf(call, 'helper'),
    meddle: (call) => call('iam:PutUserPolicy', { UserName: 'helper', PolicyName: 'helper', PolicyDocument: statements(deniesS3) }),
  },
  {
    playbook: removeFromGroup,
    prepare: async (call) => {
      await call('iam:CreateUser', { UserName: 'mover' });
      await call('iam:CreateGroup', { GroupName: 'admins' });
      await call('iam:AddUserToGroup', { UserName: 'mover', GroupName: 'admins' });
      return user('mover', { groupName: 'admins' });
    },
    view: (call) => call('iam:ListGroupsForUser', { UserName: 'mover' }),
  },
  {
    playbook: closeRoleTrust,
    prepare: async (call) => {
      await call('iam:CreateRole', { RoleName: 'opened', AssumeRolePolicyDocument: statements(ec2, strangers) });
      return roleTarget('opened', { kind: 'Role', name: 'opened', accounts: [foreign] });
    },
    view: async (call) => documentAt(await call('iam:GetRole', { RoleName: 'opened' }), 'Role', 'AssumeRolePolicyDocument'),
    meddle: (call) => call('iam:UpdateAssumeRolePolicy', { RoleName: 'opened', PolicyDocument: statements(ec2, ec2) }),
  },
  {
    playbook: revokeRoleSessions,
    prepare: async (call) => {
      await call('iam:CreateRole', { RoleName: 'deployer', AssumeRolePolicyDocument: statements(ec2) });
      return roleTarget('deployer', { roleName: 'deployer', regions: ['us-east-1'] });
    },
    view: (call) => call('iam:ListRolePolicies', { RoleName: 'deployer' }),
    meddle: (call) =>
      call('iam:PutRolePolicy', { RoleName: 'deployer', PolicyName: 'jobzero-revoke-sessions', PolicyDocument: statements(deniesS3) }),
  },
  {
    playbook: setBackPolicyVersion,
    prepare: async (call) => {
      await call('iam:CreatePolicy', { PolicyName: 'app', PolicyDocument: statements(reads) });
      await call('iam:CreatePolicyVersion', { PolicyArn: appArn, PolicyDocument: statements(reads, deniesS3), SetAsDefault: true });
      await call('iam:CreatePolicyVersion', { PolicyArn: appArn, PolicyDocument: statements(allowsAll), SetAsDefault: true });
      return targetOf('iam', 'policy/app', { versionId: 'v3' });
    },
    view: async (call) => textAt(await call('iam:GetPolicy', { PolicyArn: appArn }), 'Policy', 'DefaultVersionId'),
    meddle: (call) => call('iam:SetDefaultPolicyVersion', { PolicyArn: appArn, VersionId: 'v1' }),
  },
  {
    playbook: strengthenPasswordPolicy,
    prepare: async (call) => {
      await call('iam:UpdateAccountPasswordPolicy', { MinimumPasswordLength: 8, RequireNumbers: true, MaxPasswordAge: 90 });
      return accountTarget();
    },
    view: (call) => orNull(call('iam:GetAccountPasswordPolicy', {})),
    meddle: (call) => call('iam:UpdateAccountPasswordPolicy', { MinimumPasswordLength: 10 }),
  },
  {
    playbook: removeOidcProvider,
    prepare: async (call) => {
      await call('iam:CreateOpenIDConnectProvider', oidc);
      return targetOf('iam', 'oidc-provider/login.example.net/abc', { provider: 'login.example.net/abc' });
    },
    view: async (call) =>
      members(
        await orNull(call('iam:GetOpenIDConnectProvider', { OpenIDConnectProviderArn: providerArn })),
        'Url',
        'ClientIDList',
        'ThumbprintList',
        'Tags',
      ),
    meddle: (call) => call('iam:CreateOpenIDConnectProvider', { ...oidc, ClientIDList: ['another'] }),
  },
  {
    playbook: removeSamlProvider,
    prepare: async (call) => {
      await call('iam:CreateSAMLProvider', saml);
      return targetOf('iam', 'saml-provider/login', { provider: 'login' });
    },
    view: async (call) => members(await orNull(call('iam:GetSAMLProvider', { SAMLProviderArn: samlArn })), 'SAMLMetadataDocument', 'Tags'),
    meddle: (call) => call('iam:CreateSAMLProvider', { ...saml, SAMLMetadataDocument: `${saml.SAMLMetadataDocument}<!-- other -->` }),
  },
  key(cancelKeyDeletion, async (call, KeyId) => {
    await call('kms:ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 });
    return {};
  }),
  key(enableKey, async (call, KeyId) => {
    await call('kms:DisableKey', { KeyId });
    return {};
  }),
  key(enableRotation, async () => ({}), {
    view: async (call, target) => valueAt(await call('kms:GetKeyRotationStatus', { KeyId: KeyId(target) }), 'KeyRotationEnabled'),
  }),
  key(
    revokeGrant,
    async (call, KeyId) => ({
      grantId: textAt(await call('kms:CreateGrant', { KeyId, GranteePrincipal: stranger, Operations: ['Decrypt'] }), 'GrantId'),
    }),
    { view: async (call, target) => listAt(await call('kms:ListGrants', { KeyId: KeyId(target) }), 'Grants').length },
  ),
];
