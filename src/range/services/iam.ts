import type { Json, JsonObject } from '../../core/model/json.ts';
import { simulatedDecision } from '../authorize.ts';
import { PolicySyntaxError, parsePolicy } from '../evaluate-policy.ts';
import { managedPolicyArn, managedPolicyDocument, managedPolicyNames } from '../managed-policies.ts';
import {
  fault,
  iso,
  lowerKeys,
  type Operation,
  type OperationContext,
  type OperationTable,
  objects,
  optionalText,
  responseWithDates,
  tagList,
  tagsOf,
  text,
  texts,
} from '../operation.ts';
import type { AccountState, GroupState, KeyState, ManagedPolicyState, PolicyVersionState, RoleState, UserState } from '../state.ts';
import { credentialReport } from './credential-report.ts';

type Context = OperationContext;

/** What an update says nothing of is set back to this: https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html */
const passwordDefaults: JsonObject = {
  MinimumPasswordLength: 6,
  RequireSymbols: false,
  RequireNumbers: false,
  RequireUppercaseCharacters: false,
  RequireLowercaseCharacters: false,
  AllowUsersToChangePassword: false,
};

/** `iam:` operations: users, keys, roles, policies and the account's reports. */
export const iam: OperationTable = {
  'iam:ListUsers': read('ListUsers', ({ account }) => ({ Users: Object.values(account.users).map(userOutput), IsTruncated: false })),
  'iam:GetUser': read(
    'GetUser',
    (context) => {
      const user = ownUser(context);
      return { User: { ...userOutput(user), ...boundaryOutput(user), Tags: tagList(user.tags) } };
    },
    onOwnUser,
  ),
  'iam:CreateUser': write('CreateUser', onUserName, (context) => {
    const name = text(context, 'UserName');
    if (context.account.users[name] !== undefined) throw fault(context, 'EntityAlreadyExists', `User with name ${name} already exists.`);
    const path = optionalText(context, 'Path') ?? '/';
    const user: UserState = {
      name,
      path,
      id: context.dice.id('AIDA'),
      arn: `arn:aws:iam::${context.account.id}:user${path}${name}`,
      created: context.now,
      keys: {},
      inline: {},
      attached: [],
      groups: [],
      mfa: [],
      loginProfile: null,
      passwordLastUsed: null,
      tags: tagsOf(context.input['Tags']),
    };
    context.account.users[name] = user;
    return { User: userOutput(user) };
  }),
  'iam:DeleteUser': write('DeleteUser', onUser, (context) => {
    const user = userOf(context);
    if (Object.keys(user.keys).length + Object.keys(user.inline).length + user.attached.length > 0 || user.loginProfile !== null) {
      throw fault(context, 'DeleteConflict', 'Cannot delete entity, must delete policies, access keys and login profile first.');
    }
    delete context.account.users[user.name];
    return {};
  }),

  'iam:ListUserTags': read('ListUserTags', (context) => ({ Tags: tagList(userOf(context).tags), IsTruncated: false }), onUser),
  'iam:ListRoleTags': read('ListRoleTags', (context) => ({ Tags: tagList(roleOf(context).tags), IsTruncated: false }), onRole),
  'iam:ListVirtualMFADevices': read('ListVirtualMFADevices', ({ account }) => ({
    VirtualMFADevices: Object.values(account.users).flatMap((user) =>
      user.mfa.map((SerialNumber) => ({ SerialNumber, User: userOutput(user), EnableDate: iso(user.created) })),
    ),
    IsTruncated: false,
  })),

  'iam:ListAccessKeys': read(
    'ListAccessKeys',
    (context) => {
      const user = ownUser(context);
      return {
        AccessKeyMetadata: Object.values(user.keys).map((key) => ({
          UserName: user.name,
          AccessKeyId: key.id,
          Status: key.status,
          CreateDate: iso(key.created),
        })),
        IsTruncated: false,
      };
    },
    onOwnUser,
  ),
  'iam:GetAccessKeyLastUsed': read('GetAccessKeyLastUsed', (context) => {
    const id = text(context, 'AccessKeyId');
    for (const user of Object.values(context.account.users)) {
      const key = user.keys[id];
      if (key === undefined) continue;
      return {
        UserName: user.name,
        AccessKeyLastUsed:
          key.lastUsed === null
            ? { Region: 'N/A', ServiceName: 'N/A' }
            : { LastUsedDate: iso(key.lastUsed.at), Region: key.lastUsed.region, ServiceName: key.lastUsed.service },
      };
    }
    throw fault(context, 'AccessDenied', `User: ${context.caller.arn} is not authorized to perform: iam:GetAccessKeyLastUsed`);
  }),
  'iam:CreateAccessKey': write('CreateAccessKey', onOwnUser, (context) => {
    const user = ownUser(context);
    if (Object.keys(user.keys).length >= 2) throw fault(context, 'LimitExceeded', 'Cannot exceed quota for AccessKeysPerUser: 2');
    const key: KeyState = { id: context.dice.id('AKIA', 16), created: context.now, status: 'Active', lastUsed: null };
    user.keys[key.id] = key;
    return {
      AccessKey: {
        UserName: user.name,
        AccessKeyId: key.id,
        Status: key.status,
        SecretAccessKey: context.dice.mixed(40),
        CreateDate: iso(key.created),
      },
    };
  }),
  'iam:UpdateAccessKey': write('UpdateAccessKey', onOwnUser, (context) => {
    const key = keyOf(context);
    const status = text(context, 'Status');
    if (status !== 'Active' && status !== 'Inactive') throw fault(context, 'ValidationError', 'Status must be Active or Inactive.');
    key.status = status;
    return {};
  }),
  'iam:DeleteAccessKey': write('DeleteAccessKey', onOwnUser, (context) => {
    delete ownUser(context).keys[keyOf(context).id];
    return {};
  }),
  'iam:ListMFADevices': read(
    'ListMFADevices',
    (context) => {
      const user = ownUser(context);
      return {
        MFADevices: user.mfa.map((serial) => ({ UserName: user.name, SerialNumber: serial, EnableDate: iso(user.created) })),
        IsTruncated: false,
      };
    },
    onOwnUser,
  ),
  'iam:GetLoginProfile': read(
    'GetLoginProfile',
    (context) => {
      const user = ownUser(context);
      if (user.loginProfile === null) throw fault(context, 'NoSuchEntity', `Login Profile for User ${user.name} cannot be found.`);
      return { LoginProfile: loginProfileOutput(user.name, user.loginProfile) };
    },
    onOwnUser,
  ),
  'iam:CreateLoginProfile': write('CreateLoginProfile', onUser, (context) => {
    const user = userOf(context);
    if (user.loginProfile !== null) throw fault(context, 'EntityAlreadyExists', `Login Profile for user ${user.name} already exists.`);
    user.loginProfile = { created: context.now, resetRequired: context.input['PasswordResetRequired'] === true };
    return { LoginProfile: loginProfileOutput(user.name, user.loginProfile) };
  }),
  'iam:DeleteLoginProfile': write('DeleteLoginProfile', onUser, (context) => {
    const user = userOf(context);
    if (user.loginProfile === null) throw fault(context, 'NoSuchEntity', `Login Profile for User ${user.name} cannot be found.`);
    user.loginProfile = null;
    return {};
  }),

  ...inlinePolicies('User', userOf, onUser),
  ...inlinePolicies('Role', roleOf, onRole),
  ...inlinePolicies('Group', groupOf, onGroup),
  'iam:ListGroupsForUser': read(
    'ListGroupsForUser',
    (context) => ({
      Groups: userOf(context).groups.flatMap((name) => {
        const group = context.account.groups[name];
        return group === undefined ? [] : [groupOutput(group)];
      }),
      IsTruncated: false,
    }),
    onUser,
  ),
  'iam:ListGroups': read('ListGroups', ({ account }) => ({ Groups: Object.values(account.groups).map(groupOutput), IsTruncated: false })),

  'iam:ListRoles': read('ListRoles', ({ account }) => ({ Roles: Object.values(account.roles).map(roleOutput), IsTruncated: false })),
  'iam:GetRole': read(
    'GetRole',
    (context) => {
      const role = roleOf(context);
      return {
        Role: { ...roleOutput(role), ...boundaryOutput(role), Tags: tagList(role.tags), RoleLastUsed: roleLastUsed(role) },
      };
    },
    onRole,
  ),
  'iam:SimulatePrincipalPolicy': read('SimulatePrincipalPolicy', (context) => {
    const source = text(context, 'PolicySourceArn');
    const role = Object.values(context.account.roles).find(({ arn }) => arn === source);
    if (role === undefined) throw fault(context, 'NoSuchEntity', `${source} does not exist.`);
    const resources = texts(context, 'ResourceArns');
    const entries = objects(context.input['ContextEntries']);
    const given = Object.fromEntries(
      entries.map((one) => [String(one['ContextKeyName']).toLowerCase(), [one['ContextKeyValues']].flat().map(String).join()]),
    );
    // Of the keys that policies here ask for.
    const missing = (action: string) =>
      action === 'sts:AssumeRoot' && given['sts:taskpolicyarn'] === undefined ? ['sts:TaskPolicyArn'] : [];
    const EvaluationResults = texts(context, 'ActionNames').map((EvalActionName) => {
      const told = (resources.length === 0 ? ['*'] : resources).map((name) => ({
        name,
        ...simulatedDecision(context.state, context.account, role, EvalActionName, name, given),
      }));
      const each = told.map(({ name: EvalResourceName, decision }) => ({
        EvalResourceName,
        EvalResourceDecision: decision,
        MissingContextValues: missing(EvalActionName),
      }));
      const worst = each.find(({ EvalResourceDecision }) => EvalResourceDecision !== 'allowed') ?? each[0];
      return {
        EvalActionName,
        EvalResourceName: each.length === 1 ? (each[0]?.EvalResourceName ?? '*') : '*',
        EvalDecision: worst?.EvalResourceDecision ?? 'implicitDeny',
        OrganizationsDecisionDetail: { AllowedByOrganizations: !told.some(({ byOrganization }) => byOrganization) },
        MissingContextValues: missing(EvalActionName),
        ResourceSpecificResults: each,
      };
    });
    return { EvaluationResults, IsTruncated: false };
  }),
  'iam:CreateRole': write('CreateRole', onRole, (context) => {
    const name = text(context, 'RoleName');
    if (context.account.roles[name] !== undefined) throw fault(context, 'EntityAlreadyExists', `Role with name ${name} already exists.`);
    const path = optionalText(context, 'Path') ?? '/';
    const role: RoleState = {
      name,
      path,
      id: context.dice.id('AROA'),
      arn: `arn:aws:iam::${context.account.id}:role${path}${name}`,
      created: context.now,
      description: optionalText(context, 'Description') ?? '',
      maxSession: 3600,
      trust: policyText(context, 'AssumeRolePolicyDocument'),
      inline: {},
      attached: [],
      lastUsed: null,
      tags: tagsOf(context.input['Tags']),
    };
    context.account.roles[name] = role;
    return { Role: roleOutput(role) };
  }),
  'iam:UpdateAssumeRolePolicy': write('UpdateAssumeRolePolicy', onRole, (context) => {
    const role = editableRole(context);
    role.trust = policyText(context, 'PolicyDocument');
    return {};
  }),
  'iam:DeleteRole': write('DeleteRole', onRole, (context) => {
    const role = editableRole(context);
    if (Object.keys(role.inline).length + role.attached.length > 0) {
      throw fault(context, 'DeleteConflict', 'Cannot delete entity, must detach all policies first.');
    }
    delete context.account.roles[role.name];
    return {};
  }),
  'iam:ListInstanceProfiles': read('ListInstanceProfiles', ({ account }) => ({
    InstanceProfiles: Object.keys(account.instanceProfiles).map((name) => instanceProfileOutput(account, name)),
    IsTruncated: false,
  })),

  'iam:ListPolicies': read('ListPolicies', ({ account, input }) => ({
    Policies: [
      ...Object.values(account.policies).map(ownPolicyOutput),
      ...(input['Scope'] === 'Local' ? [] : managedPolicyNames().map((name) => awsPolicyOutput(name))),
    ],
    IsTruncated: false,
  })),
  'iam:GetPolicy': read(
    'GetPolicy',
    (context) => {
      const arn = text(context, 'PolicyArn');
      const own = context.account.policies[arn];
      if (own !== undefined) return { Policy: ownPolicyOutput(own) };
      policyDocument(context, arn);
      return { Policy: awsPolicyOutput(arn.slice(arn.lastIndexOf('/') + 1)) };
    },
    onPolicy,
  ),
  'iam:GetPolicyVersion': read(
    'GetPolicyVersion',
    (context) => {
      const own = context.account.policies[text(context, 'PolicyArn')];
      if (own === undefined) {
        const Document = policyDocument(context, text(context, 'PolicyArn'));
        const CreateDate = iso(context.state.start - 3 * 365 * 86_400_000);
        return { PolicyVersion: { VersionId: 'v1', IsDefaultVersion: true, Document, CreateDate } };
      }
      const id = text(context, 'VersionId');
      const version = versionsOf(own).all[id];
      if (version === undefined) throw fault(context, 'NoSuchEntity', `Policy ${own.arn} version ${id} does not exist.`);
      return { PolicyVersion: { ...versionOutput(own, id, version), Document: version.document } };
    },
    onPolicy,
  ),

  'iam:GetAccountSummary': read('GetAccountSummary', ({ account }) => ({
    SummaryMap: {
      Users: Object.keys(account.users).length,
      Groups: Object.keys(account.groups).length,
      Roles: Object.keys(account.roles).length,
      Policies: Object.keys(account.policies).length,
      InstanceProfiles: Object.keys(account.instanceProfiles).length,
      MFADevices: Object.values(account.users).reduce((sum, user) => sum + user.mfa.length, account.rootMfa ? 1 : 0),
      MFADevicesInUse: Object.values(account.users).reduce((sum, user) => sum + user.mfa.length, account.rootMfa ? 1 : 0),
      AccountMFAEnabled: account.rootMfa ? 1 : 0,
      AccountAccessKeysPresent: account.rootKeys,
      AccountPasswordPresent: 1,
      AccountSigningCertificatesPresent: 0,
      AccessKeysPerUserQuota: 2,
      UserPolicySizeQuota: 2048,
      RolePolicySizeQuota: 10_240,
      AttachedPoliciesPerUserQuota: 10,
      AttachedPoliciesPerRoleQuota: 10,
      UsersQuota: 5000,
      RolesQuota: 1000,
    },
  })),
  'iam:GetAccountPasswordPolicy': read('GetAccountPasswordPolicy', (context) => {
    const policy = context.account.passwordPolicy;
    if (policy === null)
      throw fault(context, 'NoSuchEntity', `The Password Policy with domain name ${context.account.id} cannot be found.`);
    return { PasswordPolicy: policy };
  }),
  'iam:UpdateAccountPasswordPolicy': write('UpdateAccountPasswordPolicy', undefined, ({ account, input }) => {
    account.passwordPolicy = { ...passwordDefaults, ExpirePasswords: input['MaxPasswordAge'] !== undefined, ...input };
    return {};
  }),
  'iam:DeleteAccountPasswordPolicy': write('DeleteAccountPasswordPolicy', undefined, (context) => {
    if (context.account.passwordPolicy === null)
      throw fault(context, 'NoSuchEntity', 'The account policy with name PasswordPolicy cannot be found.');
    context.account.passwordPolicy = null;
    return {};
  }),
  'iam:GenerateCredentialReport': {
    ...read('GenerateCredentialReport', (context) => {
      const fresh = context.account.credentialReport !== null && context.now - context.account.credentialReport.at < 4 * 3_600_000;
      if (fresh) return { State: 'COMPLETE' };
      context.account.credentialReport = { at: context.now, text: credentialReport(context.account, context.state.start) };
      return { State: 'STARTED', Description: 'No report exists. Starting a new report generation task' };
    }),
  },
  'iam:GetCredentialReport': read('GetCredentialReport', (context) => {
    const report = context.account.credentialReport;
    if (report === null) throw fault(context, 'ReportNotPresent', 'No report exists.');
    return { Content: report.text, ReportFormat: 'text/csv', GeneratedTime: iso(report.at) };
  }),
  'iam:ListOpenIDConnectProviders': read('ListOpenIDConnectProviders', ({ account }) => ({
    OpenIDConnectProviderList: Object.keys(account.oidcProviders).map((Arn) => ({ Arn })),
  })),
  'iam:GetOpenIDConnectProvider': read(
    'GetOpenIDConnectProvider',
    (context) => {
      const provider = context.account.oidcProviders[text(context, 'OpenIDConnectProviderArn')];
      if (provider === undefined) throw fault(context, 'NoSuchEntity', 'OpenIDConnect Provider not found.');
      return {
        Url: provider.url,
        ClientIDList: provider.clientIds,
        ThumbprintList: provider.thumbprints,
        CreateDate: iso(provider.created),
        Tags: tagList(provider.tags ?? {}),
      };
    },
    onProvider,
  ),
  'iam:ListSAMLProviders': read('ListSAMLProviders', ({ account }) => ({
    SAMLProviderList: [
      { Arn: `arn:aws:iam::${account.id}:saml-provider/AWSSSO_example_DO_NOT_DELETE`, CreateDate: iso(1_650_000_000_000) },
    ],
  })),
  'iam:ListAccountAliases': read('ListAccountAliases', ({ account }) => ({
    AccountAliases: [`example-${account.name}`],
    IsTruncated: false,
  })),
  'iam:GetAccountAuthorizationDetails': read('GetAccountAuthorizationDetails', authorizationDetails),
};

export function read(event: string, run: Operation['run'], on?: Operation['on']): Operation {
  return { source: 'iam.amazonaws.com', event, readOnly: true, global: true, run, ...(on === undefined ? {} : { on }) };
}

export function write(event: string, on: Operation['on'], run: Operation['run']): Operation {
  return {
    source: 'iam.amazonaws.com',
    event,
    readOnly: false,
    global: true,
    run,
    request: ({ input }) => {
      const { Password: _password, ...rest } = input;
      return lowerKeys(rest);
    },
    response: (output) => (Object.keys(output).length === 0 ? null : responseWithDates(withoutTrust(output))),
    ...(on === undefined ? {} : { on }),
  };
}

/** CloudTrail keeps a new role's trust policy URL-encoded in the response; the port gives it decoded. */
function withoutTrust(output: JsonObject): JsonObject {
  const role = output['Role'];
  if (typeof role !== 'object' || role === null || Array.isArray(role)) return output;
  const trust = (role as JsonObject)['AssumeRolePolicyDocument'];
  return {
    ...output,
    Role: { ...(role as JsonObject), AssumeRolePolicyDocument: typeof trust === 'string' ? encodeURIComponent(trust) : null },
  };
}

type Bearer = UserState | RoleState | GroupState;

/** The six operations on inline and attached policies, which differ only in whom they are about. */
function inlinePolicies(
  kind: 'User' | 'Role' | 'Group',
  bearer: (context: Context) => Bearer,
  on: (context: Context) => readonly string[],
): OperationTable {
  const name = `${kind}Name`;
  const quota = kind === 'User' ? 2048 : kind === 'Role' ? 10_240 : 5120;
  const stored = (context: Context) => {
    const of = bearer(context);
    const policy = text(context, 'PolicyName');
    const document = of.inline[policy];
    if (document === undefined)
      throw fault(context, 'NoSuchEntity', `The ${kind.toLowerCase()} policy with name ${policy} cannot be found.`);
    return { of, policy, document };
  };
  const change = (context: Context): Bearer => {
    const of = bearer(context);
    if (isProtected(of)) throw protectedFault(context, of.name);
    return of;
  };
  return {
    [`iam:List${kind}Policies`]: read(
      `List${kind}Policies`,
      (context) => ({ PolicyNames: Object.keys(bearer(context).inline), IsTruncated: false }),
      on,
    ),
    [`iam:Get${kind}Policy`]: read(
      `Get${kind}Policy`,
      (context) => {
        const { of, policy, document } = stored(context);
        return { [name]: of.name, PolicyName: policy, PolicyDocument: document };
      },
      on,
    ),
    [`iam:Put${kind}Policy`]: write(`Put${kind}Policy`, on, (context) => {
      const of = change(context);
      const policy = text(context, 'PolicyName');
      const document = policyText(context, 'PolicyDocument');
      // The quota counts all inline policies of the bearer together, without white space.
      const size = Object.entries({ ...of.inline, [policy]: document }).reduce((sum, [, each]) => sum + each.replace(/\s/g, '').length, 0);
      if (size > quota)
        throw fault(context, 'LimitExceeded', `Maximum policy size of ${quota} bytes exceeded for ${kind.toLowerCase()} ${of.name}`);
      of.inline[policy] = document;
      return {};
    }),
    [`iam:Delete${kind}Policy`]: write(`Delete${kind}Policy`, on, (context) => {
      change(context);
      const { of, policy } = stored(context);
      delete of.inline[policy];
      return {};
    }),
    [`iam:ListAttached${kind}Policies`]: read(
      `ListAttached${kind}Policies`,
      (context) => ({ AttachedPolicies: bearer(context).attached.map(attachedOutput), IsTruncated: false }),
      on,
    ),
    [`iam:Attach${kind}Policy`]: write(`Attach${kind}Policy`, on, (context) => {
      const of = change(context);
      const arn = text(context, 'PolicyArn');
      policyDocument(context, arn);
      if (!of.attached.includes(arn)) {
        if (of.attached.length >= 10) throw fault(context, 'LimitExceeded', `Cannot exceed quota for PoliciesPer${kind}: 10`);
        of.attached = [...of.attached, arn];
      }
      return {};
    }),
    [`iam:Detach${kind}Policy`]: write(`Detach${kind}Policy`, on, (context) => {
      const of = change(context);
      const arn = text(context, 'PolicyArn');
      if (!of.attached.includes(arn)) throw fault(context, 'NoSuchEntity', `Policy ${arn} was not found.`);
      of.attached = of.attached.filter((each) => each !== arn);
      return {};
    }),
  };
}

export function userOf(context: Context): UserState {
  const name = text(context, 'UserName');
  const user = context.account.users[name];
  if (user === undefined) throw fault(context, 'NoSuchEntity', `The user with name ${name} cannot be found.`);
  return user;
}

/** The named user, or the caller where no name is given. */
function ownUser(context: Context): UserState {
  if (optionalText(context, 'UserName') !== null) return userOf(context);
  const user = context.caller.userName === null ? undefined : context.account.users[context.caller.userName];
  if (user === undefined) throw fault(context, 'ValidationError', 'Must specify userName when calling with non-User credentials');
  return user;
}

function keyOf(context: Context): KeyState {
  const id = text(context, 'AccessKeyId');
  const key = ownUser(context).keys[id];
  if (key === undefined) throw fault(context, 'NoSuchEntity', `The Access Key with id ${id} cannot be found.`);
  return key;
}

export function roleOf(context: Context): RoleState {
  const name = text(context, 'RoleName');
  const role = context.account.roles[name];
  if (role === undefined) throw fault(context, 'NoSuchEntity', `The role with name ${name} cannot be found.`);
  return role;
}

export function groupOf(context: Context): GroupState {
  const name = text(context, 'GroupName');
  const group = context.account.groups[name];
  if (group === undefined) throw fault(context, 'NoSuchEntity', `The group with name ${name} cannot be found.`);
  return group;
}

/** Roles of Identity Center and service-linked roles can be changed only by the service that made them. */
function isProtected(of: Bearer): boolean {
  return of.path.startsWith('/aws-reserved/') || of.path.startsWith('/aws-service-role/');
}

export function editableRole(context: Context): RoleState {
  const role = roleOf(context);
  if (isProtected(role)) throw protectedFault(context, role.name);
  return role;
}

function protectedFault(context: Context, name: string): Error {
  return fault(
    context,
    'UnmodifiableEntity',
    `Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS`,
  );
}

function onUserName(context: Context): readonly string[] {
  return [`arn:aws:iam::${context.account.id}:user${optionalText(context, 'Path') ?? '/'}${text(context, 'UserName')}`];
}

export function onUser(context: Context): readonly string[] {
  return [context.account.users[text(context, 'UserName')]?.arn ?? `arn:aws:iam::${context.account.id}:user/${text(context, 'UserName')}`];
}

function onOwnUser(context: Context): readonly string[] {
  const name = optionalText(context, 'UserName') ?? context.caller.userName;
  return name === null ? ['*'] : [context.account.users[name]?.arn ?? `arn:aws:iam::${context.account.id}:user/${name}`];
}

export function onRole(context: Context): readonly string[] {
  const name = text(context, 'RoleName');
  return [context.account.roles[name]?.arn ?? `arn:aws:iam::${context.account.id}:role${optionalText(context, 'Path') ?? '/'}${name}`];
}

export function onPolicy(context: Context): readonly string[] {
  return [text(context, 'PolicyArn')];
}

function onProvider(context: Context): readonly string[] {
  return [text(context, 'OpenIDConnectProviderArn')];
}

export function onGroup(context: Context): readonly string[] {
  return [`arn:aws:iam::${context.account.id}:group/${text(context, 'GroupName')}`];
}

/** A policy of the input, checked as IAM checks it, kept as it was sent. */
export function policyText(context: Context, name: string): string {
  const document = text(context, name);
  try {
    parsePolicy(document);
  } catch (error) {
    if (!(error instanceof PolicySyntaxError)) throw error;
    throw fault(context, 'MalformedPolicyDocument', error.message);
  }
  return document;
}

function policyDocument(context: Context, arn: string): string {
  const document = context.account.policies[arn]?.document ?? managedPolicyDocument(arn);
  if (document === null) throw fault(context, 'NoSuchEntity', `Policy ${arn} does not exist or is not attachable.`);
  return document;
}

function attachedOutput(arn: string): JsonObject {
  return { PolicyName: arn.slice(arn.lastIndexOf('/') + 1), PolicyArn: arn };
}

function userOutput(user: UserState): JsonObject {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: user.arn,
    CreateDate: iso(user.created),
    ...(user.passwordLastUsed === null ? {} : { PasswordLastUsed: iso(user.passwordLastUsed) }),
  };
}

export function groupOutput(group: GroupState): JsonObject {
  return { Path: group.path, GroupName: group.name, GroupId: group.id, Arn: group.arn, CreateDate: iso(group.created) };
}

function roleOutput(role: RoleState): JsonObject {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: iso(role.created),
    AssumeRolePolicyDocument: role.trust,
    Description: role.description,
    MaxSessionDuration: role.maxSession,
  };
}

function roleLastUsed(role: RoleState): JsonObject {
  return role.lastUsed === null ? {} : { LastUsedDate: iso(role.lastUsed.at), Region: role.lastUsed.region };
}

function loginProfileOutput(name: string, profile: NonNullable<UserState['loginProfile']>): JsonObject {
  return { UserName: name, CreateDate: iso(profile.created), PasswordResetRequired: profile.resetRequired };
}

function policyOutput(name: string, arn: string, id: string, path: string, created: number): JsonObject {
  return {
    PolicyName: name,
    PolicyId: id,
    Arn: arn,
    Path: path,
    DefaultVersionId: 'v1',
    AttachmentCount: 1,
    IsAttachable: true,
    CreateDate: iso(created),
    UpdateDate: iso(created),
  };
}

function ownPolicyOutput(policy: ManagedPolicyState): JsonObject {
  const { name, arn, id, path, created } = policy;
  return { ...policyOutput(name, arn, id, path, created), DefaultVersionId: versionsOf(policy).current };
}

/** The versions of a policy of one's own, of which there is one until somebody makes another. */
export function versionsOf({ versions, created, document }: ManagedPolicyState): NonNullable<ManagedPolicyState['versions']> {
  return versions ?? { next: 2, current: 'v1', all: { v1: { created, document } } };
}

export function versionOutput(policy: ManagedPolicyState, id: string, { created }: PolicyVersionState): JsonObject {
  return { VersionId: id, IsDefaultVersion: id === versionsOf(policy).current, CreateDate: iso(created) };
}

function boundaryOutput({ boundary }: { readonly boundary?: string }): JsonObject {
  return boundary === undefined ? {} : { PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: boundary } };
}

function awsPolicyOutput(name: string): JsonObject {
  return policyOutput(
    name,
    managedPolicyArn(name),
    `ANPA${name
      .toUpperCase()
      .replace(/[^A-Z]/g, '')
      .padEnd(17, 'X')
      .slice(0, 17)}`,
    '/',
    1_450_000_000_000,
  );
}

function instanceProfileOutput(account: AccountState, name: string): JsonObject {
  const profile = account.instanceProfiles[name];
  if (profile === undefined) return {};
  return {
    Path: '/',
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.id,
    Arn: profile.arn,
    CreateDate: iso(profile.created),
    Roles: profile.roles.flatMap((role) => {
      const state = account.roles[role];
      return state === undefined ? [] : [roleOutput(state)];
    }),
  };
}

function inlineList(inline: { readonly [name: string]: string }): readonly JsonObject[] {
  return Object.entries(inline).map(([PolicyName, PolicyDocument]) => ({ PolicyName, PolicyDocument }));
}

/** Everything at once, as the inventory reads it. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html */
function authorizationDetails(context: Context): JsonObject {
  const { account } = context;
  const filter = texts(context, 'Filter');
  const wants = (kind: string) => filter.length === 0 || filter.includes(kind);
  const users = Object.values(account.users).map(
    (user): Json => ({
      ...userOutput(user),
      UserPolicyList: inlineList(user.inline),
      GroupList: user.groups,
      AttachedManagedPolicies: user.attached.map(attachedOutput),
      Tags: tagList(user.tags),
    }),
  );
  const roles = Object.values(account.roles).map((role): Json => {
    const { Description: _description, MaxSessionDuration: _duration, ...head } = roleOutput(role);
    return {
      ...head,
      RolePolicyList: inlineList(role.inline),
      AttachedManagedPolicies: role.attached.map(attachedOutput),
      InstanceProfileList: Object.values(account.instanceProfiles)
        .filter((profile) => profile.roles.includes(role.name))
        .map((profile) => instanceProfileOutput(account, profile.name)),
      RoleLastUsed: roleLastUsed(role),
      Tags: tagList(role.tags),
    };
  });
  const groups = Object.values(account.groups).map(
    (group): Json => ({
      ...groupOutput(group),
      GroupPolicyList: inlineList(group.inline),
      AttachedManagedPolicies: group.attached.map(attachedOutput),
    }),
  );
  const bearers: readonly Bearer[] = [...Object.values(account.users), ...Object.values(account.roles), ...Object.values(account.groups)];
  const attached = new Set(bearers.flatMap((bearer) => bearer.attached));
  const version = (document: string, created: number): Json => [
    { VersionId: 'v1', IsDefaultVersion: true, Document: document, CreateDate: iso(created) },
  ];
  const versions = (policy: ManagedPolicyState): Json =>
    Object.entries(versionsOf(policy).all).map(([id, one]) => ({ ...versionOutput(policy, id, one), Document: one.document }));
  const policies: Json[] = [];
  if (wants('LocalManagedPolicy')) {
    for (const policy of Object.values(account.policies)) {
      policies.push({
        ...ownPolicyOutput(policy),
        PolicyVersionList: versions(policy),
      });
    }
  }
  if (wants('AWSManagedPolicy')) {
    for (const name of managedPolicyNames()) {
      const arn = managedPolicyArn(name);
      const document = managedPolicyDocument(arn);
      if (attached.has(arn) && document !== null)
        policies.push({ ...awsPolicyOutput(name), PolicyVersionList: version(document, 1_450_000_000_000) });
    }
  }
  return {
    UserDetailList: wants('User') ? users : [],
    GroupDetailList: wants('Group') ? groups : [],
    RoleDetailList: wants('Role') ? roles : [],
    Policies: policies,
    IsTruncated: false,
  };
}
