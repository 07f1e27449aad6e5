import { parsePolicy, speaksOf } from '../../lib/access/policy.ts';
import { listAt, textAt } from '../../lib/json-at.ts';
import type { Resource, Unread } from '../../model/resource.ts';

/** A snapshot's resources by how they refer to one another. */
export interface AccountIndex {
  /** Lists that could not be read. */
  readonly unread: readonly Unread[];
  readonly byUid: ReadonlyMap<string, Resource>;
  readonly roleByName: ReadonlyMap<string, Resource>;
  /** Instances by the security groups that they are in. */
  readonly inGroup: ReadonlyMap<string, readonly Resource[]>;
  /** Roles by the principals that their trust policies name: ARNs, and `root` for all of the account. */
  readonly trusting: ReadonlyMap<string, readonly Resource[]>;
}

export function indexAccount(resources: readonly Resource[], unread: readonly Unread[] = []): AccountIndex {
  const index = {
    unread,
    byUid: new Map<string, Resource>(),
    roleByName: new Map<string, Resource>(),
    inGroup: new Map<string, Resource[]>(),
    trusting: new Map<string, Resource[]>(),
  };
  for (const resource of resources) {
    index.byUid.set(resource.uid, resource);
    // Logs name a secret without the six characters that its ARN ends with.
    if (resource.type === 'AWS::SecretsManager::Secret') index.byUid.set(resource.uid.replace(/-[A-Za-z0-9]{6}$/, ''), resource);
    if (resource.type === 'AWS::IAM::Role') {
      index.roleByName.set(resource.name, resource);
      for (const principal of trustedBy(resource)) add(index.trusting, principal, resource);
    }
    if (resource.type === 'AWS::EC2::Instance')
      for (const group of listAt(resource.props, 'securityGroups')) if (typeof group === 'string') add(index.inGroup, group, resource);
  }
  return index;
}

/** ARNs that may become the role by `sts:AssumeRole`, `root` for whoever of its account is allowed to. Conditions are taken as met. */
function trustedBy({ account, props }: Resource): ReadonlySet<string> {
  const statements = parsePolicy(props['trustPolicy'] ?? null)?.statements ?? [];
  return new Set(
    statements
      .filter((statement) => statement.effect === 'Allow' && !statement.principals.not && speaksOf(statement, 'sts:assumerole'))
      .flatMap(({ principals }) => (principals.all ? ['root'] : principals.aws))
      .map((arn) => (arn === account || arn === '*' || textIsRoot(arn, account) ? 'root' : arn)),
  );
}

function textIsRoot(arn: string, account: string): boolean {
  return arn.endsWith(`:iam::${account}:root`);
}

/** The id of a security group of a snapshot. */
export function groupIdOf({ props }: Resource): string {
  return textAt(props, 'groupId') ?? '';
}

function add(to: Map<string, Resource[]>, key: string, resource: Resource): void {
  const list = to.get(key);
  if (list === undefined) to.set(key, [resource]);
  else list.push(resource);
}
