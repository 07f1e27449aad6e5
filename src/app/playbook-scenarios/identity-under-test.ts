import { closeRoleTrust } from '../../../content/playbooks/aws/iam/close-role-trust.ts';
import { deactivateServiceCredential } from '../../../content/playbooks/aws/iam/deactivate-service-credential.ts';
import { denyConsole } from '../../../content/playbooks/aws/iam/deny-console.ts';
import { detachPolicy } from '../../../content/playbooks/aws/iam/detach-policy.ts';
import { freezeUser } from '../../../content/playbooks/aws/iam/freeze-user.ts';
import { narrowInlinePolicy } from '../../../content/playbooks/aws/iam/narrow-inline-policy.ts';
import { removeFromGroup } from '../../../content/playbooks/aws/iam/remove-from-group.ts';
import { restorePermissionsBoundary } from '../../../content/playbooks/aws/iam/restore-permissions-boundary.ts';
import { revokeRoleSessions } from '../../../content/playbooks/aws/iam/revoke-role-sessions.ts';
import { setBackPolicyVersion } from '../../../content/playbooks/aws/iam/set-back-policy-version.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import {
  account,
  all,
  as,
  complianceFinding,
  detectionOf,
  documents,
  type Organisation,
  policyFor,
  type Scenario,
  twoStates,
} from './scenario-under-test.ts';

const carol = { UserName: 'carol' };
const administrator = { PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' };

/** A policy that takes up as many characters. */
const filler = (length: number): JsonObject => ({
  PolicyName: 'filler',
  PolicyDocument: JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Action: 's3:GetObject', Resource: `arn:aws:s3:::${'x'.repeat(length)}/*` }],
  }),
});
const fullUser = as('root', 'iam:PutUserPolicy', { ...carol, ...filler(1880) });

const user =
  (...names: readonly ('inline' | 'keys' | 'attached' | 'groups' | 'boundary')[]): Scenario['view'] =>
  ({ range }) => {
    const state = range.state.accounts[account]?.users['carol'];
    return names.map((name) => (state?.[name] ?? null) as Json);
  };
const role =
  (name: string, ...names: readonly ('inline' | 'attached' | 'trust' | 'boundary')[]): Scenario['view'] =>
  ({ range }) => {
    const state = range.state.accounts[account]?.roles[name];
    return names.map((one) => (state?.[one] ?? null) as Json);
  };
const webServer = { RoleName: 'web-server' };
const app = `arn:aws:iam::${account}:policy/app`;

const statements = (...Statement: readonly JsonObject[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const reads = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
const writes = { Effect: 'Allow', Action: 's3:PutObject', Resource: '*' };
const everything = { Effect: 'Allow', Action: '*', Resource: '*' };

const trust = statements;
const assumes = (Principal: JsonObject): JsonObject => ({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' });
const ec2 = assumes({ Service: 'ec2.amazonaws.com' });
const everybody = assumes({ AWS: '*' });
const strangers = assumes({ AWS: ['arn:aws:iam::999988887777:root', `arn:aws:iam::${account}:role/ci-deploy`] });
const repository = (name: string): JsonObject => ({
  Effect: 'Allow',
  Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com` },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: { StringLike: { 'token.actions.githubusercontent.com:sub': `repo:${name}:*` } },
});
const denyLess = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 's3:*', Resource: '*' }] });

/** The role of a pipeline, in use from a network that its job does not run in. */
const stolen = (organisation: Organisation) => {
  const deployer = organisation.range.state.accounts[account]?.roles['web-server'];
  const finding = detectionOf('aws.account.changed-through-tor', [{ operation: 'CreateKeyPair' }], organisation.range.now());
  const actor = {
    type: 'AssumedRole',
    uid: `arn:aws:sts::${account}:assumed-role/web-server/session`,
    name: 'session',
    issuer: deployer?.arn ?? '',
    principalId: `${deployer?.id}:session`,
  };
  return { ...finding, evidence: finding.evidence.map((one) => ({ ...one, actor })) };
};

export const identityScenarios: readonly Scenario[] = [
  {
    name: 'lets a user do nothing that an attacker made',
    playbook: freezeUser,
    rule: 'aws.iam.admin-user-created',
    attack: all(
      as('mallory', 'iam:CreateUser', carol),
      as('mallory', 'iam:AttachUserPolicy', { ...carol, ...administrator }),
      as('mallory', 'iam:CreateAccessKey', carol),
      as('mallory', 'iam:CreateAccessKey', carol),
    ),
    view: user('inline', 'keys'),
    meddle: as('root', 'iam:PutUserPolicy', { ...carol, PolicyName: 'jobzero-freeze', PolicyDocument: denyLess }),
    does: ['iam:PutUserPolicy', 'iam:UpdateAccessKey', 'iam:UpdateAccessKey'],
    undoes: ['iam:UpdateAccessKey', 'iam:UpdateAccessKey', 'iam:DeleteUserPolicy'],
    refused: { when: fullUser, says: /leave no room for \d+ of 2048 characters/ },
  },
  {
    name: 'keeps a user out of the console whose password somebody else set',
    playbook: denyConsole,
    rule: 'aws.iam.login-profile-created-for-other-user',
    prepare: as('root', 'iam:CreateUser', carol),
    attack: as('mallory', 'iam:CreateLoginProfile', { ...carol, Password: 'correct horse battery staple' }),
    view: user('inline'),
    meddle: as('root', 'iam:PutUserPolicy', { ...carol, PolicyName: 'jobzero-deny-console', PolicyDocument: denyLess }),
    does: ['iam:PutUserPolicy'],
    undoes: ['iam:DeleteUserPolicy'],
    refused: { when: fullUser, says: /leave no room for \d+ of 2048 characters/ },
  },
  {
    name: 'deactivates a key for one service',
    playbook: deactivateServiceCredential,
    rule: 'aws.iam.bedrock-key-created',
    prepare: as('root', 'iam:CreateUser', carol),
    attack: as('mallory', 'iam:CreateServiceSpecificCredential', { ...carol, ServiceName: 'bedrock.amazonaws.com' }),
    view: (organisation) => Object.values(documents(organisation, 'iam/service-credential/global')),
    meddle: twoStates,
    does: ['iam:UpdateServiceSpecificCredential'],
    undoes: ['iam:UpdateServiceSpecificCredential'],
  },
  {
    name: 'revokes the sessions of a role',
    playbook: revokeRoleSessions,
    finding: stolen,
    attack: () => undefined,
    view: role('web-server', 'inline'),
    meddle: as('root', 'iam:PutRolePolicy', { RoleName: 'web-server', PolicyName: 'jobzero-revoke-sessions', PolicyDocument: denyLess }),
    does: ['iam:PutRolePolicy'],
    undoes: ['iam:DeleteRolePolicy'],
    refused: {
      when: as('root', 'iam:PutRolePolicy', { RoleName: 'web-server', ...filler(9770) }),
      says: /leave no room for \d+ of 10240 characters/,
    },
  },
  {
    name: 'detaches an administrator policy from a user',
    playbook: detachPolicy,
    rule: 'aws.iam.admin-policy-attached-to-user',
    prepare: as('root', 'iam:CreateUser', carol),
    attack: as('mallory', 'iam:AttachUserPolicy', { ...carol, ...administrator }),
    view: user('attached'),
    meddle: twoStates,
    does: ['iam:DetachUserPolicy'],
    undoes: ['iam:AttachUserPolicy'],
  },
  {
    name: 'detaches an administrator policy from a role',
    playbook: detachPolicy,
    rule: 'aws.iam.admin-policy-attached-to-role',
    attack: as('mallory', 'iam:AttachRolePolicy', { RoleName: 'web-server', ...administrator }),
    view: role('web-server', 'attached'),
    meddle: twoStates,
    does: ['iam:DetachRolePolicy'],
    undoes: ['iam:AttachRolePolicy'],
  },
  {
    name: 'takes administrator rights out of an inline policy and leaves the rest',
    playbook: narrowInlinePolicy,
    rule: 'aws.iam.admin-policy-attached-to-user',
    prepare: as('root', 'iam:CreateUser', carol),
    attack: as('mallory', 'iam:PutUserPolicy', { ...carol, PolicyName: 'helper', PolicyDocument: statements(reads, everything) }),
    view: user('inline'),
    meddle: as('root', 'iam:PutUserPolicy', { ...carol, PolicyName: 'helper', PolicyDocument: denyLess }),
    does: ['iam:PutUserPolicy'],
    undoes: ['iam:PutUserPolicy'],
  },
  {
    name: 'takes an inline policy away that is nothing but administrator rights',
    playbook: narrowInlinePolicy,
    rule: 'aws.iam.admin-policy-attached-to-user',
    prepare: as('root', 'iam:CreateUser', carol),
    attack: as('mallory', 'iam:PutUserPolicy', { ...carol, PolicyName: 'helper', PolicyDocument: statements(everything) }),
    view: user('inline'),
    meddle: as('root', 'iam:PutUserPolicy', { ...carol, PolicyName: 'helper', PolicyDocument: denyLess }),
    does: ['iam:DeleteUserPolicy'],
    undoes: ['iam:PutUserPolicy'],
  },
  {
    name: 'takes a user out of the group of administrators',
    playbook: removeFromGroup,
    rule: 'aws.iam.user-added-to-administrators',
    prepare: all(as('root', 'iam:CreateUser', carol), as('root', 'iam:CreateGroup', { GroupName: 'admins' })),
    attack: as('mallory', 'iam:AddUserToGroup', { ...carol, GroupName: 'admins' }),
    view: user('groups'),
    meddle: twoStates,
    does: ['iam:RemoveUserFromGroup'],
    undoes: ['iam:AddUserToGroup'],
  },
  {
    name: 'lets the version before count again of a policy that was widened',
    playbook: setBackPolicyVersion,
    rule: 'aws.iam.policy-widened-to-admin',
    prepare: all(
      as('root', 'iam:CreatePolicy', { PolicyName: 'app', PolicyDocument: statements(reads) }),
      as('root', 'iam:CreatePolicyVersion', { PolicyArn: app, PolicyDocument: statements(reads, writes), SetAsDefault: true }),
    ),
    attack: as('mallory', 'iam:CreatePolicyVersion', { PolicyArn: app, PolicyDocument: statements(everything), SetAsDefault: true }),
    view: ({ range }) => range.state.accounts[account]?.policies[app]?.versions?.current ?? null,
    meddle: as('root', 'iam:SetDefaultPolicyVersion', { PolicyArn: app, VersionId: 'v1' }),
    does: ['iam:SetDefaultPolicyVersion'],
    undoes: ['iam:SetDefaultPolicyVersion'],
    refused: {
      when: all(
        as('root', 'iam:DeletePolicyVersion', { PolicyArn: app, VersionId: 'v1' }),
        as('root', 'iam:DeletePolicyVersion', { PolicyArn: app, VersionId: 'v2' }),
      ),
      says: /No version of the policy app before v3 is left/,
    },
  },
  {
    name: 'puts the last permissions boundary back that a role had',
    playbook: restorePermissionsBoundary,
    rule: 'aws.iam.permissions-boundary-removed',
    prepare: all(
      as('root', 'iam:PutRolePermissionsBoundary', { ...webServer, PermissionsBoundary: 'arn:aws:iam::aws:policy/AdministratorAccess' }),
      as('root', 'iam:PutRolePermissionsBoundary', { ...webServer, PermissionsBoundary: 'arn:aws:iam::aws:policy/PowerUserAccess' }),
      as('root', 'iam:PutRolePermissionsBoundary', {
        RoleName: 'ci-deploy',
        PermissionsBoundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
      }),
    ),
    // What she put herself is not what comes back.
    attack: all(
      as('mallory', 'iam:PutRolePermissionsBoundary', { ...webServer, PermissionsBoundary: 'arn:aws:iam::aws:policy/IAMFullAccess' }),
      as('mallory', 'iam:DeleteRolePermissionsBoundary', webServer),
    ),
    view: role('web-server', 'boundary'),
    meddle: as('root', 'iam:PutRolePermissionsBoundary', { ...webServer, PermissionsBoundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }),
    does: ['iam:PutRolePermissionsBoundary'],
    undoes: ['iam:DeleteRolePermissionsBoundary'],
    refused: {
      when: ({ range }) => void range.state.recent[account]?.splice(0),
      says: /history names no boundary that it had/,
    },
  },
  {
    name: 'takes a stranger out of the trust of a role',
    playbook: closeRoleTrust,
    rule: 'aws.iam.role-trust-opened-to-foreign-account',
    attack: as('mallory', 'iam:UpdateAssumeRolePolicy', { ...webServer, PolicyDocument: trust(ec2, strangers) }),
    view: role('web-server', 'trust'),
    meddle: as('root', 'iam:UpdateAssumeRolePolicy', { ...webServer, PolicyDocument: trust(ec2, ec2) }),
    does: ['iam:UpdateAssumeRolePolicy'],
    undoes: ['iam:UpdateAssumeRolePolicy'],
  },
  {
    name: 'lets nobody take a role that was made for everybody',
    playbook: closeRoleTrust,
    rule: 'aws.iam.role-trust-opened-to-anyone',
    attack: as('mallory', 'iam:CreateRole', { RoleName: 'helper', AssumeRolePolicyDocument: policyFor('*') }),
    view: role('helper', 'trust'),
    meddle: as('root', 'iam:UpdateAssumeRolePolicy', { RoleName: 'helper', PolicyDocument: trust(ec2) }),
    does: ['iam:UpdateAssumeRolePolicy'],
    undoes: ['iam:UpdateAssumeRolePolicy'],
  },
  {
    name: 'lets owners take a role no more whose names begin alike',
    playbook: closeRoleTrust,
    rule: 'aws.iam.role-trusts-owner-by-wildcard',
    attack: as('mallory', 'iam:UpdateAssumeRolePolicy', {
      ...webServer,
      PolicyDocument: trust(repository('example/shop'), repository('example*')),
    }),
    view: role('web-server', 'trust'),
    meddle: as('root', 'iam:UpdateAssumeRolePolicy', { ...webServer, PolicyDocument: trust(ec2) }),
    does: ['iam:UpdateAssumeRolePolicy'],
    undoes: ['iam:UpdateAssumeRolePolicy'],
  },
  {
    name: 'closes a role that a control found open to everybody',
    playbook: closeRoleTrust,
    attack: as('root', 'iam:CreateRole', { RoleName: 'helper', AssumeRolePolicyDocument: trust(ec2, everybody) }),
    finding: () =>
      complianceFinding('aws.iam.role-not-assumable-by-anyone', {
        uid: `arn:aws:iam::${account}:role/helper`,
        type: 'AWS::IAM::Role',
        name: 'helper',
      }),
    view: role('helper', 'trust'),
    meddle: as('root', 'iam:UpdateAssumeRolePolicy', { RoleName: 'helper', PolicyDocument: trust(ec2, ec2) }),
    does: ['iam:UpdateAssumeRolePolicy'],
    undoes: ['iam:UpdateAssumeRolePolicy'],
  },
  {
    name: 'closes a role that an account took which nobody knows',
    playbook: closeRoleTrust,
    prepare: as('root', 'iam:CreateRole', { RoleName: 'helper', AssumeRolePolicyDocument: trust(ec2, everybody) }),
    attack: () => {},
    finding: () =>
      detectionOf(
        'aws.sts.role-assumed-by-unheard-stranger',
        [
          {
            operation: 'AssumeRole',
            resource: { uid: `arn:aws:iam::${account}:role/helper`, type: 'AWS::IAM::Role', name: 'helper' },
            kept: { stranger: '999988887777' },
          },
        ],
        0,
      ),
    view: role('helper', 'trust'),
    meddle: as('root', 'iam:UpdateAssumeRolePolicy', { RoleName: 'helper', PolicyDocument: trust(ec2, ec2) }),
    does: ['iam:UpdateAssumeRolePolicy'],
    undoes: ['iam:UpdateAssumeRolePolicy'],
  },
];
