import { workloadKinds } from '../../core/lib/kubernetes/workloads.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import { fault, isObject, type OperationContext, type OperationTable, objects, text } from '../operation.ts';
import { arnIn, gets, type Kind, makes, pick, removes, sets, settings, type Verb } from '../settings.ts';

/** Objects of clusters, as far as playbooks touch them. Requests to a cluster are permitted by its own roles, and CloudTrail does not see them. */

function kind(resource: string, namespaced: boolean): Kind {
  return {
    service: 'kubernetes',
    kind: resource,
    id: ({ input }) => {
      const parts = ['cluster', ...(namespaced ? ['namespace'] : []), 'name'].map((name) => input[name]);
      return parts.every((part) => typeof part === 'string' && !(part in Object.prototype)) ? parts.join('/') : null;
    },
    arn: (context) => arnIn('eks', () => `cluster/${text(context, 'cluster')}`)(context, ''),
    missing: 'NotFound',
  };
}

/** What the cluster says before it does anything. A session of a role needs an access entry that gives it a group or a policy; whoever else is simulated is let in. */
function letIn(context: OperationContext): void {
  const { account, region, input, caller } = context;
  const cluster = text(context, 'cluster');
  const place = (name: string): { readonly [id: string]: JsonObject } => account.settings?.[`eks/${name}/${region}`] ?? {};
  if (!Object.hasOwn(place('cluster'), cluster))
    throw fault(context, 'ResourceNotFoundException', `No cluster found for name: ${cluster}.`);
  if (caller.roleArn === null) return;
  const entry = place('access-entry')[`${String(input['cluster'])} ${caller.roleArn}`];
  if (entry === undefined) throw fault(context, 'Unauthorized', 'Unauthorized');
  const groups = entry['kubernetesGroups'];
  if ((!Array.isArray(groups) || groups.length === 0) && objects(entry['policies']).length === 0)
    throw fault(context, 'Forbidden', `User "${caller.arn}" is in no group that may do this`);
}

/** RFC 7396; maps that become empty are left out, as the server does. */
function merged(value: Json, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const before: JsonObject = isObject(value) ? value : {};
  const after: Record<string, Json> = { ...before };
  for (const [key, member] of Object.entries(patch)) {
    const next = member === null ? null : merged(before[key] ?? null, member ?? null);
    if (next === null || (isObject(next) && Object.keys(next).length === 0)) delete after[key];
    else after[key] = next;
  }
  return after;
}

const metadataOf = (item: JsonObject): JsonObject => (isObject(item['metadata']) ? item['metadata'] : {});

/** Each change gives another version. */
function changed(item: JsonObject): JsonObject {
  const metadata = metadataOf(item);
  return { ...item, metadata: { ...metadata, resourceVersion: String(Number(metadata['resourceVersion'] ?? 0) + 1) } };
}

function isMeant(item: JsonObject, wanted: Json | undefined, context: OperationContext): void {
  const metadata = metadataOf(item);
  for (const part of ['uid', 'resourceVersion'])
    if (isObject(wanted) && wanted[part] !== undefined && wanted[part] !== metadata[part])
      throw fault(
        context,
        'Conflict',
        `Operation cannot be fulfilled: Precondition failed: ${part} in precondition: ${String(wanted[part])}`,
      );
}

const create: Verb = makes(
  (context, id, before) => {
    if (before !== null) throw fault(context, 'AlreadyExists', `${id} already exists`);
    const { input, dice } = context;
    const object: JsonObject = isObject(input['object']) ? input['object'] : {};
    const names = { name: input['name'] ?? '', ...(input['namespace'] === undefined ? {} : { namespace: input['namespace'] }) };
    return { ...object, metadata: { ...metadataOf(object), ...names, uid: dice.uuid(), resourceVersion: '1' } };
  },
  (item) => item,
);
const patch: Verb = sets(
  (item, context) => {
    const wanted = context.input['patch'] ?? {};
    isMeant(item, isObject(wanted) ? wanted['metadata'] : undefined, context);
    return changed(merged(item, wanted) as JsonObject);
  },
  (item) => item,
);
const goes = removes(() => ({ kind: 'Status', status: 'Success' }));
const remove: Verb = {
  ...goes,
  run: (items, id, context) => {
    const item = id === null ? null : items.get(id);
    if (item !== null) isMeant(item, context.input['preconditions'], context);
    return goes.run(items, id, context);
  },
};

function stored({ account, region, input }: OperationContext, resource: string): readonly JsonObject[] {
  const found: { readonly [id: string]: JsonObject } = account.settings?.[`kubernetes/${resource}/${region}`] ?? {};
  return Object.entries(found).flatMap(([id, item]) => (id.split('/')[0] === input['cluster'] ? [item] : []));
}

const specOf = (item: JsonObject): JsonObject => (isObject(item['spec']) ? item['spec'] : {});

/** Agents are pods with `k8s-app`; Amazon's controller finds the pods of policies wherever its agent is told to enforce them. */
function isolation(pod: JsonObject, context: OperationContext): JsonObject {
  const { namespace, name, uid, labels = {} } = metadataOf(pod);
  const node = specOf(pod)['nodeName'] ?? null;
  const policies = stored(context, 'networkpolicies').filter((one) => metadataOf(one)['namespace'] === namespace);
  const agents = stored(context, 'pods').filter((one) => {
    const marks = metadataOf(one)['labels'];
    return specOf(one)['nodeName'] === node && isObject(marks) && ['aws-node', 'calico-node', 'cilium'].includes(String(marks['k8s-app']));
  });
  const isOn = JSON.stringify(agents).includes('--enable-network-policy=true');
  const selects = (policy: JsonObject) => {
    const selector = specOf(policy)['podSelector'];
    const wanted = isObject(selector) && isObject(selector['matchLabels']) ? selector['matchLabels'] : {};
    return Object.entries(wanted).every(([key, value]) => isObject(labels) && labels[key] === value);
  };
  return {
    pod: { metadata: { namespace: namespace ?? '', name: name ?? '', uid: uid ?? '', labels }, spec: pod['spec'] ?? {} },
    policies: policies.map((one) => ({ metadata: { name: metadataOf(one)['name'] ?? '' }, spec: specOf(one) })),
    endpoints: isOn
      ? policies
          .filter(selects)
          .map((one) => ({ spec: { policyRef: { name: metadataOf(one)['name'] ?? '', namespace: namespace ?? '' } } }))
      : [],
    agents: agents.map((one) => ({ metadata: metadataOf(one), spec: specOf(one), ready: true })),
  };
}

/** What starts pods, by resource and name; all of them of one kind here. */
const workloads: Kind = {
  ...kind('workloads', true),
  id: ({ input }) => {
    const parts = ['cluster', 'namespace', 'resource', 'name'].map((name) => input[name]);
    return parts.every((part) => typeof part === 'string' && !(part in Object.prototype)) ? parts.join('/') : null;
  },
};

/** From a pod or a workload up to what starts it, as the edge finds it. */
const getWorkload: Verb = {
  reads: true,
  needs: false,
  run: (items, _, context) => {
    const [cluster, namespace] = ['cluster', 'namespace'].map((name) => text(context, name));
    const pods = stored(context, 'pods');
    const find = (resource: string, name: string): JsonObject => {
      const found =
        resource === 'pods'
          ? pods.find((one) => metadataOf(one)['namespace'] === namespace && metadataOf(one)['name'] === name)
          : items.get(`${cluster}/${namespace}/${resource}/${name}`);
      if (found === undefined || found === null) throw fault(context, 'NotFound', `${resource} "${name}" not found`);
      return found;
    };
    let resource = text(context, 'resource');
    let found = find(resource, text(context, 'name'));
    for (;;) {
      const owner = objects(metadataOf(found)['ownerReferences']).find((one) => one['controller'] === true);
      const above = workloadKinds[String(owner?.['kind'])];
      if (owner === undefined || above === undefined)
        return {
          resource,
          metadata: pick(metadataOf(found), 'name', 'namespace', 'uid'),
          spec: specOf(found),
          status: found['status'] ?? {},
          owner: owner?.['kind'] ?? null,
        };
      resource = above;
      found = find(above, String(owner['name']));
    }
  },
};

const tables: readonly OperationTable[] = [
  settings(kind('pods', true), {
    CreatePod: create,
    GetPod: gets(),
    PatchPod: patch,
    DeletePod: remove,
    DescribePodIsolation: gets(isolation),
  }),
  settings(kind('nodes', false), { CreateNode: create, GetNode: gets(), PatchNode: patch }),
  settings(kind('networkpolicies', true), {
    CreateNetworkPolicy: create,
    GetNetworkPolicy: gets(),
    PatchNetworkPolicy: patch,
    DeleteNetworkPolicy: remove,
  }),
  settings(workloads, { CreateWorkload: create, GetWorkload: getWorkload, PatchWorkload: patch, DeleteWorkload: remove }),
  settings(kind('rolebindings', true), { CreateRoleBinding: create, GetRoleBinding: gets(), DeleteRoleBinding: remove }),
  settings(kind('clusterrolebindings', false), {
    CreateClusterRoleBinding: create,
    GetClusterRoleBinding: gets(),
    DeleteClusterRoleBinding: remove,
  }),
  settings(kind('selfsubjectaccessreviews', false), {
    // Whoever is let in may do all of it.
    GetOwnAccess: { reads: true, needs: false, run: () => ({ status: { allowed: true } }) },
  }),
];

export const kubernetes: OperationTable = Object.fromEntries(
  tables
    .flatMap((table) => Object.entries(table))
    .map(([action, operation]) => [
      action,
      {
        ...operation,
        unrecorded: true,
        permission: 'eks:DescribeCluster',
        on: (context) => [arnIn('eks', () => `cluster/${text(context, 'cluster')}`)(context, '')],
        run: (context) => {
          letIn(context);
          return operation.run(context);
        },
      },
    ]),
);
