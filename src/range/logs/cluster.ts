import { Dice } from '../dice.ts';
import { type Person, peopleOf } from '../people.ts';
import type { AccountState, RangeState } from '../state.ts';
import { accountsOf } from './accounts-of.ts';
import type { ClusterUser } from './audit-event.ts';

/** The Kubernetes cluster of an account. */
export interface Cluster {
  readonly account: string;
  readonly name: string;
  readonly nodes: readonly { readonly name: string; readonly address: string; readonly instance: string }[];
  readonly namespaces: readonly [string, ...string[]];
  readonly workloads: readonly [string, ...string[]];
  /** Who works with it by hand: the first two are its administrators. */
  readonly people: readonly Person[];
  readonly state: AccountState;
  /** Log streams of its two API servers. */
  readonly servers: readonly [string, string];
}

export const kubernetesVersion = 'v1.33.5';

/** One cluster in each account of production and of data, or in the one that plays production. */
export function clustersOf(state: RangeState): readonly Cluster[] {
  const people = peopleOf(state);
  return accountsOf(state, ['production', 'data']).map((account): Cluster => {
    const dice = new Dice(`${state.seed}/cluster/${account.id}`);
    const data = account.kind === 'data';
    const platform = people.filter(({ team }) => team === 'platform');
    const others = people.filter(({ team }) => team === (data ? 'data' : 'developer'));
    const some = (list: readonly Person[], count: number) => Array.from({ length: count }, () => list[dice.int(list.length)] ?? people[0]);
    return {
      account: account.id,
      name: data ? 'analytics' : 'shop',
      nodes: Array.from({ length: 6 }, (_, i) => {
        const address = `10.0.${32 + i * 8 + dice.int(8)}.${10 + dice.int(230)}`;
        return { name: `ip-${address.replaceAll('.', '-')}.ec2.internal`, address, instance: `i-0${dice.hex(16)}` };
      }),
      namespaces: data ? ['jobs', 'notebooks', 'streams'] : ['shop', 'payments', 'catalog', 'mail'],
      workloads: data ? ['loader', 'reports', 'enrich', 'features'] : ['cart', 'checkout', 'search', 'images', 'orders', 'prices'],
      people: [...some(platform, 2), ...some(others, 5)].filter((person) => person !== undefined),
      state: account,
      servers: [`kube-apiserver-audit-${dice.hex(32)}`, `kube-apiserver-audit-${dice.hex(32)}`],
    };
  });
}

/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/: how the authorizer says why. */
function bound(binding: string, role: string, to: string): string {
  return `RBAC: allowed by ClusterRoleBinding "${binding}" of ClusterRole "${role}" to ${to}`;
}

/** What the cluster itself runs as: its controllers, scheduler, and what EKS has in it. */
export function componentUser(username: string, groups: readonly string[] = ['system:authenticated']): ClusterUser {
  return { username, groups, reason: bound(username, username, `User "${username}"`) };
}

export function serviceAccountUser(cluster: Cluster, namespace: string, name: string, pod?: string): ClusterUser {
  const dice = new Dice(`${cluster.account}/${namespace}/${name}`);
  return {
    username: `system:serviceaccount:${namespace}:${name}`,
    uid: dice.uuid(),
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    ...(pod === undefined
      ? {}
      : { extra: { 'authentication.kubernetes.io/pod-name': [pod], 'authentication.kubernetes.io/pod-uid': [new Dice(pod).uuid()] } }),
    reason: bound(name, name, `ServiceAccount "${name}/${namespace}"`),
  };
}

export const anonymousUser: ClusterUser = {
  username: 'system:anonymous',
  groups: ['system:unauthenticated'],
  reason: bound('system:public-info-viewer', 'system:public-info-viewer', 'Group "system:unauthenticated"'),
};

/** A role of the account, in a session of that name: what EKS's authenticator says of it. */
export function roleUser(
  cluster: Cluster,
  role: string,
  session: string,
  as?: { readonly username: string; readonly groups: readonly string[] },
): ClusterUser {
  const { account } = cluster;
  const found = roleNamed(cluster.state, role);
  const id = found?.id ?? new Dice(`${account}/${role}`).id('AROA');
  const name = found?.name ?? role;
  const arn = `arn:aws:sts::${account}:assumed-role/${name}/${session}`;
  const groups = as?.groups ?? [name.startsWith('AWSReservedSSO_') && !name.includes('Administrator') ? 'readers' : 'platform-admins'];
  const [group = 'readers'] = groups;
  return {
    username: as?.username ?? arn,
    uid: `aws-iam-authenticator:${account}:${id}`,
    groups: [...groups, 'system:authenticated'],
    extra: {
      accessKeyId: [new Dice(`${arn}/key`).id('ASIA', 16)],
      arn: [arn],
      canonicalArn: [`arn:aws:iam::${account}:role${found?.path ?? '/'}${name}`],
      principalId: [id],
      sessionName: [session],
      'sigs.k8s.io/aws-iam-authenticator/principalId': [id],
    },
    reason: bound(group, group === 'readers' ? 'view' : 'cluster-admin', `Group "${group}"`),
  };
}

/** A person's role of Identity Center. */
export function personUser(cluster: Cluster, person: Person, set: string): ClusterUser {
  return roleUser(cluster, `AWSReservedSSO_${set}_*`, person.email);
}

export function nodeUser(cluster: Cluster, n: number): ClusterUser {
  const node = cluster.nodes[n % cluster.nodes.length];
  const user = roleUser(cluster, 'eks-node', node?.instance ?? 'i-0', {
    username: `system:node:${node?.name ?? ''}`,
    groups: ['system:bootstrappers', 'system:nodes'],
  });
  return { ...user, reason: '' };
}

function roleNamed({ roles }: AccountState, name: string) {
  if (!name.endsWith('*')) return roles[name];
  return Object.values(roles).find((role) => role.name.startsWith(name.slice(0, -1)));
}
