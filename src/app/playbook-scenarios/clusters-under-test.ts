import { cordonNode } from '../../../content/playbooks/aws/eks/cordon-node.ts';
import { isolatePod } from '../../../content/playbooks/aws/eks/isolate-pod.ts';
import { preservePod } from '../../../content/playbooks/aws/eks/preserve-pod.ts';
import { removeRoleBinding } from '../../../content/playbooks/aws/eks/remove-role-binding.ts';
import { stopWorkload } from '../../../content/playbooks/aws/eks/stop-workload.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import type { Target } from '../../core/model/plan.ts';
import { account, all, as, detectionOf, documents, type Organisation, type Scenario, start, twoStates } from './scenario-under-test.ts';

const cluster = 'shop';
const node = 'ip-192-0-2-10.ec2.internal';
const pod = { cluster, namespace: 'web', name: 'cart-1' };

/** jobzero's own roles, which the cluster has to know. */
const known = (organisation: Organisation): void => {
  for (const role of Object.values(organisation.range.state.accounts[account]?.roles ?? {}))
    if (/^Jobzero(Reader|Actor|Undoer)$/.test(role.name))
      organisation.root.call('eks:CreateAccessEntry', { clusterName: cluster, principalArn: role.arn, kubernetesGroups: ['jobzero'] });
};

const agent = (app: string, args: readonly string[] = []) =>
  as('root', 'kubernetes:CreatePod', {
    cluster,
    namespace: 'kube-system',
    name: `${app}-x`,
    object: { metadata: { labels: { 'k8s-app': app } }, spec: { nodeName: node, containers: [{ name: app, args }] } },
  });

/** A cluster with a node that enforces policies as the VPC CNI does. */
const prepared = all(
  as('root', 'eks:CreateCluster', { name: cluster, resourcesVpcConfig: { endpointPublicAccess: true } }),
  known,
  as('root', 'kubernetes:CreateNode', { cluster, name: node, object: { spec: { providerID: 'aws:///us-east-1a/i-0a1b2c3d4e5f60718' } } }),
  agent('aws-node', ['--enable-network-policy=true']),
);

const deployed = (spec: JsonObject = {}) =>
  as('mallory', 'kubernetes:CreatePod', { ...pod, object: { metadata: { labels: { app: 'cart' } }, spec: { nodeName: node, ...spec } } });

const found = (rule: string, operation: string, kind: string, uid: string): Finding =>
  detectionOf(rule, [{ operation, resource: { uid, type: `kubernetes/${kind}`, name: uid.split('/').at(-1) ?? '' } }], start);
const foundPod = () => found('aws.eks-audit.exec-first-used-by', 'create pods/exec', 'pods', 'shop/web/pods/cart-1');

/** What is told of a node's credentials names the node as who did it, and something else as what it was done to. */
const foundNode = (): Finding => {
  const { evidence, ...rest } = found('aws.eks-audit.node-credentials-used-by-hand', 'list secrets', 'secrets', 'shop/web/secrets/db');
  const username = `system:node:${node}`;
  const actor = { type: 'AssumedRole', uid: 'arn:aws:sts::111122223333:assumed-role/nodes/i-0a1b2c3d4e5f60718', name: username };
  const kept = { cluster: 'shop', username };
  return { ...rest, evidence: evidence.map((one) => ({ ...one, actor, kept, error: 'Forbidden' })) };
};

const object = (organisation: Organisation, kind: string, id: string): JsonObject | undefined =>
  documents(organisation, `kubernetes/${kind}/us-east-1`)[id];
/** An object without what the cluster itself gives it. */
const written = (item: JsonObject | undefined): Json => {
  if (item === undefined) return null;
  const { uid: _uid, resourceVersion: _version, ...metadata } = (item['metadata'] ?? {}) as JsonObject;
  return { ...item, metadata };
};
const policies = (organisation: Organisation) => Object.keys(documents(organisation, 'kubernetes/networkpolicies/us-east-1'));
const patchPod = (patch: JsonObject) => as('root', 'kubernetes:PatchPod', { ...pod, patch });
const gone = as('root', 'kubernetes:DeletePod', pod);

const binding = (organisation: Organisation, target: Target) =>
  written(
    object(
      organisation,
      target.params['namespace'] === undefined ? 'clusterrolebindings' : 'rolebindings',
      Object.values(target.params).map(String).join('/'),
    ),
  );
const helper = {
  metadata: { labels: { app: 'helper' } },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ kind: 'ServiceAccount', name: 'helper', namespace: 'web' }],
};

const workload = (resource: string, name: string, spec: JsonObject, more: JsonObject = {}) =>
  as('mallory', 'kubernetes:CreateWorkload', { cluster, namespace: 'web', resource, name, object: { spec, ...more } });
const controlledBy = (kind: string, name: string) => ({ metadata: { ownerReferences: [{ kind, name, controller: true }] } });
const patchWorkload = (resource: string, name: string, spec: JsonObject) =>
  as('root', 'kubernetes:PatchWorkload', { cluster, namespace: 'web', resource, name, patch: { spec } });
const workloads = (organisation: Organisation): Json =>
  Object.values(documents(organisation, 'kubernetes/workloads/us-east-1')).map(written);
const foundMiner = (resource: string, name: string) => () =>
  found('aws.eks-audit.mining-image-deployed', `create ${resource}`, resource, `shop/web/${resource}/${name}`);
const stops = {
  playbook: stopWorkload,
  prepare: prepared,
  view: workloads,
  does: ['kubernetes:PatchWorkload'],
  undoes: ['kubernetes:PatchWorkload'],
} as const;

export const clusterScenarios: readonly Scenario[] = [
  {
    name: 'isolates a pod in a cluster',
    playbook: isolatePod,
    prepare: prepared,
    attack: deployed(),
    finding: foundPod,
    view: (organisation) => [written(object(organisation, 'pods', 'shop/web/cart-1')), policies(organisation)],
    meddle: (organisation) => {
      for (const id of policies(organisation))
        organisation.root.call('kubernetes:PatchNetworkPolicy', {
          ...pod,
          name: id.split('/')[2] ?? '',
          patch: { spec: { egress: [{}] } },
        });
    },
    does: ['kubernetes:PatchPod', 'kubernetes:CreateNetworkPolicy'],
    undoes: ['kubernetes:DeleteNetworkPolicy', 'kubernetes:PatchPod'],
    refused: { when: patchPod({ spec: { hostNetwork: true } }), says: /uses the network of its node/ },
  },
  {
    name: 'isolates a pod where Calico enforces policies',
    playbook: isolatePod,
    prepare: all(prepared, agent('calico-node')),
    attack: deployed(),
    finding: foundPod,
    view: (organisation) => [written(object(organisation, 'pods', 'shop/web/cart-1')), policies(organisation)],
    meddle: patchPod({ metadata: { labels: { 'jobzero/isolated': 'no' } } }),
    does: ['kubernetes:PatchPod', 'kubernetes:CreateNetworkPolicy'],
    undoes: ['kubernetes:DeleteNetworkPolicy', 'kubernetes:PatchPod'],
    refused: { when: gone, says: /is gone/ },
  },
  {
    name: 'keeps a pod where it is, and a record of it',
    playbook: preservePod,
    prepare: prepared,
    attack: deployed(),
    finding: foundPod,
    view: (organisation) => written(object(organisation, 'pods', 'shop/web/cart-1')),
    meddle: patchPod({ metadata: { annotations: { 'karpenter.sh/do-not-disrupt': '5m' } } }),
    does: ['kubernetes:PatchPod'],
    undoes: ['kubernetes:PatchPod'],
    refused: { when: gone, says: /is gone/ },
  },
  {
    name: 'lets the deployment of a pod start no more',
    ...stops,
    attack: all(
      workload('deployments', 'cart', { replicas: 3 }),
      workload('replicasets', 'cart-7d9', { replicas: 3 }, controlledBy('Deployment', 'cart')),
      as('mallory', 'kubernetes:CreatePod', { ...pod, object: { ...controlledBy('ReplicaSet', 'cart-7d9'), spec: { nodeName: node } } }),
    ),
    finding: foundMiner('pods', 'cart-1'),
    meddle: patchWorkload('deployments', 'cart', { replicas: 1 }),
    refused: { when: gone, says: /There is nothing to stop for the pod web\/cart-1/ },
  },
  {
    name: 'suspends a cron job',
    ...stops,
    attack: workload('cronjobs', 'report', { suspend: false, schedule: '* * * * *' }),
    finding: foundMiner('cronjobs', 'report'),
    meddle: twoStates,
  },
  {
    name: 'lets a daemon set fit no node',
    ...stops,
    attack: workload('daemonsets', 'agent', { template: { spec: { nodeSelector: { 'kubernetes.io/os': 'linux' } } } }),
    finding: foundMiner('daemonsets', 'agent'),
    meddle: patchWorkload('daemonsets', 'agent', { template: { spec: { nodeSelector: { 'jobzero/stopped': 'no' } } } }),
  },
  {
    name: 'lets a node take no more pods',
    playbook: cordonNode,
    prepare: prepared,
    attack: deployed(),
    finding: () => foundNode(),
    view: (organisation) => written(object(organisation, 'nodes', `shop/${node}`)),
    meddle: as('root', 'kubernetes:PatchNode', {
      cluster,
      name: node,
      patch: { metadata: { annotations: { 'karpenter.sh/do-not-disrupt': null } } },
    }),
    does: ['kubernetes:PatchNode'],
    undoes: ['kubernetes:PatchNode'],
    refused: {
      when: ({ range }) => {
        const settings = range.state.accounts[account]?.settings;
        if (settings !== undefined) settings['kubernetes/nodes/us-east-1'] = {};
      },
      says: /There is no node/,
    },
  },
  {
    name: 'deletes a binding that was made in a cluster',
    playbook: removeRoleBinding,
    prepare: prepared,
    attack: as('mallory', 'kubernetes:CreateClusterRoleBinding', { cluster, name: 'helper:admin', object: helper }),
    finding: () =>
      found(
        'aws.eks-audit.cluster-admin-bound',
        'create clusterrolebindings',
        'clusterrolebindings',
        'shop/clusterrolebindings/helper:admin',
      ),
    view: binding,
    meddle: as('root', 'kubernetes:CreateClusterRoleBinding', { cluster, name: 'helper:admin', object: { ...helper, subjects: [] } }),
    inTheWay: true,
    does: ['kubernetes:DeleteClusterRoleBinding'],
    undoes: ['kubernetes:CreateClusterRoleBinding'],
    refused: {
      when: ({ range, root }) => {
        const actor = Object.values(range.state.accounts[account]?.roles ?? {}).find(({ name }) => name === 'JobzeroActor');
        root.call('eks:DeleteAccessEntry', { clusterName: cluster, principalArn: actor?.arn ?? '' });
      },
      says: /Unauthorized/,
    },
  },
  {
    name: 'deletes a binding that was made in a namespace',
    playbook: removeRoleBinding,
    prepare: prepared,
    attack: as('mallory', 'kubernetes:CreateRoleBinding', { cluster, namespace: 'web', name: 'helper', object: helper }),
    finding: () => found('aws.eks-audit.anonymous-access-granted', 'create rolebindings', 'rolebindings', 'shop/web/rolebindings/helper'),
    view: binding,
    meddle: as('root', 'kubernetes:CreateRoleBinding', { cluster, namespace: 'web', name: 'helper', object: { ...helper, subjects: [] } }),
    inTheWay: true,
    does: ['kubernetes:DeleteRoleBinding'],
    undoes: ['kubernetes:CreateRoleBinding'],
  },
];
