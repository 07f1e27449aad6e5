import { asObject, listAt, textAt, valueAt } from '../../../core/lib/json-at.ts';
import {
  clusterName,
  isolationRequests,
  type KubernetesRequest,
  kubernetesActions,
  namespaceName,
  objectName,
  roleName,
  workloadRequest,
} from '../../../core/lib/kubernetes/requests.ts';
import { CloudError } from '../../../core/model/errors.ts';
import type { Json, JsonObject } from '../../../core/model/json.ts';
import type { ClusterRequest } from './cluster-request.ts';
import { partOf, workloadOf } from './workload-of.ts';

/** Asks the cluster that the call is about. Throws CloudError. */
type Ask = (request: ClusterRequest) => Promise<Json>;

/** Lists are followed to their end: https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks */
const perPage = 200;
const mostPages = 20;

/** The cluster that a call of a plan names. Throws CloudError `invalid`. */
export function clusterOf(action: string, input: JsonObject): string {
  return named(action, input, 'cluster', clusterName);
}

/**
 * Makes a call of a plan: the input names `cluster`, `namespace` and `name`, and has an `object` to create, a `patch` (RFC 7396) or
 * `preconditions` of a deletion. Answers are Kubernetes' own objects without `metadata.managedFields`.
 */
export async function callCluster(action: string, input: JsonObject, ask: Ask): Promise<Json> {
  const [request] = kubernetesActions[action] ?? [];
  if (request === undefined)
    throw new CloudError('unsupported', 'UnsupportedAction', action, `${action}: this adapter knows no such action`);
  if (action === 'kubernetes:DescribePodIsolation') return isolation(action, input, ask);
  if (action === 'kubernetes:GetWorkload') return workload(action, input, ask);
  if (action === 'kubernetes:PatchWorkload') return patchWorkload(action, input, ask);
  if (action === 'kubernetes:GetOwnAccess') return ask(accessReview(request, input));
  const place = placeOf(action, request, input);
  return bare(await ask(requestOf(request, place, input)));
}

interface Place {
  readonly namespace: string | null;
  readonly name: string;
}

function placeOf(action: string, { namespaced, resource }: KubernetesRequest, input: JsonObject): Place {
  const name = named(action, input, 'name', resource.endsWith('rolebindings') ? roleName : objectName);
  return { namespace: namespaced ? named(action, input, 'namespace', namespaceName) : null, name };
}

function requestOf(request: KubernetesRequest, { namespace, name }: Place, input: JsonObject): ClusterRequest {
  const collection = pathOf(request, namespace);
  const does = doesOf(request, namespace);
  const [, under] = request.resource.split('/');
  const one = `${collection}/${encodeURIComponent(name)}${under === undefined ? '' : `/${under}`}`;
  switch (request.verb) {
    case 'get':
    case 'list':
      return { method: 'GET', path: one, does };
    case 'create':
      return {
        method: 'POST',
        path: `${collection}?fieldManager=jobzero&fieldValidation=Strict`,
        body: objectIn(request, name, namespace, input),
        does,
      };
    case 'patch':
      return { method: 'PATCH', path: `${one}?fieldManager=jobzero&fieldValidation=Strict`, body: asObject(input['patch']) ?? {}, does };
    case 'delete':
      // What was changed or made anew since it was read is not deleted.
      return {
        method: 'DELETE',
        path: one,
        body: {
          kind: 'DeleteOptions',
          apiVersion: 'v1',
          ...(asObject(input['preconditions']) === null ? {} : { preconditions: input['preconditions'] ?? null }),
        },
        does,
      };
    default:
      return request.verb satisfies never;
  }
}

const kinds: { readonly [resource: string]: string } = {
  networkpolicies: 'NetworkPolicy',
  rolebindings: 'RoleBinding',
  clusterrolebindings: 'ClusterRoleBinding',
};

function objectIn({ group, version, resource }: KubernetesRequest, name: string, namespace: string | null, input: JsonObject): JsonObject {
  const object = asObject(input['object']) ?? {};
  const metadata = { ...asObject(object['metadata']), name, ...(namespace === null ? {} : { namespace }) };
  return { ...object, apiVersion: `${group}/${version}`, kind: kinds[resource] ?? '', metadata };
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access */
function accessReview(request: KubernetesRequest, input: JsonObject): ClusterRequest {
  const [resource = '', subresource] = (textAt(input, 'resource') ?? '').split('/');
  const resourceAttributes = {
    ...partOf(input, 'verb', 'group', 'namespace', 'name'),
    resource,
    ...(subresource === undefined ? {} : { subresource }),
  };
  const body = { kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', spec: { resourceAttributes } };
  return { method: 'POST', path: pathOf(request, null), body, does: doesOf(request, null) };
}

/** What the input names as `resource` and `name`, or what starts it. */
async function workload(action: string, input: JsonObject, ask: Ask): Promise<Json> {
  const namespace = named(action, input, 'namespace', namespaceName);
  const start = { resource: textAt(input, 'resource') ?? '', name: named(action, input, 'name', objectName) };
  return workloadOf(start, (resource, name) => ask(requestOf(workloadAs(action, 'get', resource), { namespace, name }, input)));
}

async function patchWorkload(action: string, input: JsonObject, ask: Ask): Promise<Json> {
  const request = workloadAs(action, 'patch', textAt(input, 'resource') ?? '');
  return bare(await ask(requestOf(request, placeOf(action, request, input), input)));
}

function workloadAs(action: string, verb: 'get' | 'patch', resource: string): KubernetesRequest {
  const request = workloadRequest(verb, resource);
  if (request !== null) return request;
  throw new CloudError('invalid', 'InvalidInput', action, `${action}: the input names nothing that starts pods`);
}

/**
 * The pod; the network policies of its namespace; those of Amazon's endpoints of policies that name it; and what on its node may enforce
 * policies. Of each what `core/lib/kubernetes/isolation` looks at.
 */
async function isolation(action: string, input: JsonObject, ask: Ask): Promise<Json> {
  const { pod, policies, endpoints, agents } = isolationRequests;
  const place = placeOf(action, pod, input);
  const { namespace } = place;
  const list = async (request: KubernetesRequest, query = ''): Promise<readonly Json[]> => {
    const of = request.namespaced ? namespace : null;
    const items: Json[] = [];
    let next = '';
    for (let page = 0; page < mostPages; page++) {
      const path = `${pathOf(request, of)}?limit=${perPage}${query}${next === '' ? '' : `&continue=${encodeURIComponent(next)}`}`;
      const answer = await ask({ method: 'GET', path, does: doesOf(request, of) });
      for (const item of listAt(answer, 'items')) items.push(item);
      next = textAt(answer, 'metadata', 'continue') ?? '';
      if (next === '') return items;
    }
    throw new CloudError('unavailable', 'EndlessList', action, `${action}: the pages of ${request.resource} do not end`);
  };
  const found = await ask(requestOf(pod, place, input));
  const node = textAt(found, 'spec', 'nodeName');
  const selectors = `&fieldSelector=${encodeURIComponent(`spec.nodeName=${node}`)}&labelSelector=${encodeURIComponent('k8s-app in (aws-node,calico-node,cilium)')}`;
  const isHere = (one: Json) => textAt(one, 'name') === place.name && textAt(one, 'namespace') === namespace;
  return {
    pod: {
      metadata: partOf(valueAt(found, 'metadata'), 'name', 'namespace', 'uid', 'labels'),
      spec: partOf(valueAt(found, 'spec'), 'nodeName', 'hostNetwork'),
    },
    policies: (await list(policies)).map((one) => ({ metadata: partOf(valueAt(one, 'metadata'), 'name'), spec: valueAt(one, 'spec') })),
    endpoints: (await unlessUnknown(() => list(endpoints)))
      .filter((one) => listAt(one, 'spec', 'podSelectorEndpoints').some(isHere))
      .map((one) => ({ spec: partOf(valueAt(one, 'spec'), 'policyRef') })),
    agents: node === null ? [] : (await list(agents, selectors)).map(agentOf),
  };
}

/** A cluster without Amazon's network policies knows no such resource. */
async function unlessUnknown(read: () => Promise<readonly Json[]>): Promise<readonly Json[]> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CloudError && error.kind === 'not-found') return [];
    throw error;
  }
}

function agentOf(pod: Json): JsonObject {
  const metadata = partOf(valueAt(pod, 'metadata'), 'name', 'namespace', 'labels');
  const containers = listAt(pod, 'spec', 'containers').map((one) => partOf(one, 'name', 'args'));
  const ready = listAt(pod, 'status', 'conditions').some((one) => textAt(one, 'type') === 'Ready' && textAt(one, 'status') === 'True');
  return { metadata, spec: { containers }, ready };
}

function pathOf({ group, version, resource, namespaced }: KubernetesRequest, namespace: string | null): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return `${root}${namespaced && namespace !== null ? `/namespaces/${encodeURIComponent(namespace)}` : ''}/${resource.split('/')[0]}`;
}

/** `patch pods in the namespace shop` */
function doesOf({ verb, group, resource }: KubernetesRequest, namespace: string | null): string {
  return `${verb} ${resource}${group === '' ? '' : `.${group}`}${namespace === null ? '' : ` in the namespace ${namespace}`}`;
}

/** Names go into paths, and an input may come from a log: what is no name of Kubernetes is not sent. */
function named(action: string, input: JsonObject, part: string, pattern: RegExp): string {
  const text = textAt(input, part);
  if (text !== null && pattern.test(text)) return text;
  throw new CloudError('invalid', 'InvalidInput', action, `${action}: the input has no ${part} that Kubernetes would take`);
}

function bare(answer: Json): Json {
  const object = asObject(answer);
  const metadata = asObject(object?.['metadata']);
  if (object === null || metadata === null) return answer;
  const { managedFields: _fields, ...rest } = metadata;
  return { ...object, metadata: rest };
}
