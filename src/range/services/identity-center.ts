import { hashOf } from '../../core/lib/hash.ts';
import type { JsonObject } from '../../core/model/json.ts';
import { fault, type OperationContext, type OperationTable, objects, optionalText, text } from '../operation.ts';
import { gets, type Kind, makes, pick, sets, settings, type Verb, without } from '../settings.ts';
import type { AccountState, RoleState } from '../state.ts';
import { policyText } from './iam.ts';

type Context = OperationContext;

/** Where Identity Center is at home: the paths of its roles name no Region. */
const home = 'us-east-1';
export const identityCenterInstance = 'arn:aws:sso:::instance/ssoins-1234567890abcdef';
const inRole = 'AwsSSOInlinePolicy';

const set: Kind = {
  service: 'sso',
  kind: 'permission-set',
  id: (context) => optionalText(context, 'PermissionSetArn'),
  arn: (_, id) => id,
  missing: 'ResourceNotFoundException',
  initial: (context, id) => standing(context).find((item) => item['PermissionSetArn'] === id) ?? null,
};
const assignment = ['TargetId', 'PrincipalType', 'PrincipalId'] as const;
const policiesOf = (item: JsonObject) => objects(item['AttachedManagedPolicies']);
const assignmentsOf = (item: JsonObject) => objects(item['assignments']);
const isSame = (input: JsonObject) => (one: JsonObject) => assignment.every((name) => one[name] === input[name]);
/** Permitted by the instance and the set. */
const onBoth = <T extends Verb>(verb: T): T => ({
  ...verb,
  on: ({ input }: Context) => [String(input['InstanceArn']), String(input['PermissionSetArn'])],
});

/** Permission sets of Identity Center: https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_Operations.html */
export const identityCenter: OperationTable = settings(set, {
  CreatePermissionSet: makes(
    ({ input }, id) => ({ Name: input['Name'] ?? '', PermissionSetArn: id, AttachedManagedPolicies: [], assignments: [], behind: [] }),
    (item) => ({ PermissionSet: pick(item, 'Name', 'PermissionSetArn') }),
    ({ dice, input }) =>
      `arn:aws:sso:::permissionSet/${String(input['InstanceArn']).split('/')[1] ?? ''}/ps-${dice.id('', 16).toLowerCase()}`,
  ),
  DescribePermissionSet: onBoth(gets((item) => ({ PermissionSet: pick(item, 'Name', 'PermissionSetArn') }))),
  ListInstances: {
    reads: true,
    needs: false,
    on: () => ['*'],
    run: (_items, _id, context) => ({
      Instances: isAtHome(context)
        ? [{ InstanceArn: identityCenterInstance, OwnerAccountId: context.account.id, Status: 'ACTIVE', IdentityStoreId: 'd-1234567890' }]
        : [],
    }),
  },
  ListPermissionSetsProvisionedToAccount: {
    reads: true,
    needs: false,
    on: ({ input }) => [String(input['InstanceArn']), accountArn(String(input['AccountId']))],
    run: (items, _id, context) => {
      const made = items.all();
      const others = standing(context).filter((one) => !made.some((item) => item['PermissionSetArn'] === one['PermissionSetArn']));
      const here = text(context, 'AccountId');
      return {
        PermissionSets: [...made, ...others].flatMap((item) =>
          withStatus(context, item).includes(here) ? (item['PermissionSetArn'] ?? []) : [],
        ),
      };
    },
  },
  ListManagedPoliciesInPermissionSet: onBoth(gets((item) => ({ AttachedManagedPolicies: policiesOf(item) }))),
  AttachManagedPolicyToPermissionSet: onBoth(
    sets((item, context) => {
      const Arn = text(context, 'ManagedPolicyArn');
      if (policiesOf(item).some((one) => one['Arn'] === Arn)) throw fault(context, 'ConflictException', 'The policy is attached already.');
      return changed(context, { ...item, AttachedManagedPolicies: [...policiesOf(item), { Name: '', Arn }] });
    }),
  ),
  DetachManagedPolicyFromPermissionSet: onBoth(
    sets((item, context) =>
      changed(context, {
        ...item,
        AttachedManagedPolicies: policiesOf(item).filter((one) => one['Arn'] !== text(context, 'ManagedPolicyArn')),
      }),
    ),
  ),
  GetInlinePolicyForPermissionSet: onBoth(gets((item) => ({ InlinePolicy: item['InlinePolicy'] ?? '' }))),
  PutInlinePolicyToPermissionSet: onBoth(
    sets((item, context) => {
      const InlinePolicy = policyText(context, 'InlinePolicy');
      // https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html
      if (InlinePolicy.length > 32_768 || InlinePolicy.replace(/\s/g, '').length > 10_240)
        throw fault(context, 'ServiceQuotaExceededException', 'The inline policy is too long.');
      return changed(context, { ...item, InlinePolicy });
    }),
  ),
  DeleteInlinePolicyFromPermissionSet: onBoth(sets((item, context) => changed(context, without(item, 'InlinePolicy')))),
  ProvisionPermissionSet: {
    ...onBoth(
      sets((item, context) => {
        const to = context.input['TargetType'] === 'AWS_ACCOUNT' ? [text(context, 'TargetId')] : accountsOf(context, item);
        for (const id of to) bring(context, item, id);
        return { ...item, behind: behindOf(item).filter((id) => !to.includes(id)) };
      }),
    ),
    on: ({ input }) => [
      String(input['InstanceArn']),
      String(input['PermissionSetArn']),
      ...(typeof input['TargetId'] === 'string' ? [accountArn(input['TargetId'])] : []),
    ],
  },
  ListAccountsForProvisionedPermissionSet: onBoth(gets((item, context) => ({ AccountIds: withStatus(context, item) }))),
  ListAccountAssignments: onBoth(
    gets((item, { input }) => ({
      AccountAssignments: assignmentsOf(item)
        .filter((one) => one['TargetId'] === input['AccountId'])
        .map((one) => ({
          AccountId: one['TargetId'] ?? '',
          ...pick(one, 'PrincipalType', 'PrincipalId'),
          ...pick(item, 'PermissionSetArn'),
        })),
    })),
  ),
  CreateAccountAssignment: onBoth(
    sets((item, { input }) => ({
      ...item,
      assignments: [...assignmentsOf(item).filter((one) => !isSame(input)(one)), pick(input, ...assignment)],
    })),
  ),
  DeleteAccountAssignment: onBoth(
    sets((item, { input }) => ({ ...item, assignments: assignmentsOf(item).filter((one) => !isSame(input)(one)) })),
  ),
});

/** The accounts have the earlier version until it is provisioned. */
function changed(context: Context, item: JsonObject): JsonObject {
  return { ...item, behind: accountsOf(context, item) };
}

function behindOf(item: JsonObject): readonly string[] {
  const behind = item['behind'];
  return Array.isArray(behind) ? behind.map(String) : [];
}

/** Where it is provisioned: where it is assigned, or has a role. */
function accountsOf({ state }: Context, item: JsonObject): readonly string[] {
  const assigned = assignmentsOf(item).map((one) => String(one['TargetId']));
  const withRole = Object.values(state.accounts).flatMap((account) => (rolesOf(account, item).length > 0 ? [account.id] : []));
  return [...new Set([...assigned, ...withRole])].sort();
}

/** Those accounts of the status that the call asks for, if it does. */
function withStatus(context: Context, item: JsonObject): readonly string[] {
  const behind = behindOf(item);
  const status = optionalText(context, 'ProvisioningStatus');
  if (status === null) return accountsOf(context, item);
  return accountsOf(context, item).filter((id) => behind.includes(id) === (status === 'LATEST_PERMISSION_SET_NOT_PROVISIONED'));
}

/** The roles of an account get the policies of their set, which holds for their open sessions. */
function bring({ state }: Context, item: JsonObject, id: string): void {
  const account = state.accounts[id];
  for (const role of account === undefined ? [] : rolesOf(account, item)) {
    role.attached = policiesOf(item).map((one) => String(one['Arn']));
    if (typeof item['InlinePolicy'] === 'string') role.inline[inRole] = item['InlinePolicy'];
    else delete role.inline[inRole];
  }
}

function rolesOf(account: AccountState, item: JsonObject): readonly RoleState[] {
  return Object.values(account.roles).filter((role) => setOf(role) === item['Name']);
}

/** The name of the permission set that a role is of; null for other roles. */
function setOf({ path, name }: RoleState): string | null {
  return path.startsWith('/aws-reserved/sso.amazonaws.com/') ? (/^AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(name)?.[1] ?? null) : null;
}

/** The permission sets that the roles of the organisation were made from: nobody has called for them. */
function standing(context: Context): readonly JsonObject[] {
  if (!isAtHome(context)) return [];
  const sets = new Map<string, JsonObject>();
  for (const role of Object.values(context.state.accounts).flatMap(({ roles }) => Object.values(roles))) {
    const name = setOf(role);
    if (name === null || sets.has(name)) continue;
    const AttachedManagedPolicies = role.attached.map((Arn) => ({ Name: Arn.slice(Arn.lastIndexOf('/') + 1), Arn }));
    sets.set(name, { Name: name, PermissionSetArn: standingSetArn(name), AttachedManagedPolicies, assignments: [], behind: [] });
  }
  return [...sets.values()];
}

/** The ARN of a permission set that roles of the organisation were made from. */
export function standingSetArn(name: string): string {
  return `arn:aws:sso:::permissionSet/${identityCenterInstance.split('/')[1] ?? ''}/ps-${hashOf(['permission-set', name]).slice(0, 16)}`;
}

function isAtHome({ account, region, state }: Context): boolean {
  return account.id === state.organisation.management && region === home;
}

function accountArn(id: string): string {
  return `arn:aws:sso:::account/${id}`;
}
