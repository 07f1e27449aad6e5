import type { Finding, ResourceRef } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Around, Precondition, Target } from '../../model/plan.ts';
import { partitionOf } from '../arn.ts';
import { valueAt } from '../json-at.ts';
import { clusterName, type KubernetesRequest, kubernetesActions, namespaceName, objectName, roleName } from '../kubernetes/requests.ts';
import { distinctTargets } from './distinct-targets.ts';

/** An object of a cluster that a finding names. */
export interface ClusterObject {
  readonly cluster: string;
  /** As in paths of the interface: `pods`. */
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
}

/** Which objects of a finding are targets. */
interface ObjectNaming {
  /** Kinds, and whether they are of a namespace. */
  readonly kinds: { readonly [kind: string]: 'of a namespace' | 'of the cluster' };
  /** Of a detection only what was done so: `/^create /`. */
  readonly operations?: RegExp;
  /** The parameters; null where it is no target. */
  readonly params: (object: ClusterObject) => JsonObject | null;
}

const regionPattern = /^[a-z]+(-[a-z]+)+-\d+$/;

/** The objects of clusters that a finding names. Their ARN is that of the cluster: AWS knows none of what is in it. */
export function clusterTargets(
  finding: Finding,
  around: Around | undefined,
  { kinds, operations, params }: ObjectNaming,
): readonly Target[] {
  // What the cluster refused was not done.
  const done = finding.evidence.filter((one) => one.error === undefined && (operations === undefined || operations.test(one.operation)));
  const imported = finding.imported === undefined || (operations !== undefined && done.length === 0) ? [] : finding.resources;
  const named = [...done.flatMap(({ resource }) => resource ?? []), ...imported];
  return distinctTargets(
    named.flatMap((resource) => {
      const object = objectOf(resource, kinds);
      const more = object === null ? null : params(object);
      if (object === null || more === null || resource.account !== finding.account) return [];
      const region = regionOf(object, resource, finding, around);
      if (region === null) return [];
      const uid = `arn:${partitionOf(region)}:eks:${region}:${finding.account}:cluster/${object.cluster}`;
      return [{ account: finding.account, region, uid, params: { cluster: object.cluster, ...more } }];
    }),
  );
}

/** As logs of clusters and reports of GuardDuty name it: `prod/shop/pods/cart-1`, `prod/nodes/ip-192-0-2-1.ec2.internal`. */
function objectOf({ type, uid }: ResourceRef, kinds: ObjectNaming['kinds']): ClusterObject | null {
  const kind = type.replace(/^kubernetes\//, '');
  const scope = kind === type || !Object.hasOwn(kinds, kind) ? undefined : kinds[kind];
  if (scope === undefined) return null;
  const parts = uid.split('/');
  const ofNamespace = scope === 'of a namespace';
  const [cluster = '', of = '', name = ''] = ofNamespace ? parts.toSpliced(1, 1) : parts;
  const namespace = ofNamespace ? (parts[1] ?? '') : null;
  if (parts.length !== (ofNamespace ? 4 : 3) || of !== kind || !clusterName.test(cluster)) return null;
  if (namespace !== null && !namespaceName.test(namespace)) return null;
  return (kind.endsWith('rolebindings') ? roleName : objectName).test(name) ? { cluster, kind, namespace, name } : null;
}

/** The log of a cluster does not say in which Region it is: then it is that of the one cluster of this name. */
function regionOf({ cluster }: ClusterObject, resource: ResourceRef, finding: Finding, around: Around | undefined): string | null {
  const said = [resource.region, finding.region].find((one) => regionPattern.test(one));
  if (said !== undefined) return said;
  const regions = (around?.clusters ?? []).flatMap((one) => (one.name === cluster ? [one.region] : []));
  return regions.length === 1 ? (regions[0] ?? null) : null;
}

/** What every call of the plan says of where it goes. */
export function inCluster({ params }: Target, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(['cluster', ...names].map((name) => [name, params[name] ?? null]));
}

/** The cluster, in sentences. */
export function clusterIn({ params }: Target): string {
  return `the cluster ${String(params['cluster'])}`;
}

/**
 * The cluster lets the role that acts do what the plan does. Asked of the cluster itself, so it says as well whether it can be reached and knows the role.
 * https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
 */
export function allowedInCluster(target: Target, actions: readonly string[], namespace: string | null): Precondition {
  const requests = actions.flatMap((action) => kubernetesActions[action] ?? []);
  const [first, ...others] = requests.map((request) => accessInput(target, request, namespace));
  const wanted = requests.map(({ verb, resource }) => `${verb} ${resource}`).join(', ');
  return {
    name: 'The cluster lets it',
    on: [target.uid],
    read: { action: 'kubernetes:GetOwnAccess', input: first ?? {}, keep: 'access' },
    follow: { action: 'kubernetes:GetOwnAccess', inputs: () => others },
    expect: (answer, followed) => [answer, ...followed].every((one) => valueAt(one, 'status', 'allowed') === true),
    says: `The role that acts may not do one of these in ${clusterIn(target)}: ${wanted}.`,
  };
}

function accessInput(target: Target, { verb, group, resource, namespaced }: KubernetesRequest, namespace: string | null): JsonObject {
  return { ...inCluster(target), verb, group, resource, ...(namespaced && namespace !== null ? { namespace } : {}) };
}

/** The target of examples: a cluster, and what of it. */
export function exampleCluster(params: JsonObject): Target {
  const place = { account: '111122223333', region: 'eu-central-1' };
  return { ...place, uid: `arn:aws:eks:${place.region}:${place.account}:cluster/shop`, params: { cluster: 'shop', ...params } };
}
