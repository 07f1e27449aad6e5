import { asObject, listAt, textAt, valueAt } from '../../../core/lib/json-at.ts';
import { objectName } from '../../../core/lib/kubernetes/requests.ts';
import { workloadKinds } from '../../../core/lib/kubernetes/workloads.ts';
import type { Json, JsonObject } from '../../../core/model/json.ts';

/** A pod is started by a replica set, and that by a deployment; jobs by cron jobs. */
const mostSteps = 3;

/**
 * What starts pods anew, from one of them or from a workload up: `{ resource, metadata, spec, status, owner }`, the parts that `core/lib/kubernetes/workloads` looks
 * at. `owner` is the kind of what controls it without being one that we know. Whoever makes a pod writes its owner into it, so only an owner of that id counts.
 */
export async function workloadOf(
  start: { readonly resource: string; readonly name: string },
  get: (resource: string, name: string) => Promise<Json>,
): Promise<JsonObject> {
  let { resource } = start;
  let found = await get(resource, start.name);
  for (let step = 0; ; step++) {
    const owner = listAt(found, 'metadata', 'ownerReferences').find((one) => valueAt(one, 'controller') === true) ?? null;
    const above = ownerIn(owner);
    const next = above === null || step >= mostSteps ? null : await get(above.resource, above.name);
    if (above === null || next === null || textAt(next, 'metadata', 'uid') !== textAt(owner, 'uid'))
      return partsOf(resource, found, textAt(owner, 'kind'));
    resource = above.resource;
    found = next;
  }
}

function ownerIn(owner: Json): { readonly resource: string; readonly name: string } | null {
  const kind = textAt(owner, 'kind') ?? '';
  const name = textAt(owner, 'name') ?? '';
  const resource = Object.hasOwn(workloadKinds, kind) ? workloadKinds[kind] : undefined;
  if (resource === undefined || !/^(apps|batch)\//.test(textAt(owner, 'apiVersion') ?? '') || !objectName.test(name)) return null;
  return { resource, name };
}

function partsOf(resource: string, found: Json, owner: string | null): JsonObject {
  const { replicas, suspend } = asObject(valueAt(found, 'spec')) ?? {};
  const nodeSelector = valueAt(found, 'spec', 'template', 'spec', 'nodeSelector');
  return {
    resource,
    metadata: partOf(valueAt(found, 'metadata'), 'name', 'namespace', 'uid'),
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      ...(suspend === undefined ? {} : { suspend }),
      ...(nodeSelector === null ? {} : { template: { spec: { nodeSelector } } }),
    },
    status: partOf(valueAt(found, 'status'), 'replicas', 'active', 'currentNumberScheduled'),
    owner,
  };
}

/** These members of an object, as far as it has them. */
export function partOf(value: Json, ...names: readonly string[]): JsonObject {
  const object = asObject(value) ?? {};
  return Object.fromEntries(names.flatMap((name) => (object[name] === undefined ? [] : [[name, object[name]]])));
}
