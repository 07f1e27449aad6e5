import { textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { objectName } from '../../../../src/core/lib/kubernetes/requests.ts';
import { canBeStopped, isStopped, starting, startsNow, stopping } from '../../../../src/core/lib/kubernetes/workloads.ts';
import { allowedInCluster, clusterIn, clusterTargets, exampleCluster, inCluster } from '../../../../src/core/lib/plans/kubernetes.ts';
import { nameOfPod, rulesOfPods } from '../../../../src/core/lib/plans/pods.ts';
import type { Json, JsonObject } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const kinds = ['pods', 'deployments', 'statefulsets', 'replicasets', 'daemonsets', 'jobs', 'cronjobs'];
/** `the pod web/cart-1`, `the cronjob web/report` */
const whatOf = (target: Target) => `the ${String(target.params['resource']).slice(0, -1)} ${nameOfPod(target)}`;
const startOf = ({ params }: Target) => (params['resource'] === 'pods' ? 'what starts it' : 'it');

/**
 * The controller of a bad pod starts another in its place: https://kubernetes.io/docs/concepts/workloads/controllers/
 * Where it has a number of replicas that alone is set, by the subresource `scale`: https://kubernetes.io/docs/reference/using-api/api-concepts/
 */
export const stopWorkload: Playbook = {
  id: 'aws.eks.stop-workload',
  version: 1,
  title: 'Let a workload start no more pods',
  why: 'The image or the settings of a workload are bad: whatever is done to one of its pods, it starts another. It is told to start none: a deployment, a stateful set and a replica set get no replicas, a job and a cron job are suspended, a daemon set fits no node. Its pods end, and with them their memory and files: preserve and isolate one first. Jobs that a cron job has started go on. What is fed from a repository (Argo CD, Flux) or by an operator may be started again by that.',
  handles: rulesOfPods.filter((id) => id !== 'aws.eks-audit.exec-first-used-by'),
  reported: [
    'guardduty/*:Runtime/*',
    'guardduty/Execution:Kubernetes/MaliciousFile',
    'guardduty/Persistence:Kubernetes/AnomalousBehavior.WorkloadDeployed*',
    'guardduty/PrivilegeEscalation:Kubernetes/AnomalousBehavior.WorkloadDeployed*',
  ],
  // Its pods are the evidence, and who makes a pod says what has started it.
  approval: 'one-person',
  risks: ['workload'],
  asks: (target) =>
    `Let ${startOf(target) === 'it' ? whatOf(target) : `what starts ${whatOf(target)}`} in ${clusterIn(target)} start no more pods`,
  blastRadius: (target) =>
    `Whatever ${startOf(target) === 'it' ? whatOf(target) : `the workload of ${whatOf(target)}`} serves stops, with all of its pods, and what they held in memory and files is lost.`,
  inverse: (target) =>
    `${startOf(target) === 'it' ? `T${whatOf(target).slice(1)}` : `What starts ${whatOf(target)}`} starts as many pods as before; these are new ones.`,
  targets: (finding, around) =>
    kinds.flatMap((resource) =>
      clusterTargets(finding, around, {
        kinds: { [resource]: 'of a namespace' },
        params: ({ namespace, name }) => (namespace === 'kube-system' ? null : { namespace, resource, name }),
      }),
    ),
  partial: true,
  surveys: (target) => [
    {
      name: 'What starts it',
      region: target.region,
      read: { action: 'kubernetes:GetWorkload', input: inCluster(target, 'namespace', 'resource', 'name') },
      says: whatStarts,
    },
  ],
  requires: (target) => [
    allowedInCluster(target, ['kubernetes:GetWorkload', 'kubernetes:PatchWorkload'], String(target.params['namespace'])),
    {
      name: 'There is something to stop',
      on: [target.uid],
      read: { action: 'kubernetes:GetWorkload', input: inCluster(target, 'namespace', 'resource', 'name'), keep: 'workload' },
      expect: canBeStopped,
      says: `There is nothing to stop for ${whatOf(target)}: it is gone, or nothing that we know has started it, so that none comes in its place.`,
    },
  ],
  plan: (target) => {
    const input = inCluster(target, 'namespace');
    const place = (workload: Json | undefined): JsonObject => ({
      ...input,
      resource: textAt(workload, 'resource') ?? '',
      name: textAt(workload, 'metadata', 'name') ?? '',
    });
    const read = { action: 'kubernetes:GetWorkload', input, fill: (kept: { readonly [name: string]: Json }) => place(kept['workload']) };
    return [
      {
        name: 'Start no more pods',
        on: [target.uid],
        read: { ...read, keep: 'stopped' },
        captures: (workload) => ({ uid: textAt(workload, 'metadata', 'uid'), starts: startsNow(workload) }),
        do: {
          action: 'kubernetes:PatchWorkload',
          input,
          once: 'sets-state',
          fill: (kept) => ({ ...place(kept['stopped']), patch: stopping(kept['stopped'] ?? null) }),
        },
        verify: { ...read, expect: isStopped, says: 'it starts no pods and has none', withinSeconds: 180 },
        undo: (kept) => [
          { action: 'kubernetes:PatchWorkload', input: { ...place(kept['stopped']), patch: starting(kept['stopped'] ?? null) } },
        ],
      },
    ];
  },
  undoes: ['kubernetes:PatchWorkload'],
  examples: [
    {
      name: 'what has started a pod',
      target: exampleCluster({ namespace: 'web', resource: 'pods', name: 'cart-1' }),
      does: ['kubernetes:PatchWorkload'],
    },
    {
      name: 'a deployment',
      target: exampleCluster({ namespace: 'web', resource: 'deployments', name: 'cart' }),
      does: ['kubernetes:PatchWorkload'],
    },
  ],
};

function whatStarts(workload: Json): string {
  const name = textAt(workload, 'metadata', 'name') ?? '';
  const resource = textAt(workload, 'resource') ?? '';
  const owner = textAt(workload, 'owner') ?? '';
  if (!objectName.test(name) || !kinds.includes(resource)) return 'Nothing was found that starts it.';
  const by = /^[A-Za-z]{1,60}$/.test(owner) ? `, under a ${owner} that may start it again` : '';
  if (resource === 'pods') return `It stands alone${by}: no other comes in its place.`;
  const replicas = valueAt(workload, 'spec', 'replicas');
  return `It is started by the ${resource.slice(0, -1)} ${name}${typeof replicas === 'number' ? `, with ${replicas} replicas` : ''}${by}.`;
}
