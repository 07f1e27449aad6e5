import type { Json, JsonObject } from '../../model/json.ts';
import { textAt, valueAt } from '../json-at.ts';

/** A label that no node has. */
const nowhere = 'jobzero/stopped';

/** How a workload is told to start no pods, where that stands, and by what it is seen to have none. */
interface Stop {
  readonly now: (workload: Json) => Json;
  readonly stopped: Json;
  readonly spec: (value: Json) => JsonObject;
  /** Pods that it has, in its status; null where these are not its own. */
  readonly pods: string | null;
}

const replicas: Stop = {
  now: (workload) => valueAt(workload, 'spec', 'replicas') ?? 1,
  stopped: 0,
  spec: (value) => ({ replicas: value }),
  pods: 'replicas',
};
/** https://kubernetes.io/docs/concepts/workloads/controllers/job/#suspending-a-job */
const suspended = (pods: string | null): Stop => ({
  now: (workload) => valueAt(workload, 'spec', 'suspend') === true,
  stopped: true,
  spec: (value) => ({ suspend: value }),
  pods,
});

/** What starts pods, by its resource. */
const stops: { readonly [resource: string]: Stop } = {
  deployments: replicas,
  statefulsets: replicas,
  replicasets: replicas,
  jobs: suspended('active'),
  // Jobs that it has started are not ended by it.
  cronjobs: suspended(null),
  // It has a pod on each node that fits, and no number: https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/
  daemonsets: {
    now: (workload) => textAt(workload, 'spec', 'template', 'spec', 'nodeSelector', nowhere),
    stopped: 'true',
    spec: (value) => ({ template: { spec: { nodeSelector: { [nowhere]: value } } } }),
    pods: 'currentNumberScheduled',
  },
};

/** Resources of workloads by their kinds, as pods and others name who controls them. */
export const workloadKinds: { readonly [kind: string]: string } = {
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  ReplicaSet: 'replicasets',
  Job: 'jobs',
  CronJob: 'cronjobs',
  DaemonSet: 'daemonsets',
};

/** How what `kubernetes:GetWorkload` answered is stopped; null for what cannot be: a pod that stands alone, or nothing. */
function stopOf(workload: Json): Stop | null {
  const resource = textAt(workload, 'resource') ?? '';
  return Object.hasOwn(stops, resource) ? (stops[resource] ?? null) : null;
}

export function canBeStopped(workload: Json): boolean {
  return stopOf(workload) !== null;
}

/** What of a workload says how many pods it starts. */
export function startsNow(workload: Json): Json {
  return stopOf(workload)?.now(workload) ?? null;
}

/** It starts no pods, and has none. */
export function isStopped(workload: Json): boolean {
  const stop = stopOf(workload);
  if (stop === null || stop.now(workload) !== stop.stopped) return false;
  return stop.pods === null || (valueAt(workload, 'status', stop.pods) ?? 0) === 0;
}

/** The patch (RFC 7396) that stops this workload and no other of its name. */
export function stopping(workload: Json): JsonObject {
  return patchWith(workload, stopOf(workload)?.stopped ?? null);
}

/** The patch that lets it start what it did when it was read. */
export function starting(workload: Json): JsonObject {
  return patchWith(workload, startsNow(workload));
}

function patchWith(workload: Json, value: Json): JsonObject {
  const uid = textAt(workload, 'metadata', 'uid');
  return { metadata: uid === null ? {} : { uid }, spec: stopOf(workload)?.spec(value) ?? {} };
}
