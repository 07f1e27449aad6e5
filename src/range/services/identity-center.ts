import type { JsonObject } from '../../core/model/json.ts';
import { fault, type OperationContext, type OperationTable, objects, optionalText, text } from '../operation.ts';
import { gets, type Kind, makes, pick, sets, settings, type Verb, without } from '../settings.ts';

type Context = OperationContext;

const set: Kind = {
  service: 'sso',
  kind: 'permission-set',
  id: (context) => optionalText(context, 'PermissionSetArn'),
  arn: (_, id) => id,
  missing: 'ResourceNotFoundException',
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
  ListManagedPoliciesInPermissionSet: onBoth(gets((item) => ({ AttachedManagedPolicies: policiesOf(item) }))),
  AttachManagedPolicyToPermissionSet: onBoth(
    sets((item, context) => {
      const Arn = text(context, 'ManagedPolicyArn');
      if (policiesOf(item).some((one) => one['Arn'] === Arn)) throw fault(context, 'ConflictException', 'The policy is attached already.');
      return changed({ ...item, AttachedManagedPolicies: [...policiesOf(item), { Name: '', Arn }] });
    }),
  ),
  DetachManagedPolicyFromPermissionSet: onBoth(
    sets((item, context) =>
      changed({ ...item, AttachedManagedPolicies: policiesOf(item).filter((one) => one['Arn'] !== text(context, 'ManagedPolicyArn')) }),
    ),
  ),
  GetInlinePolicyForPermissionSet: onBoth(gets((item) => ({ InlinePolicy: item['InlinePolicy'] ?? '' }))),
  PutInlinePolicyToPermissionSet: onBoth(sets((item, context) => changed({ ...item, InlinePolicy: text(context, 'InlinePolicy') }))),
  DeleteInlinePolicyFromPermissionSet: onBoth(sets((item) => changed(without(item, 'InlinePolicy')))),
  ProvisionPermissionSet: onBoth(sets((item) => ({ ...item, behind: [] }))),
  ListAccountsForProvisionedPermissionSet: onBoth(gets((item) => ({ AccountIds: item['behind'] ?? [] }))),
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
function changed(item: JsonObject): JsonObject {
  return { ...item, behind: [...new Set(assignmentsOf(item).map((one) => String(one['TargetId'])))].sort() };
}
