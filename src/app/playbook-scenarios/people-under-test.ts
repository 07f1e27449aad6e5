import { denyPerson } from '../../../content/playbooks/aws/organizations/deny-person.ts';
import { denyRoot } from '../../../content/playbooks/aws/organizations/deny-root.ts';
import { denyPersonInManagement } from '../../../content/playbooks/aws/sso/deny-person-in-management.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import { identityCenterInstance, standingSetArn } from '../../range/services/identity-center.ts';
import { account, documents, management, type Organisation, type Scenario, twoStates } from './scenario-under-test.ts';

const person = 'dana@example.com';
/** A place in the organisation; which, is not told apart. */
const root = 'r-ab12';
const made = ({ range }: Organisation) => Object.values(range.state.organisation.made ?? {});
const attached = (organisation: Organisation): Json => made(organisation).map(({ name, accounts }) => ({ name, accounts: [...accounts] }));

/** A session of Identity Center, with which somebody does something in an account. */
function asPerson({ range }: Organisation, action: string, where = account): void {
  const credentials = range.roleSession({
    account: where,
    role: 'AWSReservedSSO_AdministratorAccess_*',
    name: person,
    mfa: false,
    holder: 'thief',
    at: range.now(),
    renewed: false,
  });
  if (credentials === null) throw new Error('there is no such role');
  const input = { UserName: 'ci-deployer' };
  const { error } = range.perform({ credentials, region: 'us-east-1', action, input, origin: { ip: '198.51.100.7', userAgent: 'x' } });
  if (error !== null) throw error;
}

const another = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"x:Y","Resource":"*"}]}';

function attachPolicy({ manager }: Organisation, Name: string, Content: string, TargetId: string): void {
  const answer = manager.call('organizations:CreatePolicy', { Name, Description: '', Type: 'SERVICE_CONTROL_POLICY', Content });
  const { PolicySummary: summary } = answer['Policy'] as { PolicySummary: { Id: string } };
  manager.call('organizations:AttachPolicy', { PolicyId: summary.Id, TargetId });
}

/** The policy in which people are named for whom no other fits. */
const staged = 'jobzero-deny-sessions';
const namedIn = (...sessions: readonly string[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Sid: 'JobzeroDenySessions', Effect: 'Deny', Action: '*', Resource: '*', Condition: { StringLike: { 'aws:userid': sessions } } },
    ],
  });

const full = (place: string): NonNullable<Scenario['refused']> => ({
  when: (organisation) => {
    for (const n of [1, 2, 3, 4]) attachPolicy(organisation, `other-${n}`, another, place);
  },
  says: /has 5 service control policies already/,
});

const both = {
  view: attached,
  meddle: twoStates,
  does: ['organizations:CreatePolicy', 'organizations:AttachPolicy'],
  undoes: ['organizations:DetachPolicy', 'organizations:DeletePolicy'],
  refused: full(account),
  around: { management, root: null, atRoot: [] },
} as const;

const set = 'AdministratorAccess';
const InstanceArn = identityCenterInstance;
const PermissionSetArn = standingSetArn(set);
const onSet = { InstanceArn, PermissionSetArn };
const denying = (...actions: readonly string[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: actions, Resource: '*' }] });
const put =
  (...actions: readonly string[]) =>
  ({ manager }: Organisation): JsonObject =>
    manager.call('sso:PutInlinePolicyToPermissionSet', { ...onSet, InlinePolicy: denying(...actions) });
const provision = ({ manager }: Organisation): JsonObject =>
  manager.call('sso:ProvisionPermissionSet', { ...onSet, TargetType: 'AWS_ACCOUNT', TargetId: management });

/** What the permission set says, and what its roles do in the management account and in another. */
const inSet = (organisation: Organisation): Json => [
  documents(organisation, 'sso/permission-set/us-east-1', management)[PermissionSetArn]?.['InlinePolicy'] ?? null,
  ...[management, account].map((id) =>
    Object.values(organisation.range.state.accounts[id]?.roles ?? {}).flatMap(({ name, inline }) =>
      name.startsWith(`AWSReservedSSO_${set}_`) ? [{ ...inline }] : [],
    ),
  ),
];

const inManagement = {
  playbook: denyPersonInManagement,
  account: management,
  rule: 'aws.iam.access-key-created-for-other-user',
  attack: (organisation: Organisation) => asPerson(organisation, 'iam:CreateAccessKey', management),
  around: {
    management,
    root,
    atRoot: [],
    permissionSets: [{ name: set, region: 'us-east-1', instanceArn: InstanceArn, permissionSetArn: PermissionSetArn }],
  },
  view: inSet,
  does: ['sso:PutInlinePolicyToPermissionSet', 'sso:ProvisionPermissionSet'],
} as const;

export const peopleScenarios: readonly Scenario[] = [
  {
    name: 'denies a person of Identity Center in an account',
    playbook: denyPerson,
    rule: 'aws.iam.access-key-created-for-other-user',
    attack: (organisation) => asPerson(organisation, 'iam:CreateAccessKey'),
    ...both,
  },
  {
    name: 'denies a person of Identity Center in every account',
    playbook: denyPerson,
    rule: 'aws.iam.access-key-created-for-other-user',
    attack: (organisation) => asPerson(organisation, 'iam:CreateAccessKey'),
    ...both,
    refused: full(root),
    around: { management, root, atRoot: ['FullAWSAccess'] },
  },
  {
    name: 'denies a person of Identity Center in every account, named in the policy that is staged',
    playbook: denyPerson,
    rule: 'aws.iam.access-key-created-for-other-user',
    prepare: (organisation) => {
      attachPolicy(organisation, staged, namedIn('*:nobody'), root);
      for (const n of [1, 2, 3]) attachPolicy(organisation, `other-${n}`, another, root);
    },
    attack: (organisation) => asPerson(organisation, 'iam:CreateAccessKey'),
    ...both,
    view: (organisation) => JSON.parse(made(organisation).find(({ name }) => name === staged)?.content ?? 'null') as Json,
    meddle: (organisation) => {
      const PolicyId = made(organisation).find(({ name }) => name === staged)?.id ?? '';
      organisation.manager.call('organizations:UpdatePolicy', {
        PolicyId,
        Content: namedIn('*:nobody', `*:${person}`, '*:eve@example.com'),
      });
    },
    does: ['organizations:UpdatePolicy'],
    undoes: ['organizations:UpdatePolicy'],
    refused: {
      when: (organisation) => {
        const PolicyId = made(organisation).find(({ name }) => name === staged)?.id ?? '';
        organisation.manager.call('organizations:DetachPolicy', { PolicyId, TargetId: root });
      },
      says: /is attached nowhere/,
    },
    around: { management, root, atRoot: ['FullAWSAccess', 'other-1', 'other-2', 'other-3', staged] },
  },
  {
    name: 'denies the root user in an account',
    playbook: denyRoot,
    rule: 'aws.iam.access-key-created-for-other-user',
    attack: ({ root }) => void root.call('iam:CreateAccessKey', { UserName: 'ci-deployer' }),
    ...both,
  },
  {
    name: 'denies a person of Identity Center in the management account',
    ...inManagement,
    meddle: put('s3:DeleteBucket'),
    undoes: ['sso:DeleteInlinePolicyFromPermissionSet', 'sso:ProvisionPermissionSet'],
    refused: {
      when: (organisation) => {
        put(...Array.from({ length: 486 }, (_, n) => `s3:DeleteBucket${n}`))(organisation);
        provision(organisation);
      },
      says: /leaves no room within 10240 characters/,
    },
  },
  {
    name: 'denies a person of Identity Center in the management account beside what the permission set denies already',
    ...inManagement,
    prepare: (organisation) => {
      put('s3:DeleteBucket')(organisation);
      provision(organisation);
    },
    meddle: (organisation) => {
      put('s3:DeleteObject')(organisation);
      provision(organisation);
    },
    undoes: ['sso:PutInlinePolicyToPermissionSet', 'sso:ProvisionPermissionSet'],
    refused: { when: put('s3:DeleteBucket', 's3:DeleteObject'), says: /what somebody changed of it would come there for all who have it/ },
  },
];
