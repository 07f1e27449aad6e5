import { deactivateServiceCredential } from '../../../content/playbooks/aws/iam/deactivate-service-credential.ts';
import { denyConsole } from '../../../content/playbooks/aws/iam/deny-console.ts';
import { freezeUser } from '../../../content/playbooks/aws/iam/freeze-user.ts';
import { revokeRoleSessions } from '../../../content/playbooks/aws/iam/revoke-role-sessions.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import { account, all, as, detectionOf, documents, type Organisation, type Scenario } from './scenario-under-test.ts';

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
    meddle: null,
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
];
