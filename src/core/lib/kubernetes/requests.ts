/** One request to the interface of a cluster, in the words of its authorizer: https://kubernetes.io/docs/reference/access-authn-authz/authorization/ */
export interface KubernetesRequest {
  readonly verb: 'get' | 'list' | 'create' | 'patch' | 'delete';
  /** The API group; empty is that of pods and nodes. */
  readonly group: string;
  readonly version: string;
  /** With a subresource behind a slash: `deployments/scale`. */
  readonly resource: string;
  /** Is it asked of one namespace? A list without one is of all. */
  readonly namespaced: boolean;
}

const of = (group: string, version: string, resource: string, namespaced: boolean) => (verb: KubernetesRequest['verb']) => ({
  verb,
  group,
  version,
  resource,
  namespaced,
});
const pods = of('', 'v1', 'pods', true);
const nodes = of('', 'v1', 'nodes', false);
const apps = (resource: string) => of('apps', 'v1', resource, true);
const batch = (resource: string) => of('batch', 'v1', resource, true);
const policies = of('networking.k8s.io', 'v1', 'networkpolicies', true);
const bindings = of('rbac.authorization.k8s.io', 'v1', 'rolebindings', true);
const clusterBindings = of('rbac.authorization.k8s.io', 'v1', 'clusterrolebindings', false);

/** What starts pods anew, by its resource. */
const workloads: { readonly [resource: string]: (verb: KubernetesRequest['verb']) => KubernetesRequest } = {
  pods,
  ...Object.fromEntries(['deployments', 'statefulsets', 'replicasets', 'daemonsets'].map((one) => [one, apps(one)])),
  ...Object.fromEntries(['jobs', 'cronjobs'].map((one) => [one, batch(one)])),
};

/** How it is stopped: where a number of replicas says it, by that number alone, which cannot change what is started. */
const stopped: { readonly [resource: string]: KubernetesRequest } = {
  ...Object.fromEntries(['deployments', 'statefulsets', 'replicasets'].map((one) => [one, apps(`${one}/scale`)('patch')])),
  daemonsets: apps('daemonsets')('patch'),
  jobs: batch('jobs')('patch'),
  cronjobs: batch('cronjobs')('patch'),
};

/** The request of `kubernetes:GetWorkload` or `kubernetes:PatchWorkload` for a resource; null where there is none. */
export function workloadRequest(verb: 'get' | 'patch', resource: string): KubernetesRequest | null {
  if (verb === 'patch') return Object.hasOwn(stopped, resource) ? (stopped[resource] ?? null) : null;
  return Object.hasOwn(workloads, resource) ? (workloads[resource]?.(verb) ?? null) : null;
}

/** What is read to say whether a pod is isolated. In this order. */
export const isolationRequests = {
  pod: pods('get'),
  policies: policies('list'),
  /** What Amazon's controller has made of a policy, where it runs: https://github.com/aws/amazon-network-policy-controller-k8s */
  endpoints: of('networking.k8s.aws', 'v1alpha1', 'policyendpoints', true)('list'),
  agents: of('', 'v1', 'pods', false)('list'),
} as const;

/**
 * Actions of plans that go to a cluster, each with the requests that it makes there. They are no actions of IAM: who may make them, the
 * cluster's own roles say. Of IAM they need `eks:DescribeCluster` only (`permissionOf` in core/act).
 */
export const kubernetesActions: { readonly [action: string]: readonly KubernetesRequest[] } = {
  'kubernetes:GetPod': [pods('get')],
  'kubernetes:PatchPod': [pods('patch')],
  'kubernetes:GetNode': [nodes('get')],
  'kubernetes:PatchNode': [nodes('patch')],
  'kubernetes:GetNetworkPolicy': [policies('get')],
  'kubernetes:CreateNetworkPolicy': [policies('create')],
  'kubernetes:DeleteNetworkPolicy': [policies('delete')],
  'kubernetes:GetRoleBinding': [bindings('get')],
  'kubernetes:CreateRoleBinding': [bindings('create')],
  'kubernetes:DeleteRoleBinding': [bindings('delete')],
  'kubernetes:GetClusterRoleBinding': [clusterBindings('get')],
  'kubernetes:CreateClusterRoleBinding': [clusterBindings('create')],
  'kubernetes:DeleteClusterRoleBinding': [clusterBindings('delete')],
  'kubernetes:GetWorkload': Object.values(workloads).map((one) => one('get')),
  'kubernetes:PatchWorkload': Object.values(stopped),
  'kubernetes:DescribePodIsolation': Object.values(isolationRequests),
  // Everybody may ask what they may do, by the role system:basic-user.
  'kubernetes:GetOwnAccess': [of('authorization.k8s.io', 'v1', 'selfsubjectaccessreviews', false)('create')],
};

/** Does the action go to a cluster, and not to AWS? */
export function isKubernetes(action: string): boolean {
  return action.startsWith('kubernetes:');
}

/** Names of objects: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/. Of roles also colons. */
export const objectName = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
export const namespaceName = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
export const roleName = /^(?!\.{1,2}$)[A-Za-z0-9:._-]{1,253}$/;
export const clusterName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;
