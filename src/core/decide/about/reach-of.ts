import { parseArn } from '../../lib/arn.ts';
import { listAt, textAt } from '../../lib/json-at.ts';
import type { Known } from '../../model/decide-context.ts';
import type { Finding } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import { type AccountIndex, groupIdOf } from './account-index.ts';
import { allowedTo, maySwitchTo } from './allowed-to.ts';
import { knownOf, type Proof } from './known-of.ts';

/** Roles that one looks at from a finding: through so many switches, and so many of them. */
const mostSwitches = 3;
const mostRoles = 40;
const mostInstances = 20;

/** What bears a role that is not read: a finding of it reaches who knows where. */
const bearing: ReadonlySet<string> = new Set([
  'AWS::EC2::Instance',
  'AWS::Lambda::Function',
  'AWS::ECS::TaskDefinition',
  'AWS::ECS::Service',
  'AWS::ECS::Task',
  'AWS::EKS::Cluster',
  'AWS::IAM::Role',
  'AWS::IAM::User',
]);

/**
 * Where somebody gets from a finding's resources and from who did it: by the policies of users and roles, by the roles that they may become, and
 * by the roles of instances, directly or through a security group. A pure function of the finding and the account's last snapshot.
 */
export function reachOf({ actor, resources }: Finding, account: AccountIndex): Known {
  const proofs: Proof[] = [];
  const unknown: string[] = [];
  const start = new Map<string, { readonly principal: Resource; readonly through: string }>();
  const begin = (principal: Resource, through: string) => {
    if (!start.has(principal.uid)) start.set(principal.uid, { principal, through });
  };
  if (actor?.type === 'Root') proofs.push({ level: 3, says: 'The root user may administer the account.', from: 'the kind of who did it' });
  for (const uid of new Set([actor?.issuer ?? actor?.uid ?? '', ...resources.map((resource) => resource.uid)])) {
    const resource = account.byUid.get(uid);
    if (resource === undefined) {
      const ref = resources.find((one) => one.uid === uid);
      if (ref === undefined ? /:iam::\d{12}:(user|role)\//.test(uid) : bearing.has(ref.type))
        unknown.push(`${nameIn(uid)}, which is not in the last snapshot of the account`);
    } else if (resource.type === 'AWS::IAM::User' || resource.type === 'AWS::IAM::Role') begin(resource, '');
    else if (resource.type === 'AWS::EC2::Instance') beginAt(resource, '');
    else if (resource.type === 'AWS::EC2::SecurityGroup') {
      const inside = account.inGroup.get(groupIdOf(resource)) ?? [];
      for (const instance of inside.slice(0, mostInstances)) beginAt(instance, `, on an instance in security group ${resource.name}`);
      if (inside.length > mostInstances) unknown.push(`${inside.length - mostInstances} more instances in security group ${resource.name}`);
    }
  }
  walk();
  return knownOf(proofs, unknown);

  /** A profile usually has the name of its role; the snapshot does not say which role it has. */
  function beginAt(instance: Resource, through: string): void {
    const profile = textAt(instance.props, 'profile');
    if (profile === null) return;
    const name = parseArn(profile)?.resource.split('/').at(-1) ?? '';
    const role = account.roleByName.get(name);
    if (role === undefined) unknown.push(`the role of instance profile ${name}`);
    else begin(role, `${through}, by an instance profile of that name`);
  }

  function walk(): void {
    const seen = new Set<string>();
    let next = [...start.values()];
    for (let step = 0; next.length > 0 && step <= mostSwitches; step++) {
      const further: typeof next = [];
      for (const { principal, through } of next) {
        if (seen.has(principal.uid)) continue;
        if (seen.size >= mostRoles) {
          unknown.push(`more than ${mostRoles} roles that may be taken on from there`);
          return;
        }
        seen.add(principal.uid);
        const allowed = allowedTo(principal);
        for (const { level, says, from } of allowed.proofs) proofs.push({ level, says, from: `snapshot: ${from}${through}` });
        unknown.push(...allowed.unknown);
        for (const role of rolesFrom(principal, account))
          further.push({ principal: role, through: `, which ${nameIn(principal.uid)} may take on` });
      }
      next = further;
    }
  }
}

/** Roles of the same account whose trust policy names the principal, or the account where the principal's policies allow the switch. */
function rolesFrom(principal: Resource, { trusting }: AccountIndex): readonly Resource[] {
  const named = trusting.get(principal.uid) ?? [];
  const ofAccount = (trusting.get('root') ?? []).filter((role) => maySwitchTo(principal, role.uid));
  return [...named, ...ofAccount];
}

/** `role/deploy` of an ARN. */
function nameIn(uid: string): string {
  return parseArn(uid)?.resource ?? uid;
}

/** Instances that a finding is about, itself or through a security group. */
export function instancesOf({ resources }: Finding, account: AccountIndex): readonly Resource[] {
  return resources.flatMap(({ uid }) => {
    const resource = account.byUid.get(uid);
    if (resource?.type === 'AWS::EC2::Instance') return [resource];
    return resource?.type === 'AWS::EC2::SecurityGroup' ? (account.inGroup.get(groupIdOf(resource)) ?? []).slice(0, mostInstances) : [];
  });
}

/** Security groups that an instance is in. */
export function groupsOf(instance: Resource): readonly string[] {
  return listAt(instance.props, 'securityGroups').filter((group) => typeof group === 'string');
}
