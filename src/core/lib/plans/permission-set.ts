import type { Evidence, Finding } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Call, Step, Target } from '../../model/plan.ts';
import { parseArn } from '../arn.ts';
import { iamRegion } from '../inline-policy.ts';
import { listAt, textAt } from '../json-at.ts';

const instance = /^arn:[a-z-]+:sso:::instance\/(sso)?ins-[A-Za-z0-9.-]{16}$/;
const set = /^arn:[a-z-]+:sso:::permissionSet\/(sso)?ins-[A-Za-z0-9.-]{16}\/ps-[A-Za-z0-9./-]{16}$/;

/** The instance and the permission set that a call to Identity Center names; null where it names none, or did nothing. */
export function permissionSetIn(
  { account }: Finding,
  evidence: Evidence,
): { readonly instanceArn: string; readonly permissionSetArn: string } | null {
  const instanceArn = textAt(evidence.kept, 'instanceArn') ?? '';
  const permissionSetArn = textAt(evidence.kept, 'permissionSetArn') ?? '';
  if (evidence.account !== account || evidence.error !== undefined) return null;
  return areOfIdentityCenter(instanceArn, permissionSetArn) ? { instanceArn, permissionSetArn } : null;
}

export function isInstance(arn: string): boolean {
  return instance.test(arn);
}

/** Are they the ARNs of an instance and of a permission set? */
export function areOfIdentityCenter(instanceArn: string, permissionSetArn: string): boolean {
  return isInstance(instanceArn) && set.test(permissionSetArn);
}

/** The role that a permission set has in an account. */
export interface PermissionSetRole {
  readonly account: string;
  readonly name: string;
  /** The name of the permission set. */
  readonly set: string;
  /** Where Identity Center is at home. */
  readonly region: string;
}

/**
 * Null for other roles. The path says the Region, and none where that is us-east-1:
 * https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
 */
export function permissionSetRole(role: string): PermissionSetRole | null {
  const { service, partition, account, resource } = parseArn(role) ?? {};
  const [, region, name, set] = roleResource.exec(resource ?? '') ?? [];
  if (service !== 'iam' || partition === undefined || account === undefined || name === undefined || set === undefined) return null;
  return { account, name, set, region: region ?? iamRegion(partition) };
}

const roleResource =
  /^role\/aws-reserved\/sso\.amazonaws\.com\/(?:([a-z]{2}(?:-[a-z]+)+-\d)\/)?(AWSReservedSSO_([\w+=,.@-]{1,32})_[0-9a-f]{16})$/;

/** The input that names them. */
export function permissionSetInput({ params }: Target): JsonObject {
  return { InstanceArn: String(params['instanceArn']), PermissionSetArn: String(params['permissionSetArn']) };
}

/** ARNs of Identity Center have no account: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiamidentitycenter.html */
export function permissionSetArns({ params, uid }: Target): readonly string[] {
  return [String(params['instanceArn']), String(params['permissionSetArn']), `arn:${uid.split(':')[1] ?? 'aws'}:sso:::account/*`];
}

/**
 * In the management account Identity Center changes roles by the permissions of whoever asks for it, as of assignments there:
 * https://docs.aws.amazon.com/singlesignon/latest/userguide/iam-auth-access-using-id-policies.html. Roles are neither made nor deleted.
 */
export const identityCenterPermits: readonly string[] = [
  'iam:AttachRolePolicy',
  'iam:DeleteRolePolicy',
  'iam:DetachRolePolicy',
  'iam:GetRole',
  'iam:GetSAMLProvider',
  'iam:ListAttachedRolePolicies',
  'iam:ListPolicies',
  'iam:ListRolePolicies',
  'iam:ListRoles',
  'iam:PutRolePolicy',
  'iam:UpdateRole',
  'iam:UpdateRoleDescription',
];

/** A change of a permission set reaches the accounts when it is provisioned: https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ProvisionPermissionSet.html */
export function provision(target: Target): Call {
  return { action: 'sso:ProvisionPermissionSet', input: { ...permissionSetInput(target), TargetType: 'ALL_PROVISIONED_ACCOUNTS' } };
}

/** The step that brings a changed permission set to the accounts. The steps that change it provision it in their own undo. */
export function provisionStep(target: Target): Step {
  const read = {
    action: 'sso:ListAccountsForProvisionedPermissionSet',
    input: { ...permissionSetInput(target), ProvisioningStatus: 'LATEST_PERMISSION_SET_NOT_PROVISIONED' },
  };
  return {
    name: 'Bring it to the accounts',
    on: permissionSetArns(target),
    read: { ...read, keep: 'behind' },
    captures: () => null,
    do: { ...provision(target), once: 'sets-state' },
    verify: {
      ...read,
      expect: (answer) => answer !== null && listAt(answer, 'AccountIds').length === 0,
      says: 'no account has an older version',
      withinSeconds: 600,
    },
    undo: () => [],
  };
}

/** The target of examples. */
export function exampleSet(params: JsonObject): Target {
  const permissionSetArn = 'arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef';
  return {
    account: '111122223333',
    region: 'eu-central-1',
    uid: permissionSetArn,
    params: { instanceArn: 'arn:aws:sso:::instance/ssoins-1234567890abcdef', permissionSetArn, ...params },
  };
}
