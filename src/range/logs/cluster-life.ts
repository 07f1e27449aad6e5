import type { JsonObject } from '../../core/model/json.ts';
import type { Dice } from '../dice.ts';
import type { ClusterRequest, ClusterUser } from './audit-event.ts';
import {
  anonymousUser,
  type Cluster,
  componentUser,
  kubernetesVersion,
  nodeUser,
  personUser,
  roleUser,
  serviceAccountUser,
} from './cluster.ts';

const build = `${kubernetesVersion} (linux/amd64) kubernetes/0c9d2c1`;
export const kubectl = 'kubectl/v1.33.4 (darwin/arm64) kubernetes/74cdb42';
const helm = 'Helm/3.19.0';

type Ask = (request: Omit<ClusterRequest, 'at' | 'user' | 'ip' | 'userAgent'> & { readonly after?: number }) => void;

/** What one of those who use a cluster day by day does, within `span` milliseconds from `from` on. */
export function clusterLife(cluster: Cluster, from: number, span: number, dice: Dice): readonly ClusterRequest[] {
  const requests: ClusterRequest[] = [];
  const start = from + dice.int(span);
  const asks =
    (user: ClusterUser, ip: string, userAgent: string): Ask =>
    ({ after = 0, ...request }) =>
      requests.push({ ...request, user, ip, userAgent, at: Math.min(from + span - 1, start + after * 1000) });
  const kind = dice.int(1000);
  const hour = new Date(start).getUTCHours();
  const office = hour >= 7 && hour < 20 && ![0, 6].includes(new Date(start).getUTCDay());
  if (kind < 330) node(cluster, asks, dice);
  else if (kind < 640) controllers(cluster, asks, dice);
  else if (kind < 900) operators(cluster, asks, dice);
  else if (kind < 925) unknown(cluster, asks, dice);
  else if (kind < 950) scheduledJob(cluster, asks, dice);
  else if (!office) leases(cluster, asks, dice);
  else if (kind < 965) deployment(cluster, asks, dice);
  else person(cluster, asks, dice);
  return requests;
}

type Asks = (user: ClusterUser, ip: string, userAgent: string) => Ask;

/** An address of the control plane's own interfaces in the network. */
const plane = (dice: Dice) => `10.0.250.${[17, 118][dice.int(2)] ?? 17}`;
const one = <T>(list: readonly [T, ...T[]], dice: Dice): T => list[dice.int(list.length)] ?? list[0];

function workload(cluster: Cluster, dice: Dice) {
  const app = one(cluster.workloads, dice);
  const at = cluster.workloads.indexOf(app);
  const namespace = cluster.namespaces[at % cluster.namespaces.length] ?? cluster.namespaces[0];
  const replica = `${app}-${dice.hex(9)}`;
  return { app, namespace, replica, pod: `${replica}-${dice.mixed(5).toLowerCase()}` };
}

function node(cluster: Cluster, asks: Asks, dice: Dice): void {
  const n = dice.int(cluster.nodes.length);
  const machine = cluster.nodes[n];
  const name = machine?.name ?? '';
  const ask = asks(nodeUser(cluster, n), machine?.address ?? '', `kubelet/${build}`);
  const { namespace, pod, app } = workload(cluster, dice);
  switch (dice.int(7)) {
    case 0:
    case 1:
      return ask({
        verb: 'update',
        resource: 'leases',
        group: 'coordination.k8s.io',
        namespace: 'kube-node-lease',
        name,
        parameters: 'timeout=10s',
        body: { kind: 'Lease', metadata: { name, namespace: 'kube-node-lease' }, spec: { holderIdentity: name, leaseDurationSeconds: 40 } },
      });
    case 2:
      return ask({ verb: 'get', resource: 'nodes', name, parameters: 'resourceVersion=0&timeout=10s' });
    case 3:
      return ask({
        verb: 'patch',
        resource: 'nodes/status',
        name,
        parameters: 'timeout=10s',
        body: { metadata: { name }, status: { conditions: [{ type: 'Ready', status: 'True' }] } },
      });
    case 4:
      return ask({
        verb: 'patch',
        resource: 'pods/status',
        namespace,
        name: pod,
        body: { metadata: { uid: dice.uuid() }, status: { phase: 'Running' } },
      });
    case 5:
      ask({ verb: 'get', resource: 'configmaps', namespace, name: `${app}-config` });
      return ask({ verb: 'get', resource: 'secrets', namespace, name: `${app}-db`, after: 1 });
    default:
      return ask({
        verb: 'create',
        resource: 'serviceaccounts/token',
        namespace,
        name: app,
        body: { kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', spec: { expirationSeconds: 3607 } },
      });
  }
}

const elected: readonly [readonly [string, string], ...(readonly [string, string])[]] = [
  ['system:kube-controller-manager', 'kube-controller-manager'],
  ['system:kube-scheduler', 'kube-scheduler'],
  ['eks:cloud-controller-manager', 'cloud-controller-manager'],
];

function leases(_cluster: Cluster, asks: Asks, dice: Dice): void {
  const [username, name] = one(elected, dice);
  asks(
    componentUser(username),
    plane(dice),
    `${name}/${build}/leader-election`,
  )({
    verb: dice.int(2) === 0 ? 'get' : 'update',
    resource: 'leases',
    group: 'coordination.k8s.io',
    namespace: 'kube-system',
    name,
    body: { kind: 'Lease', metadata: { name, namespace: 'kube-system' }, spec: { leaseDurationSeconds: 15 } },
  });
}

function controllers(cluster: Cluster, asks: Asks, dice: Dice): void {
  const { app, namespace, replica, pod } = workload(cluster, dice);
  const controller = (name: string) =>
    asks(
      serviceAccountUser(cluster, 'kube-system', name),
      plane(dice),
      `kube-controller-manager/${build}/system:serviceaccount:kube-system:${name}`,
    );
  switch (dice.int(8)) {
    case 0:
    case 1:
      return leases(cluster, asks, dice);
    case 2:
      return controller('endpointslice-controller')({
        verb: 'update',
        resource: 'endpointslices',
        group: 'discovery.k8s.io',
        namespace,
        name: `${app}-${dice.hex(5)}`,
        body: { kind: 'EndpointSlice', metadata: { name: app, namespace } },
      });
    case 3:
      return controller('replicaset-controller')({
        verb: 'update',
        resource: 'replicasets/status',
        group: 'apps',
        namespace,
        name: replica,
        body: { kind: 'ReplicaSet', metadata: { name: replica, namespace }, status: { replicas: 2 } },
      });
    case 4:
      return controller('generic-garbage-collector')({
        verb: 'list',
        resource: 'replicasets',
        group: 'apps',
        parameters: 'limit=500&resourceVersion=0',
      });
    case 5:
      return controller('horizontal-pod-autoscaler')({ verb: 'get', resource: 'deployments/scale', group: 'apps', namespace, name: app });
    case 6:
      return asks(
        componentUser('system:apiserver', ['system:masters']),
        '::1',
        `kube-apiserver/${build}`,
      )({
        verb: 'list',
        resource: one(['configmaps', 'endpointslices', 'namespaces', 'priorityclasses'] as const, dice),
        parameters: 'limit=500',
      });
    default:
      asks(
        componentUser('system:kube-scheduler'),
        plane(dice),
        `kube-scheduler/${build}/scheduler`,
      )({ verb: 'create', resource: 'pods/binding', namespace, name: pod, body: { kind: 'Binding', metadata: { name: pod, namespace } } });
      return;
  }
}

/** What runs in the cluster and talks to it. */
function operators(cluster: Cluster, asks: Asks, dice: Dice): void {
  const machine = cluster.nodes[dice.int(cluster.nodes.length)];
  const { app, namespace, pod } = workload(cluster, dice);
  const account = (space: string, name: string, agent: string) =>
    asks(serviceAccountUser(cluster, space, name, `${name}-${cluster.account.slice(-4)}-x7k2p`), machine?.address ?? '', agent);
  switch (dice.int(9)) {
    case 0:
      return account(
        'kube-system',
        'coredns',
        'Go-http-client/2.0',
      )({ verb: 'watch', resource: 'endpointslices', group: 'discovery.k8s.io', parameters: 'allowWatchBookmarks=true&watch=true' });
    case 1:
      return account(
        'kube-system',
        'aws-node',
        'aws-node/v1.20.4 (linux/amd64)',
      )({ verb: 'list', resource: 'pods', parameters: `fieldSelector=spec.nodeName%3D${machine?.name ?? ''}` });
    case 2:
      return account(
        'kube-system',
        'metrics-server',
        'metrics-server/v0.8.0',
      )({ verb: 'get', resource: 'nodes/metrics', name: machine?.name ?? '' });
    case 3:
      return account(
        'external-secrets',
        'external-secrets',
        'external-secrets/v0.20.1 (linux/amd64)',
      )({
        verb: dice.int(3) === 0 ? 'update' : 'get',
        resource: 'secrets',
        namespace,
        name: `${app}-db`,
        body: { kind: 'Secret', metadata: { name: `${app}-db`, namespace } },
      });
    case 4:
      return account(
        'argocd',
        'argocd-application-controller',
        'argocd-application-controller/v3.1.8 (linux/amd64)',
      )({
        verb: one(['get', 'list', 'watch'] as const, dice),
        resource: one(['deployments', 'services', 'configmaps', 'serviceaccounts', 'ingresses'] as const, dice),
        ...(dice.int(2) === 0 ? { namespace } : {}),
      });
    case 5:
      return account(
        'monitoring',
        'prometheus',
        'Prometheus/3.7.0',
      )({ verb: one(['list', 'watch'] as const, dice), resource: one(['pods', 'services', 'endpoints', 'nodes'] as const, dice) });
    case 6:
      return account(
        'kube-system',
        'cluster-autoscaler',
        'cluster-autoscaler/v1.33.1',
      )({
        verb: 'update',
        resource: 'leases',
        group: 'coordination.k8s.io',
        namespace: 'kube-system',
        name: 'cluster-autoscaler',
        body: { kind: 'Lease', metadata: { name: 'cluster-autoscaler', namespace: 'kube-system' } },
      });
    case 7:
      return account(
        'cert-manager',
        'cert-manager',
        'cert-manager-controller/v1.19.1 (linux/amd64)',
      )({ verb: 'get', resource: 'secrets', namespace, name: `${app}-tls` });
    default:
      return account(namespace, app, 'Go-http-client/2.0')({ verb: 'get', resource: 'pods', namespace, name: pod });
  }
}

/** Probes of the load balancer, and those who look at every address of the internet. */
function unknown(_cluster: Cluster, asks: Asks, dice: Dice): void {
  if (dice.int(3) > 0)
    return asks(anonymousUser, plane(dice), 'kube-probe/1.33+')({ verb: 'get', path: one(['/readyz', '/livez'] as const, dice) });
  const ask = asks(
    anonymousUser,
    `198.51.100.${1 + dice.int(190)}`,
    one(['Mozilla/5.0 zgrab/0.x', 'Go-http-client/1.1', 'curl/8.5.0', 'python-requests/2.32.3'] as const, dice),
  );
  const path = one(['/', '/api', '/version', '/favicon.ico', '/api/v1/pods', '/apis'] as const, dice);
  if (path === '/api/v1/pods') ask({ verb: 'list', resource: 'pods', code: 403 });
  else ask({ verb: 'get', path, code: path === '/version' ? 200 : 403 });
}

function scheduledJob(cluster: Cluster, asks: Asks, dice: Dice): void {
  const { app, namespace } = workload(cluster, dice);
  const job = `${app}-nightly-${29_000_000 + dice.int(9000)}`;
  const agent = (name: string) => `kube-controller-manager/${build}/system:serviceaccount:kube-system:${name}`;
  const spec: JsonObject = {
    containers: [{ name: app, image: imageOf(cluster, app), securityContext: { allowPrivilegeEscalation: false } }],
    restartPolicy: 'OnFailure',
  };
  asks(
    serviceAccountUser(cluster, 'kube-system', 'cronjob-controller'),
    plane(dice),
    agent('cronjob-controller'),
  )({
    verb: 'create',
    resource: 'jobs',
    group: 'batch',
    namespace,
    name: job,
    body: { kind: 'Job', metadata: { name: job, namespace }, spec: { template: { spec } } },
  });
  asks(
    serviceAccountUser(cluster, 'kube-system', 'job-controller'),
    plane(dice),
    agent('job-controller'),
  )({
    verb: 'create',
    resource: 'pods',
    namespace,
    body: { kind: 'Pod', metadata: { generateName: `${job}-`, namespace }, spec },
    after: 1,
  });
}

function imageOf(cluster: Cluster, app: string): string {
  return `${cluster.account}.dkr.ecr.us-east-1.amazonaws.com/${app}:main`;
}

/** A pipeline brings out a release with Helm, and the controllers roll it out. */
function deployment(cluster: Cluster, asks: Asks, dice: Dice): void {
  const { app, namespace } = workload(cluster, dice);
  const user = roleUser(cluster, 'github-deploy', 'GitHubActions', { username: 'github-deploy', groups: ['deployers'] });
  const ask = asks(user, `198.18.77.${1 + dice.int(60)}`, helm);
  const release = `sh.helm.release.v1.${app}.v${40 + dice.int(200)}`;
  const replica = `${app}-${dice.hex(9)}`;
  const spec: JsonObject = {
    containers: [{ name: app, image: imageOf(cluster, app), resources: { limits: { memory: '512Mi' } } }],
    serviceAccountName: app,
  };
  ask({ verb: 'get', path: '/version' });
  ask({ verb: 'list', resource: 'secrets', namespace, parameters: `labelSelector=name%3D${app}%2Cowner%3Dhelm`, after: 1 });
  ask({ verb: 'create', resource: 'secrets', namespace, name: release, after: 2 });
  for (const resource of ['serviceaccounts', 'configmaps', 'services'] as const)
    ask({ verb: 'get', resource, namespace, name: app, after: 2 });
  ask({
    verb: 'patch',
    resource: 'deployments',
    group: 'apps',
    namespace,
    name: app,
    body: { metadata: { name: app, namespace }, spec: { template: { spec } } },
    after: 3,
  });
  const replicas = asks(
    serviceAccountUser(cluster, 'kube-system', 'deployment-controller'),
    plane(dice),
    `kube-controller-manager/${build}/system:serviceaccount:kube-system:deployment-controller`,
  );
  replicas({
    verb: 'create',
    resource: 'replicasets',
    group: 'apps',
    namespace,
    name: replica,
    body: { kind: 'ReplicaSet', metadata: { name: replica, namespace }, spec: { template: { spec } } },
    after: 4,
  });
  const pods = asks(
    serviceAccountUser(cluster, 'kube-system', 'replicaset-controller'),
    plane(dice),
    `kube-controller-manager/${build}/system:serviceaccount:kube-system:replicaset-controller`,
  );
  for (let i = 0; i < 2; i++)
    pods({
      verb: 'create',
      resource: 'pods',
      namespace,
      body: { kind: 'Pod', metadata: { generateName: `${replica}-`, namespace }, spec },
      after: 5 + i,
    });
  ask({ verb: 'update', resource: 'secrets', namespace, name: release, after: 40 });
}

/** Somebody looks with kubectl; administrators also change, and sometimes look inside. */
function person(cluster: Cluster, asks: Asks, dice: Dice): void {
  const who = dice.int(cluster.people.length);
  const somebody = cluster.people[who];
  if (somebody === undefined) return;
  const admin = who < 2;
  const { app, namespace, pod } = workload(cluster, dice);
  const agent = `${['kubectl/v1.33.4 (darwin/arm64)', 'kubectl/v1.32.9 (linux/amd64)', 'k9s/v0.50.12 (darwin/arm64)'][who % 3] ?? 'kubectl/v1.33.4 (darwin/arm64)'} kubernetes/74cdb42`;
  const ask = asks(personUser(cluster, somebody, admin ? 'AdministratorAccess' : 'ReadOnlyAccess'), somebody.addresses[0], agent);
  ask({ verb: 'list', resource: 'pods', namespace, parameters: 'limit=500' });
  ask({ verb: 'get', resource: 'pods', namespace, name: pod, after: 20 });
  ask({ verb: 'get', resource: 'pods/log', namespace, name: pod, parameters: 'container=app&tailLines=200', after: 35 });
  if (dice.int(2) === 0)
    ask({
      verb: 'list',
      resource: one(['events', 'deployments', 'nodes', 'services'] as const, dice),
      ...(dice.int(3) === 0 ? {} : { namespace }),
      after: 50,
    });
  if (!admin) {
    // Readers find out what they may not.
    if (dice.int(12) === 0) ask({ verb: 'list', resource: 'secrets', namespace, code: 403, after: 60 });
    return;
  }
  switch (dice.int(8)) {
    case 0:
      return ask({
        verb: 'patch',
        resource: 'deployments',
        group: 'apps',
        namespace,
        name: app,
        parameters: 'fieldManager=kubectl-rollout',
        body: { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-01-05T09:00:00Z' } } } } },
        after: 80,
      });
    case 1:
      return ask({
        verb: 'patch',
        resource: 'deployments/scale',
        group: 'apps',
        namespace,
        name: app,
        body: { spec: { replicas: 2 + dice.int(6) } },
        after: 80,
      });
    case 2:
      return ask({
        verb: 'create',
        resource: 'pods/exec',
        namespace,
        name: pod,
        parameters: 'command=sh&container=app&stdin=true&stdout=true&tty=true',
        after: 80,
      });
    case 3:
      return ask({ verb: 'get', resource: 'secrets', namespace, name: `${app}-db`, after: 80 });
    case 4:
      return ask({ verb: 'create', resource: 'pods/portforward', namespace, name: pod, after: 80 });
    default:
      return ask({ verb: 'delete', resource: 'pods', namespace, name: pod, after: 80 });
  }
}
