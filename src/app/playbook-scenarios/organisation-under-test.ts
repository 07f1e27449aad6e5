import { resumeInvocationLog } from '../../../content/playbooks/aws/bedrock/resume-invocation-log.ts';
import { denyPersonEverywhere } from '../../../content/playbooks/aws/organizations/deny-person-everywhere.ts';
import { enablePolicyType } from '../../../content/playbooks/aws/organizations/enable-policy-type.ts';
import { moveAccountBack } from '../../../content/playbooks/aws/organizations/move-account-back.ts';
import { reattachPolicy } from '../../../content/playbooks/aws/organizations/reattach-policy.ts';
import { pauseSending } from '../../../content/playbooks/aws/ses/pause-sending.ts';
import { narrowPermissionSet } from '../../../content/playbooks/aws/sso/narrow-permission-set.ts';
import { removeAssignment } from '../../../content/playbooks/aws/sso/remove-assignment.ts';
import { removeFromGroup } from '../../../content/playbooks/aws/sso/remove-from-group.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import {
  account,
  all,
  as,
  documents,
  malloryIn,
  management,
  nothingToUndo,
  type Organisation,
  part,
  type Scenario,
  twoStates,
} from './scenario-under-test.ts';

const member = '777788889999';
const unit = 'ou-abcd-example1';
const instance = { InstanceArn: 'arn:aws:sso:::instance/ssoins-1234567890abcdef' };
const person = '1a2b3c4d5e-6f708192-a3b4-c5d6-e7f8-091a2b3c4d5e';
const inStore = { IdentityStoreId: 'd-1234567890' };
const group = '9a8b7c6d5e-4f302918-b7a6-5c4d-3e2f-1a0b9c8d7e6f';
const other = '0a8b7c6d5e-4f302918-b7a6-5c4d-3e2f-1a0b9c8d7e6f';
const deny = (...people: readonly string[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'JobzeroDenyPeople',
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: { StringEquals: { 'identitystore:UserId': people } },
      },
    ],
  });

/** Somebody of the management account with all rights there. */
const intruder = ({ range }: Organisation) => malloryIn(range, management);
const intrude = (organisation: Organisation, action: string, input: JsonObject): void => void intruder(organisation).call(action, input);
const inManagement = (organisation: Organisation, place: string) => documents(organisation, place, management);
const policyOf = ({ range }: Organisation) => Object.values(range.state.organisation.made ?? {})[0];
const PolicyId = (organisation: Organisation) => policyOf(organisation)?.id ?? '';
const makePolicy =
  (Name: string, Content: string, ...targets: readonly string[]) =>
  (organisation: Organisation): void => {
    intruder(organisation);
    organisation.manager.call('organizations:CreatePolicy', { Name, Type: 'SERVICE_CONTROL_POLICY', Content });
    for (const TargetId of targets) organisation.manager.call('organizations:AttachPolicy', { PolicyId: PolicyId(organisation), TargetId });
  };
const roots = (organisation: Organisation) => organisation.manager.call('organizations:ListRoots', {})['Roots'] as readonly JsonObject[];
const RootId = (organisation: Organisation) => String(roots(organisation)[0]?.['Id']);
const noStop = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 'cloudtrail:StopLogging', Resource: '*' }] });

const setOf = (organisation: Organisation): JsonObject =>
  Object.values(inManagement(organisation, 'sso/permission-set/us-east-1'))[0] ?? {};
const onSet = (organisation: Organisation): JsonObject => ({
  ...instance,
  PermissionSetArn: setOf(organisation)['PermissionSetArn'] ?? '',
});
const makeSet = (organisation: Organisation): void => {
  intruder(organisation);
  organisation.manager.call('sso:CreatePermissionSet', { ...instance, Name: 'support' });
  organisation.manager.call('sso:CreateAccountAssignment', { ...onSet(organisation), ...assigned('GROUP', 'a'.repeat(36)) });
};
const assigned = (PrincipalType: string, PrincipalId: string): JsonObject => ({
  TargetId: member,
  TargetType: 'AWS_ACCOUNT',
  PrincipalType,
  PrincipalId,
});
const statements = (...Statement: readonly JsonObject[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const reads = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
const everything = { Effect: 'Allow', Action: '*', Resource: '*' };

const invocations = { loggingConfig: { s3Config: { bucketName: 'logs-example', keyPrefix: 'bedrock' }, textDataDeliveryEnabled: true } };
const toHerself = { loggingConfig: { s3Config: { bucketName: 'loot-example' }, textDataDeliveryEnabled: true } };

export const organisationScenarios: readonly Scenario[] = [
  {
    name: 'attaches a guardrail again',
    playbook: reattachPolicy,
    account: management,
    rule: 'aws.organizations.policy-detached',
    prepare: makePolicy('no-stop', noStop, member),
    attack: (organisation) => intrude(organisation, 'organizations:DetachPolicy', { PolicyId: PolicyId(organisation), TargetId: member }),
    view: (organisation) => [...(policyOf(organisation)?.accounts ?? [])],
    meddle: twoStates,
    does: ['organizations:AttachPolicy'],
    undoes: ['organizations:DetachPolicy'],
    refused: {
      when: (organisation) => {
        organisation.range.state.organisation.made = {};
      },
      says: /was deleted/,
    },
  },
  {
    name: 'lets a type of policies count again',
    playbook: enablePolicyType,
    account: management,
    rule: 'aws.organizations.policy-type-disabled',
    prepare: makePolicy('no-stop', noStop, member),
    attack: (organisation) =>
      intrude(organisation, 'organizations:DisablePolicyType', { RootId: RootId(organisation), PolicyType: 'SERVICE_CONTROL_POLICY' }),
    view: (organisation) => roots(organisation)[0] ?? null,
    meddle: nothingToUndo,
    does: ['organizations:EnablePolicyType'],
    undoes: [],
  },
  {
    name: 'moves an account back',
    playbook: moveAccountBack,
    account: management,
    rule: 'aws.organizations.account-moved',
    prepare: (organisation) => {
      intruder(organisation);
      const from = RootId(organisation);
      organisation.manager.call('organizations:MoveAccount', { AccountId: member, SourceParentId: from, DestinationParentId: unit });
    },
    attack: (organisation) =>
      intrude(organisation, 'organizations:MoveAccount', {
        AccountId: member,
        SourceParentId: unit,
        DestinationParentId: RootId(organisation),
      }),
    view: (organisation) => inManagement(organisation, 'organizations/parent/global')[member] ?? null,
    // Whoever moved it on is not overruled: undo would have to know from where.
    meddle: twoStates,
    does: ['organizations:MoveAccount'],
    undoes: ['organizations:MoveAccount'],
    refused: {
      when: (organisation) => {
        const source = RootId(organisation);
        organisation.manager.call('organizations:MoveAccount', {
          AccountId: member,
          SourceParentId: source,
          DestinationParentId: 'ou-abcd-elsewhere',
        });
      },
      says: /was moved on since/,
    },
  },
  {
    name: 'lets a person of Identity Center do nothing',
    playbook: denyPersonEverywhere,
    account: management,
    rule: 'aws.sso.password-set-for-person',
    prepare: (organisation) => makePolicy('jobzero-deny-people', deny('nobody'), RootId(organisation))(organisation),
    attack: (organisation) => intrude(organisation, 'sso-directory:UpdatePassword', { userId: person, passwordMode: 'OTP' }),
    view: (organisation) => JSON.parse(policyOf(organisation)?.content ?? '') as Json,
    meddle: (organisation) =>
      void organisation.manager.call('organizations:UpdatePolicy', { PolicyId: PolicyId(organisation), Content: deny('another') }),
    does: ['organizations:UpdatePolicy'],
    undoes: ['organizations:UpdatePolicy'],
    refused: {
      when: (organisation) =>
        void organisation.manager.call('organizations:DetachPolicy', { PolicyId: PolicyId(organisation), TargetId: RootId(organisation) }),
      says: /is attached nowhere/,
    },
  },
  {
    name: 'takes an assignment back',
    playbook: removeAssignment,
    account: management,
    rule: 'aws.sso.access-to-account-assigned',
    prepare: makeSet,
    attack: (organisation) => intrude(organisation, 'sso:CreateAccountAssignment', { ...onSet(organisation), ...assigned('USER', person) }),
    view: (organisation) => setOf(organisation)['assignments'] ?? null,
    meddle: twoStates,
    does: ['sso:DeleteAccountAssignment'],
    undoes: ['sso:CreateAccountAssignment'],
  },
  {
    name: 'takes a person out of a group of Identity Center',
    playbook: removeFromGroup,
    account: management,
    rule: 'aws.sso.user-added-by-hand',
    prepare: (organisation) => {
      intruder(organisation);
      organisation.manager.call('identitystore:CreateGroupMembership', { ...inStore, GroupId: other, MemberId: { UserId: person } });
    },
    attack: (organisation) =>
      intrude(organisation, 'identitystore:CreateGroupMembership', { ...inStore, GroupId: group, MemberId: { UserId: person } }),
    view: (organisation) =>
      Object.values(inManagement(organisation, 'identitystore/membership/us-east-1')).map(({ GroupId = '', MemberId = '' }) => [
        GroupId,
        MemberId,
      ]),
    meddle: twoStates,
    does: ['identitystore:DeleteGroupMembership'],
    undoes: ['identitystore:CreateGroupMembership'],
  },
  {
    name: 'takes an attached policy out of a permission set and out of the accounts',
    playbook: narrowPermissionSet,
    account: management,
    rule: 'aws.sso.administrator-permission-set-made',
    prepare: makeSet,
    attack: (organisation) => {
      const ManagedPolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
      intrude(organisation, 'sso:AttachManagedPolicyToPermissionSet', { ...onSet(organisation), ManagedPolicyArn });
      intrude(organisation, 'sso:ProvisionPermissionSet', { ...onSet(organisation), TargetType: 'ALL_PROVISIONED_ACCOUNTS' });
    },
    view: setOf,
    meddle: twoStates,
    does: ['sso:DetachManagedPolicyFromPermissionSet', 'sso:ProvisionPermissionSet'],
    undoes: ['sso:AttachManagedPolicyToPermissionSet', 'sso:ProvisionPermissionSet'],
  },
  {
    name: 'takes administrator rights out of the inline policy of a permission set',
    playbook: narrowPermissionSet,
    account: management,
    rule: 'aws.sso.administrator-permission-set-made',
    prepare: makeSet,
    attack: (organisation) => {
      intrude(organisation, 'sso:PutInlinePolicyToPermissionSet', { ...onSet(organisation), InlinePolicy: statements(reads, everything) });
      intrude(organisation, 'sso:ProvisionPermissionSet', { ...onSet(organisation), TargetType: 'ALL_PROVISIONED_ACCOUNTS' });
    },
    view: setOf,
    meddle: twoStates,
    does: ['sso:PutInlinePolicyToPermissionSet', 'sso:ProvisionPermissionSet'],
    undoes: ['sso:PutInlinePolicyToPermissionSet', 'sso:ProvisionPermissionSet'],
  },
  {
    name: 'takes rights over all secrets out of a permission set that a person gave them',
    playbook: narrowPermissionSet,
    account: management,
    rule: 'aws.sso.permission-set-widened-by-person',
    prepare: makeSet,
    attack: (organisation) => {
      const secrets = { Effect: 'Allow', Action: ['s3:ListAllMyBuckets', 'secretsmanager:GetSecretValue', 'kms:*'], Resource: '*' };
      intrude(organisation, 'sso:PutInlinePolicyToPermissionSet', { ...onSet(organisation), InlinePolicy: statements(reads, secrets) });
      intrude(organisation, 'sso:ProvisionPermissionSet', { ...onSet(organisation), TargetType: 'ALL_PROVISIONED_ACCOUNTS' });
    },
    view: setOf,
    meddle: twoStates,
    does: ['sso:PutInlinePolicyToPermissionSet', 'sso:ProvisionPermissionSet'],
    undoes: ['sso:PutInlinePolicyToPermissionSet', 'sso:ProvisionPermissionSet'],
  },
  {
    name: 'lets an account send no mail',
    playbook: pauseSending,
    rule: 'aws.ses.sending-enabled',
    attack: as('mallory', 'ses:PutAccountSendingAttributes', { SendingEnabled: true }),
    view: part('ses/account', 'account', 'SendingEnabled'),
    meddle: twoStates,
    does: ['ses:PutAccountSendingAttributes'],
    undoes: ['ses:PutAccountSendingAttributes'],
  },
  {
    name: 'logs again what models are asked, and not to the bucket of whoever turned it off',
    playbook: resumeInvocationLog,
    rule: 'aws.bedrock.logging-or-guardrail-removed',
    prepare: as('root', 'bedrock:PutModelInvocationLoggingConfiguration', invocations),
    attack: all(
      as('mallory', 'bedrock:PutModelInvocationLoggingConfiguration', toHerself),
      as('mallory', 'bedrock:DeleteModelInvocationLoggingConfiguration', {}),
    ),
    view: part('bedrock/invocation-log', 'account', 'loggingConfig'),
    meddle: as('root', 'bedrock:PutModelInvocationLoggingConfiguration', toHerself),
    does: ['bedrock:PutModelInvocationLoggingConfiguration'],
    undoes: ['bedrock:DeleteModelInvocationLoggingConfiguration'],
    refused: {
      when: ({ range }) => void range.state.recent[account]?.splice(0),
      says: /history does not say where/,
    },
  },
];
