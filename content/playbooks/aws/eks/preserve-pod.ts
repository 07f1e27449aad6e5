import { textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { allowedInCluster, clusterIn, exampleCluster, inCluster } from '../../../../src/core/lib/plans/kubernetes.ts';
import { nameOfPod, podsAtFault, reportedPods, rulesOfPods } from '../../../../src/core/lib/plans/pods.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

/**
 * What keeps autoscalers from moving a pod:
 * https://karpenter.sh/docs/concepts/disruption/#pod-level-controls
 * https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md#what-types-of-pods-can-prevent-ca-from-removing-a-node
 */
const stays = { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false', 'karpenter.sh/do-not-disrupt': 'true' };

export const preservePod: Playbook = {
  id: 'aws.eks.preserve-pod',
  version: 1,
  title: 'Keep a pod where it is, and a record of it',
  why: 'Evidence goes when the pod goes. Autoscalers are told to leave it, and what the cluster knows of it (images by their digests, node, addresses, service account, state of its containers) is kept with the receipt, plain values of its environment included. That does not keep it from ending by itself, by its controller, by pressure on its node or by a person. What its containers have written lies on the disk of the node: preserve the disks of that instance as well. Memory is not kept.',
  handles: rulesOfPods,
  reported: reportedPods,
  approval: 'none',
  risks: [],
  asks: (target) => `Keep the pod ${nameOfPod(target)} in ${clusterIn(target)} where it is, and a record of it`,
  blastRadius: (target) =>
    `Nothing stops working; the node of ${nameOfPod(target)} is not given back to save money while the pod is there.`,
  inverse: (target) => `Autoscalers may move ${nameOfPod(target)} as before; the record stays.`,
  targets: podsAtFault,
  partial: true,
  requires: (target) => [
    allowedInCluster(target, ['kubernetes:GetPod', 'kubernetes:PatchPod'], String(target.params['namespace'])),
    {
      name: 'It is there',
      on: [target.uid],
      read: { action: 'kubernetes:GetPod', input: inCluster(target, 'namespace', 'name'), keep: 'pod' },
      expect: (pod) => pod !== null,
      says: `The pod ${nameOfPod(target)} is gone.`,
    },
  ],
  plan: (target) => [
    setting({
      name: 'Let autoscalers leave it',
      on: [target.uid],
      read: { action: 'kubernetes:GetPod', input: inCluster(target, 'namespace', 'name') },
      state: (pod) => ({
        uid: textAt(pod, 'metadata', 'uid'),
        annotations: Object.fromEntries(Object.keys(stays).map((key) => [key, textAt(pod, 'metadata', 'annotations', key)])),
      }),
      want: (state) => ({ uid: textAt(state, 'uid'), annotations: stays }),
      write: {
        action: 'kubernetes:PatchPod',
        input: inCluster(target, 'namespace', 'name'),
        // Another pod may have got the name meanwhile: the cluster refuses what is meant for this one.
        with: (state) => ({ patch: { metadata: { uid: valueAt(state, 'uid'), annotations: valueAt(state, 'annotations') } } }),
      },
      says: 'autoscalers leave the pod where it is',
    }),
  ],
  undoes: ['kubernetes:PatchPod'],
  examples: [{ name: 'a pod', target: exampleCluster({ namespace: 'web', name: 'cart-1' }), does: ['kubernetes:PatchPod'] }],
};
