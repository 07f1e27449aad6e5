import { partitionOf } from '../../core/lib/arn.ts';
import { iamRegion } from '../../core/lib/inline-policy.ts';
import { listAt, textAt } from '../../core/lib/json-at.ts';
import { areOfIdentityCenter, type PermissionSetRole, permissionSetRole } from '../../core/lib/plans/permission-set.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { JsonObject } from '../../core/model/json.ts';
import type { Around, PermissionSetAround } from '../../core/model/plan.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import { attempt } from '../cloud-attempt.ts';
import { clustersAround } from './clusters-around.ts';
import { identityStoresAround } from './identity-stores-around.ts';

type Fixed = Pick<Around, 'management' | 'root'>;

/** By cloud and account: an account's organisation does not change while a worker lives, or hardly ever. */
const known = new WeakMap<Cloud, Map<string, Fixed>>();

/** By cloud and role: of which permission set a role is never changes. */
const knownSets = new WeakMap<Cloud, Map<string, PermissionSetAround>>();

/** More roles of a finding, instances, and sets of an account are a matter for a person. */
const mostRoles = 3;
const mostInstances = 2;
const mostSets = 100;

/**
 * What stands around the account of a finding; nulls where it is in no organisation, or may not know. The root is looked at where persons of Identity
 * Center did something, and their permission sets where they did it in the management account; and in which Regions its clusters are, and of
 * which instance of Identity Center the people and groups are that it names. A failed look is tried again.
 */
export async function aroundOf(cloud: Cloud, finding: Finding, more: Finding['evidence'] = []): Promise<Around> {
  const clusters = await clustersAround(cloud, finding);
  const identityStores = await identityStoresAround(cloud, finding);
  return {
    ...(await organizationAround(cloud, finding, more)),
    ...(clusters.length === 0 ? {} : { clusters }),
    ...(identityStores.length === 0 ? {} : { identityStores }),
  };
}

async function organizationAround(
  cloud: Cloud,
  { account, region: near, actor, evidence }: Finding,
  more: Finding['evidence'],
): Promise<Around> {
  // Organizations is called where IAM is: https://docs.aws.amazon.com/general/latest/gr/ao.html
  const region = iamRegion(partitionOf(near));
  const read = (of: string, action: string, input: JsonObject = {}) =>
    attempt(cloud, { account: of, region, action, input, role: 'reader' });
  const { management, root } = await fixedOf(cloud, account, read);
  const issuers = [...new Set([...evidence, ...more].map((one) => (one.actor ?? actor)?.issuer ?? ''))];
  const isByPerson = issuers.some((issuer) => issuer.includes(':role/aws-reserved/sso.amazonaws.com/'));
  if (management === null || !isByPerson) return { management, root, atRoot: [] };
  const permissionSets = await permissionSetsOf(cloud, management, issuers);
  if (root === null) return { management, root, atRoot: [], permissionSets };
  const attached = await read(management, 'organizations:ListPoliciesForTarget', { TargetId: root, Filter: 'SERVICE_CONTROL_POLICY' });
  const names = attached.ok ? listAt(attached.answer, 'Policies').flatMap((policy) => textAt(policy, 'Name') ?? []) : [];
  // Without knowing what is there, nothing is attached to all accounts.
  return { management, root: attached.ok ? root : null, atRoot: names, permissionSets };
}

async function permissionSetsOf(cloud: Cloud, management: string, issuers: readonly string[]): Promise<readonly PermissionSetAround[]> {
  const before = knownSets.get(cloud) ?? new Map<string, PermissionSetAround>();
  knownSets.set(cloud, before);
  const found = new Map<string, PermissionSetAround>();
  for (const issuer of issuers) {
    const role = permissionSetRole(issuer);
    if (role === null || role.account !== management || found.size === mostRoles) continue;
    const set = before.get(issuer) ?? (await permissionSetOf(cloud, role));
    if (set === null) continue;
    before.set(issuer, set);
    found.set(`${set.region}/${set.name}`, set);
  }
  return [...found.values()];
}

/** The ARN of a role has the name of its permission set, and no more: those of the account are looked through. Null where it was not found. */
async function permissionSetOf(cloud: Cloud, { account, region, set: name }: PermissionSetRole): Promise<PermissionSetAround | null> {
  const listed = async (action: string, input: JsonObject, list: string) => {
    const got = await attempt(cloud, { account, region, action, input, role: 'reader' });
    return got.ok ? listAt(got.answer, list) : [];
  };
  const instances = await listed('sso:ListInstances', {}, 'Instances');
  for (const instance of instances.slice(0, mostInstances)) {
    const instanceArn = textAt(instance, 'InstanceArn') ?? '';
    const sets = await listed(
      'sso:ListPermissionSetsProvisionedToAccount',
      { InstanceArn: instanceArn, AccountId: account },
      'PermissionSets',
    );
    for (const permissionSetArn of sets.slice(0, mostSets)) {
      if (typeof permissionSetArn !== 'string' || !areOfIdentityCenter(instanceArn, permissionSetArn)) continue;
      const input = { InstanceArn: instanceArn, PermissionSetArn: permissionSetArn };
      const described = await attempt(cloud, { account, region, action: 'sso:DescribePermissionSet', input, role: 'reader' });
      if (described.ok && textAt(described.answer, 'PermissionSet', 'Name') === name)
        return { name, region, instanceArn, permissionSetArn };
    }
  }
  return null;
}

async function fixedOf(cloud: Cloud, account: string, read: (of: string, action: string) => ReturnType<typeof attempt>): Promise<Fixed> {
  const accounts = known.get(cloud) ?? new Map<string, Fixed>();
  known.set(cloud, accounts);
  const before = accounts.get(account);
  if (before !== undefined) return before;
  const got = await read(account, 'organizations:DescribeOrganization');
  const management = got.ok ? textAt(got.answer, 'Organization', 'MasterAccountId') : null;
  const roots = management === null ? null : await read(management, 'organizations:ListRoots');
  const fixed: Fixed = { management, root: roots?.ok === true ? textAt(listAt(roots.answer, 'Roots')[0] ?? null, 'Id') : null };
  const isFinal = [got, ...(roots === null ? [] : [roots])].every((one) => one.ok || one.kind === 'denied' || one.kind === 'not-found');
  if (isFinal) accounts.set(account, fixed);
  return fixed;
}
