import type { JsonObject } from '../../core/model/json.ts';
import { managedPolicyDocument } from '../managed-policies.ts';
import { fault, iso, type Operation, type OperationContext, type OperationTable, optionalText, tagsOf, text, texts } from '../operation.ts';
import { gets, lists, makes, removes, sets, settings } from '../settings.ts';
import type { ManagedPolicyState, OidcProviderState, RoleState, UserState } from '../state.ts';
import {
  editableRole,
  groupOf,
  groupOutput,
  onGroup,
  onPolicy,
  onRole,
  onUser,
  policyText,
  read,
  userOf,
  versionOutput,
  versionsOf,
  write,
} from './iam.ts';

type Context = OperationContext;

/** Membership of groups: https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddUserToGroup.html */
const groups: OperationTable = {
  'iam:CreateGroup': write('CreateGroup', onGroup, (context) => {
    const name = text(context, 'GroupName');
    const path = optionalText(context, 'Path') ?? '/';
    if (context.account.groups[name] !== undefined) throw fault(context, 'EntityAlreadyExists', `Group with name ${name} already exists.`);
    const arn = `arn:aws:iam::${context.account.id}:group${path}${name}`;
    const group = { name, path, id: context.dice.id('AGPA'), arn, created: context.now, inline: {}, attached: [] };
    context.account.groups[name] = group;
    return { Group: groupOutput(group) };
  }),
  'iam:AddUserToGroup': known(
    write('AddUserToGroup', onGroup, (context) => {
      const user = userOf(context);
      const group = groupOf(context);
      if (user.groups.includes(group.name)) return {};
      if (user.groups.length >= 10) throw fault(context, 'LimitExceeded', 'Cannot exceed quota for GroupsPerUser: 10');
      user.groups.push(group.name);
      return {};
    }),
    ({ account, input }) =>
      account.users[nameIn(input, 'UserName')] !== undefined && account.groups[nameIn(input, 'GroupName')] !== undefined,
  ),
  'iam:RemoveUserFromGroup': known(
    write('RemoveUserFromGroup', onGroup, (context) => {
      const user = userOf(context);
      const at = user.groups.indexOf(groupOf(context).name);
      if (at < 0) throw fault(context, 'NoSuchEntity', `User ${user.name} is not in the group ${text(context, 'GroupName')}.`);
      user.groups.splice(at, 1);
      return {};
    }),
    ({ account, input }) =>
      account.users[nameIn(input, 'UserName')] !== undefined && account.groups[nameIn(input, 'GroupName')] !== undefined,
  ),
};

/** Policies of one's own and their versions, five at most: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html */
const policies: OperationTable = {
  'iam:CreatePolicy': write(
    'CreatePolicy',
    (context) => [policyArn(context)],
    (context) => {
      const arn = policyArn(context);
      const name = text(context, 'PolicyName');
      if (context.account.policies[arn] !== undefined)
        throw fault(context, 'EntityAlreadyExists', `A policy called ${name} already exists.`);
      const document = policyText(context, 'PolicyDocument');
      const path = optionalText(context, 'Path') ?? '/';
      context.account.policies[arn] = { arn, name, path, id: context.dice.id('ANPA'), created: context.now, document };
      return { Policy: { PolicyName: name, Arn: arn, Path: path, DefaultVersionId: 'v1', CreateDate: iso(context.now) } };
    },
  ),
  'iam:ListPolicyVersions': read(
    'ListPolicyVersions',
    (context) => {
      const policy = policyOf(context);
      const all = Object.entries(versionsOf(policy).all).toReversed();
      return { Versions: all.map(([id, one]) => versionOutput(policy, id, one)), IsTruncated: false };
    },
    onPolicy,
  ),
  'iam:CreatePolicyVersion': ofPolicy('CreatePolicyVersion', (context, policy) => {
    const { next, current, all } = versionsOf(policy);
    if (Object.keys(all).length >= 5) throw fault(context, 'LimitExceeded', 'A managed policy can have up to 5 versions.');
    const id = `v${next}`;
    const version = { created: context.now, document: policyText(context, 'PolicyDocument') };
    const isDefault = context.input['SetAsDefault'] === true;
    policy.versions = { next: next + 1, current: isDefault ? id : current, all: { ...all, [id]: version } };
    if (isDefault) policy.document = version.document;
    return { PolicyVersion: versionOutput(policy, id, version) };
  }),
  'iam:SetDefaultPolicyVersion': ofPolicy('SetDefaultPolicyVersion', (context, policy) => {
    const { next, all } = versionsOf(policy);
    const id = text(context, 'VersionId');
    const version = all[id];
    if (version === undefined) throw fault(context, 'NoSuchEntity', `Policy ${policy.arn} version ${id} does not exist.`);
    policy.versions = { next, current: id, all };
    policy.document = version.document;
    return {};
  }),
  'iam:DeletePolicyVersion': ofPolicy('DeletePolicyVersion', (context, policy) => {
    const { next, current, all } = versionsOf(policy);
    const id = text(context, 'VersionId');
    if (all[id] === undefined) throw fault(context, 'NoSuchEntity', `Policy ${policy.arn} version ${id} does not exist.`);
    if (id === current) throw fault(context, 'DeleteConflict', 'Cannot delete the default version of a policy.');
    policy.versions = { next, current, all: Object.fromEntries(Object.entries(all).filter(([other]) => other !== id)) };
    return {};
  }),
};

const boundaries: OperationTable = {
  ...boundary('User', userOf, onUser, ({ account }) => account.users),
  ...boundary('Role', editableRole, onRole, ({ account }) => account.roles),
};

function boundary(
  kind: 'User' | 'Role',
  bearer: (context: Context) => UserState | RoleState,
  on: (context: Context) => readonly string[],
  all: (context: Context) => { readonly [name: string]: unknown },
): OperationTable {
  const isThere = (context: Context) => all(context)[nameIn(context.input, `${kind}Name`)] !== undefined;
  const exists = ({ account }: Context, arn: string) => account.policies[arn] !== undefined || managedPolicyDocument(arn) !== null;
  return {
    [`iam:Put${kind}PermissionsBoundary`]: known(
      write(`Put${kind}PermissionsBoundary`, on, (context) => {
        const arn = text(context, 'PermissionsBoundary');
        if (!exists(context, arn)) throw fault(context, 'NoSuchEntity', `Policy ${arn} does not exist or is not attachable.`);
        bearer(context).boundary = arn;
        return {};
      }),
      (context) => isThere(context) && exists(context, nameIn(context.input, 'PermissionsBoundary')),
    ),
    [`iam:Delete${kind}PermissionsBoundary`]: known(
      write(`Delete${kind}PermissionsBoundary`, on, (context) => {
        const of = bearer(context);
        if (of.boundary === undefined) throw fault(context, 'NoSuchEntity', `${kind} ${of.name} has no permissions boundary.`);
        delete of.boundary;
        return {};
      }),
      isThere,
    ),
  };
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html */
const oidc: OperationTable = {
  'iam:CreateOpenIDConnectProvider': write(
    'CreateOpenIDConnectProvider',
    ({ account, input }) => [oidcArn(account.id, nameIn(input, 'Url'))],
    (context) => {
      const url = text(context, 'Url').replace('https://', '');
      const arn = oidcArn(context.account.id, url);
      if (context.account.oidcProviders[arn] !== undefined)
        throw fault(context, 'EntityAlreadyExists', `Provider with url https://${url} already exists.`);
      context.account.oidcProviders[arn] = {
        arn,
        url,
        clientIds: texts(context, 'ClientIDList'),
        thumbprints: texts(context, 'ThumbprintList'),
        created: context.now,
        tags: tagsOf(context.input['Tags']),
      };
      return { OpenIDConnectProviderArn: arn, ...(context.input['Tags'] === undefined ? {} : { Tags: context.input['Tags'] }) };
    },
  ),
  // No error where there is none: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteOpenIDConnectProvider.html
  'iam:DeleteOpenIDConnectProvider': known(
    write(
      'DeleteOpenIDConnectProvider',
      ({ input }) => [nameIn(input, 'OpenIDConnectProviderArn')],
      ({ account, input }) => {
        delete account.oidcProviders[nameIn(input, 'OpenIDConnectProviderArn')];
        return {};
      },
    ),
    ({ account, input }) => account.oidcProviders[nameIn(input, 'OpenIDConnectProviderArn')] !== undefined,
  ),
  'iam:AddClientIDToOpenIDConnectProvider': ofProvider('AddClientIDToOpenIDConnectProvider', (context, provider) => {
    const clientIds = [...new Set([...provider.clientIds, text(context, 'ClientID')])];
    context.account.oidcProviders[provider.arn] = { ...provider, clientIds };
  }),
  'iam:RemoveClientIDFromOpenIDConnectProvider': ofProvider('RemoveClientIDFromOpenIDConnectProvider', (context, provider) => {
    const clientIds = provider.clientIds.filter((id) => id !== text(context, 'ClientID'));
    context.account.oidcProviders[provider.arn] = { ...provider, clientIds };
  }),
};

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateSAMLProvider.html */
const saml = settings(
  {
    service: 'iam',
    kind: 'saml-provider',
    id: ({ input }) => {
      const arn = nameIn(input, 'SAMLProviderArn');
      return arn === '' ? nameIn(input, 'Name') || null : arn.slice(arn.lastIndexOf('/') + 1);
    },
    arn: ({ account }, id) => `arn:aws:iam::${account.id}:saml-provider/${id}`,
    missing: 'NoSuchEntity',
    global: true,
  },
  {
    CreateSAMLProvider: makes(
      ({ account, input, now }, id, before) => {
        if (before !== null) throw fault({ action: 'iam:CreateSAMLProvider' }, 'EntityAlreadyExists', `SAMLProvider ${id} already exists.`);
        return { ...input, Arn: `arn:aws:iam::${account.id}:saml-provider/${id}`, CreateDate: iso(now) };
      },
      (item) => ({ SAMLProviderArn: item['Arn'] ?? '' }),
    ),
    UpdateSAMLProvider: sets(
      (item, { input }) => ({ ...item, SAMLMetadataDocument: input['SAMLMetadataDocument'] ?? item['SAMLMetadataDocument'] ?? '' }),
      (item) => ({ SAMLProviderArn: item['Arn'] ?? '' }),
    ),
    GetSAMLProvider: gets((item) => ({
      SAMLMetadataDocument: item['SAMLMetadataDocument'] ?? '',
      CreateDate: item['CreateDate'] ?? '',
      Tags: item['Tags'] ?? [],
    })),
    DeleteSAMLProvider: removes(),
  },
);

/** Keys of a user for one service, such as Bedrock: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceSpecificCredential.html */
const serviceCredentials = settings(
  {
    service: 'iam',
    kind: 'service-credential',
    id: ({ input }) => nameIn(input, 'ServiceSpecificCredentialId') || null,
    arn: ({ account, input }) => `arn:aws:iam::${account.id}:user/${nameIn(input, 'UserName')}`,
    missing: 'NoSuchEntity',
    global: true,
  },
  {
    CreateServiceSpecificCredential: makes(
      ({ input, now }, id) => ({
        UserName: input['UserName'] ?? '',
        ServiceName: input['ServiceName'] ?? '',
        ServiceSpecificCredentialId: id,
        Status: 'Active',
        CreateDate: iso(now),
      }),
      (item) => ({ ServiceSpecificCredential: item }),
      ({ dice }) => dice.id('ACCA', 17),
    ),
    ListServiceSpecificCredentials: {
      ...lists((items, { input }) => ({
        ServiceSpecificCredentials: items.filter((item) => input['UserName'] === undefined || item['UserName'] === input['UserName']),
      })),
      on: ({ account, input }) => [`arn:aws:iam::${account.id}:user/${nameIn(input, 'UserName')}`],
    },
    UpdateServiceSpecificCredential: sets((item, context) => ({ ...item, Status: text(context, 'Status') })),
  },
);

/** Central access of the organisation to the roots of its accounts: https://docs.aws.amazon.com/IAM/latest/APIReference/API_EnableOrganizationsRootSessions.html */
const rootAccess = settings(
  {
    service: 'iam',
    kind: 'organizations-features',
    id: () => 'features',
    arn: () => '*',
    missing: 'NoSuchEntity',
    global: true,
    initial: () => ({ EnabledFeatures: [] }),
  },
  {
    ListOrganizationsFeatures: gets((item, context) => features(item, context)),
    ...switched('RootCredentialsManagement'),
    ...switched('RootSessions'),
  },
);

function switched(feature: string) {
  const others = (item: JsonObject) => ((item['EnabledFeatures'] ?? []) as readonly string[]).filter((one) => one !== feature);
  return {
    [`EnableOrganizations${feature}`]: sets((item) => ({ EnabledFeatures: [...others(item), feature].sort() }), features),
    [`DisableOrganizations${feature}`]: sets((item) => ({ EnabledFeatures: others(item) }), features),
  };
}

function features(item: JsonObject, { state }: Context): JsonObject {
  return { OrganizationId: state.organisation.id, ...item };
}

/** `iam:` operations that few call: what playbooks against persistence need beside users, roles and keys. */
export const iamMore: OperationTable = {
  ...groups,
  ...policies,
  ...boundaries,
  ...oidc,
  ...saml,
  ...serviceCredentials,
  ...rootAccess,
};

/** In campaigns a call about what is not simulated leaves its record and nothing else. */
function known(operation: Operation, isKnown: (context: Context) => boolean): Operation {
  return { ...operation, isKnown };
}

function ofPolicy(event: string, run: (context: Context, policy: ManagedPolicyState) => JsonObject): Operation {
  return known(
    write(event, onPolicy, (context) => run(context, policyOf(context))),
    ({ account, input }) => account.policies[nameIn(input, 'PolicyArn')] !== undefined,
  );
}

function policyOf(context: Context): ManagedPolicyState {
  const arn = text(context, 'PolicyArn');
  const policy = context.account.policies[arn];
  if (policy === undefined) throw fault(context, 'NoSuchEntity', `Policy ${arn} was not found.`);
  return policy;
}

function policyArn(context: Context): string {
  return `arn:aws:iam::${context.account.id}:policy${optionalText(context, 'Path') ?? '/'}${text(context, 'PolicyName')}`;
}

function ofProvider(event: string, change: (context: Context, provider: OidcProviderState) => void): Operation {
  const arnIn = ({ input }: Context) => nameIn(input, 'OpenIDConnectProviderArn');
  return known(
    write(
      event,
      (context) => [arnIn(context)],
      (context) => {
        const provider = context.account.oidcProviders[arnIn(context)];
        if (provider === undefined) throw fault(context, 'NoSuchEntity', 'OpenIDConnect Provider not found.');
        change(context, provider);
        return {};
      },
    ),
    (context) => context.account.oidcProviders[arnIn(context)] !== undefined,
  );
}

function oidcArn(account: string, url: string): string {
  return `arn:aws:iam::${account}:oidc-provider/${url.replace('https://', '')}`;
}

/** A text of the input, empty where it is none. */
function nameIn(input: JsonObject, name: string): string {
  const value = input[name];
  return typeof value === 'string' && !(value in Object.prototype) ? value : '';
}
