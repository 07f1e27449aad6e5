import { removeInstanceRole } from '../../../content/playbooks/aws/ec2/remove-instance-role.ts';
import { forbidRootSessions } from '../../../content/playbooks/aws/iam/forbid-root-sessions.ts';
import { removeOidcClient } from '../../../content/playbooks/aws/iam/remove-oidc-client.ts';
import { removeOidcProvider } from '../../../content/playbooks/aws/iam/remove-oidc-provider.ts';
import { removeRootCredentials } from '../../../content/playbooks/aws/iam/remove-root-credentials.ts';
import { removeSamlProvider } from '../../../content/playbooks/aws/iam/remove-saml-provider.ts';
import { requireSecondFactor } from '../../../content/playbooks/aws/iam/require-second-factor.ts';
import { strengthenPasswordPolicy } from '../../../content/playbooks/aws/iam/strengthen-password-policy.ts';
import { removePermission } from '../../../content/playbooks/aws/lambda/remove-permission.ts';
import { requireSignIn } from '../../../content/playbooks/aws/lambda/require-sign-in.ts';
import { stopFunction } from '../../../content/playbooks/aws/lambda/stop-function.ts';
import { disableProfile } from '../../../content/playbooks/aws/rolesanywhere/disable-profile.ts';
import { disableTrustAnchor } from '../../../content/playbooks/aws/rolesanywhere/disable-trust-anchor.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import {
  account,
  all,
  as,
  becomes,
  complianceFinding,
  detectionOf,
  documents,
  management,
  nothingToUndo,
  type Organisation,
  part,
  type Scenario,
  twoStates,
} from './scenario-under-test.ts';

const url = 'https://login.example.net/abc';
const oidcArn = `arn:aws:iam::${account}:oidc-provider/login.example.net/abc`;
const oidc = { Url: url, ClientIDList: ['sts.amazonaws.com'], ThumbprintList: ['0'.repeat(40)], Tags: [{ Key: 'team', Value: 'web' }] };
/** What of a provider is given back; when it was made is its own. */
const provider: Scenario['view'] = ({ range }) => {
  const { created: _, ...rest } = range.state.accounts[account]?.oidcProviders[oidcArn] ?? { created: 0 };
  return rest as unknown as Json;
};
const saml: Scenario['view'] = (organisation) => {
  const { CreateDate: _, ...rest } = documents(organisation, 'iam/saml-provider/global')['login'] ?? {};
  return rest;
};
const metadata = '<EntityDescriptor entityID="https://login.example.net/"/>';

const anchors = (organisation: Organisation): Json => Object.values(documents(organisation, 'rolesanywhere/trust-anchor/us-east-1'));
const profiles = (organisation: Organisation): Json => Object.values(documents(organisation, 'rolesanywhere/profile/us-east-1'));

const app = { FunctionName: 'app' };
const makeApp = as('root', 'lambda:CreateFunction', { ...app, Role: `arn:aws:iam::${account}:role/web-server` });
const partner = { ...app, StatementId: 'partner', Action: 'lambda:InvokeFunction', Principal: '999988887777' };
const functionArn = `arn:aws:lambda:us-east-1:${account}:function:app`;

const features = (organisation: Organisation): Json => documents(organisation, 'iam/organizations-features/global')['features'] ?? null;
/** Root of the account as IAM sums it up, and whether it has a password. */
const rootCredentials = (organisation: Organisation): Json => {
  const { rootKeys, rootMfa } = organisation.range.state.accounts[account] ?? {};
  return [rootKeys ?? 0, rootMfa ?? false, documents(organisation, 'root-task/root/global', management)[account]?.['password'] ?? true];
};
const passwords: Scenario['view'] = ({ range }) => range.state.accounts[account]?.passwordPolicy ?? null;

/** The first instance, which has lost its role, and a profile that an attacker gives it. */
const machine = ({ range }: Organisation): string =>
  Object.keys(range.state.accounts[account]?.regions['us-east-1']?.instances ?? {})[0] ?? '';
const profileArn = ({ range }: Organisation): string => Object.values(range.state.accounts[account]?.instanceProfiles ?? {})[0]?.arn ?? '';
const withoutRole = (organisation: Organisation): void => {
  const { IamInstanceProfileAssociations: found } = organisation.root.call('ec2:DescribeIamInstanceProfileAssociations', {
    Filters: [{ Name: 'instance-id', Values: [machine(organisation)] }],
  });
  for (const { AssociationId = '' } of found as readonly JsonObject[])
    organisation.root.call('ec2:DisassociateIamInstanceProfile', { AssociationId });
};

export const persistenceScenarios: readonly Scenario[] = [
  {
    name: 'removes an identity provider that somebody made',
    playbook: removeOidcProvider,
    rule: 'aws.iam.oidc-provider-created',
    attack: as('mallory', 'iam:CreateOpenIDConnectProvider', oidc),
    view: provider,
    meddle: as('root', 'iam:CreateOpenIDConnectProvider', { ...oidc, ClientIDList: ['another'] }),
    does: ['iam:DeleteOpenIDConnectProvider'],
    undoes: ['iam:DeleteOpenIDConnectProvider', 'iam:CreateOpenIDConnectProvider'],
  },
  {
    name: 'takes a client out of an identity provider',
    playbook: removeOidcClient,
    rule: 'aws.iam.identity-provider-widened',
    prepare: as('root', 'iam:CreateOpenIDConnectProvider', oidc),
    attack: as('mallory', 'iam:AddClientIDToOpenIDConnectProvider', { OpenIDConnectProviderArn: oidcArn, ClientID: 'evil' }),
    view: provider,
    meddle: twoStates,
    does: ['iam:RemoveClientIDFromOpenIDConnectProvider'],
    undoes: ['iam:AddClientIDToOpenIDConnectProvider'],
  },
  {
    name: 'removes a SAML provider that somebody made',
    playbook: removeSamlProvider,
    rule: 'aws.iam.saml-provider-changed',
    attack: as('mallory', 'iam:CreateSAMLProvider', { Name: 'login', SAMLMetadataDocument: metadata, Tags: [] }),
    view: saml,
    meddle: as('root', 'iam:CreateSAMLProvider', { Name: 'login', SAMLMetadataDocument: '<EntityDescriptor/>', Tags: [] }),
    does: ['iam:DeleteSAMLProvider'],
    undoes: ['iam:DeleteSAMLProvider', 'iam:CreateSAMLProvider'],
    refused: {
      when: as('root', 'iam:DeleteSAMLProvider', { SAMLProviderArn: `arn:aws:iam::${account}:saml-provider/login` }),
      says: /is gone/,
    },
  },
  {
    name: 'disables a trust anchor',
    playbook: disableTrustAnchor,
    rule: 'aws.rolesanywhere.trust-anchor-created',
    attack: as('mallory', 'rolesanywhere:CreateTrustAnchor', { name: 'servers', enabled: true }),
    view: anchors,
    meddle: twoStates,
    does: ['rolesanywhere:DisableTrustAnchor'],
    undoes: ['rolesanywhere:EnableTrustAnchor'],
  },
  {
    name: 'disables a profile of Roles Anywhere',
    playbook: disableProfile,
    rule: 'aws.rolesanywhere.profile-created',
    attack: as('mallory', 'rolesanywhere:CreateProfile', { name: 'servers', enabled: true }),
    view: profiles,
    meddle: twoStates,
    does: ['rolesanywhere:DisableProfile'],
    undoes: ['rolesanywhere:EnableProfile'],
  },
  {
    name: 'takes a permission off a function',
    playbook: removePermission,
    rule: 'aws.lambda.function-opened-to-foreign-account',
    prepare: all(makeApp, as('root', 'lambda:AddPermission', { ...partner, StatementId: 'own', Principal: 'events.amazonaws.com' })),
    attack: as('mallory', 'lambda:AddPermission', { ...partner, SourceArn: 'arn:aws:iam::999988887777:role/vendor' }),
    view: part('lambda/function', 'app', 'statements'),
    meddle: as('root', 'lambda:AddPermission', { ...partner, Principal: account }),
    does: ['lambda:RemovePermission'],
    undoes: ['lambda:RemovePermission', 'lambda:AddPermission'],
    refused: {
      when: becomes('lambda/function', 'app', ({ statements }) => ({
        statements: (statements as readonly JsonObject[]).map((one) => ({
          ...one,
          Condition: { Bool: { 'aws:SecureTransport': 'true' } },
        })),
      })),
      says: /says more than a permission can be added with/,
    },
  },
  {
    name: 'lets the URL of a function ask who calls',
    playbook: requireSignIn,
    rule: 'aws.lambda.function-url-without-sign-in',
    prepare: makeApp,
    attack: as('mallory', 'lambda:CreateFunctionUrlConfig', { ...app, AuthType: 'NONE' }),
    view: part('lambda/function', 'app', 'AuthType'),
    meddle: twoStates,
    does: ['lambda:UpdateFunctionUrlConfig'],
    undoes: ['lambda:UpdateFunctionUrlConfig'],
  },
  {
    name: 'lets a function run no more whose credentials were taken',
    playbook: stopFunction,
    prepare: makeApp,
    attack: as('root', 'lambda:PutFunctionConcurrency', { ...app, ReservedConcurrentExecutions: 7 }),
    finding: (organisation) =>
      detectionOf(
        'aws.lambda.function-credentials-used-elsewhere',
        [{ operation: 'ListBuckets', resource: { uid: functionArn, type: 'AWS::Lambda::Function', name: functionArn } }],
        organisation.range.now(),
      ),
    view: part('lambda/function', 'app', 'ReservedConcurrentExecutions'),
    meddle: as('root', 'lambda:PutFunctionConcurrency', { ...app, ReservedConcurrentExecutions: 3 }),
    does: ['lambda:PutFunctionConcurrency'],
    undoes: ['lambda:PutFunctionConcurrency'],
    refused: {
      when: as('root', 'lambda:PutProvisionedConcurrencyConfig', { ...app, Qualifier: 'live', ProvisionedConcurrentExecutions: 5 }),
      says: /has provisioned concurrency/,
    },
  },
  {
    name: 'takes a role away that somebody gave to an instance',
    playbook: removeInstanceRole,
    rule: 'aws.ec2.instance-role-replaced',
    prepare: withoutRole,
    attack: (organisation) =>
      void organisation.mallory.call('ec2:AssociateIamInstanceProfile', {
        InstanceId: machine(organisation),
        IamInstanceProfile: { Arn: profileArn(organisation) },
      }),
    view: ({ range }, target) =>
      range.state.accounts[account]?.regions['us-east-1']?.instances[String(target.params['instanceId'])]?.['IamInstanceProfile'] ?? null,
    meddle: twoStates,
    does: ['ec2:DisassociateIamInstanceProfile'],
    undoes: ['ec2:AssociateIamInstanceProfile'],
  },
  {
    name: 'asks for long passwords again',
    playbook: strengthenPasswordPolicy,
    rule: 'aws.iam.password-policy-weakened',
    attack: as('mallory', 'iam:UpdateAccountPasswordPolicy', { MinimumPasswordLength: 8, RequireNumbers: true, MaxPasswordAge: 90 }),
    view: passwords,
    meddle: as('root', 'iam:UpdateAccountPasswordPolicy', { MinimumPasswordLength: 10 }),
    does: ['iam:UpdateAccountPasswordPolicy'],
    undoes: ['iam:UpdateAccountPasswordPolicy'],
  },
  {
    name: 'asks for long passwords where there was no policy',
    playbook: strengthenPasswordPolicy,
    rule: 'aws.iam.password-policy-weakened',
    attack: as('mallory', 'iam:DeleteAccountPasswordPolicy', {}),
    view: passwords,
    meddle: as('root', 'iam:UpdateAccountPasswordPolicy', { MinimumPasswordLength: 10 }),
    does: ['iam:UpdateAccountPasswordPolicy'],
    undoes: ['iam:DeleteAccountPasswordPolicy'],
  },
  {
    name: 'switches central access to roots off',
    playbook: forbidRootSessions,
    rule: 'aws.iam.root-sessions-allowed',
    attack: as('mallory', 'iam:EnableOrganizationsRootSessions', {}),
    view: features,
    meddle: twoStates,
    does: ['iam:DisableOrganizationsRootSessions'],
    undoes: ['iam:EnableOrganizationsRootSessions'],
  },
  {
    name: 'removes what root of a member account signs in and signs with',
    playbook: removeRootCredentials,
    prepare: ({ manager }) => void manager.call('iam:EnableOrganizationsRootCredentialsManagement', {}),
    attack: ({ range }) => void Object.assign(range.state.accounts[account] ?? {}, { rootKeys: 2 }),
    finding: () =>
      complianceFinding('aws.iam.root-has-no-access-keys', {
        uid: `arn:aws:iam::${account}:root`,
        type: 'AWS::::Account',
        name: account,
      }),
    around: { management, root: null, atRoot: [] },
    view: rootCredentials,
    meddle: nothingToUndo,
    does: ['root-task:DeleteLoginProfile', 'root-task:DeleteAccessKey', 'root-task:DeleteAccessKey', 'root-task:DeactivateMFADevice'],
    undoes: [],
    refused: {
      when: ({ manager }) => void manager.call('iam:DisableOrganizationsRootCredentialsManagement', {}),
      says: /does not manage credentials of roots centrally/,
    },
  },
  {
    name: 'asks a user for a second factor',
    playbook: requireSecondFactor,
    attack: as('root', 'iam:CreateUser', { UserName: 'carol' }),
    finding: () =>
      complianceFinding('aws.iam.console-users-have-mfa', {
        uid: `arn:aws:iam::${account}:user/carol`,
        type: 'AWS::IAM::User',
        name: 'carol',
      }),
    view: ({ range }) => range.state.accounts[account]?.users['carol']?.inline ?? null,
    meddle: as('root', 'iam:PutUserPolicy', {
      UserName: 'carol',
      PolicyName: 'jobzero-require-second-factor',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 's3:*', Resource: '*' }] }),
    }),
    does: ['iam:PutUserPolicy'],
    undoes: ['iam:DeleteUserPolicy'],
    refused: {
      when: as('root', 'iam:PutUserPolicy', {
        UserName: 'carol',
        PolicyName: 'long',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: `s3:${'x'.repeat(1900)}`, Resource: '*' }],
        }),
      }),
      says: /leave no room for \d+ of 2048 characters/,
    },
  },
];
