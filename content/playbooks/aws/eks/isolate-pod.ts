import { idOf } from '../../../../src/core/lib/hash.ts';
import { textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { denies, denyingSpec, enforcedBy, isIsolated, isolationLabel, openedBy } from '../../../../src/core/lib/kubernetes/isolation.ts';
import { allowedInCluster, clusterIn, exampleCluster, inCluster } from '../../../../src/core/lib/plans/kubernetes.ts';
import { nameOfPod, podsAtFault, reportedPods, rulesOfPods } from '../../../../src/core/lib/plans/pods.ts';
import type { Json, JsonObject } from '../../../../src/core/model/json.ts';
import type { Playbook, Step, Target } from '../../../../src/core/model/plan.ts';

/**
 * Cuts a pod off by a network policy of its own: https://docs.aws.amazon.com/eks/latest/best-practices/incident-response-and-forensics.html
 * Its labels stay, so its controller goes on counting it.
 */
export const isolatePod: Playbook = {
  id: 'aws.eks.isolate-pod',
  version: 1,
  title: 'Isolate a pod',
  why: 'Somebody else works in the pod. It gets a label that nothing else has, and a network policy that lets nothing in or out for this label; it goes on running, since its memory and files are lost with it. A policy has effect only where something on the node enforces it (the VPC CNI with network policies turned on, Calico, Cilium), and takes away nothing that another policy allows: where neither is seen to be so, the action ends as done and not seen. Connections that are open may stay open, the node reaches its pods always, and pods of kube-system are left to a person. Credentials that the pod has taken work from elsewhere: cut their role off too.',
  handles: rulesOfPods,
  reported: reportedPods,
  approval: 'none',
  risks: ['workload'],
  asks: (target) => `Isolate the pod ${nameOfPod(target)} in ${clusterIn(target)}`,
  blastRadius: (target) =>
    `Nothing reaches ${nameOfPod(target)} and it reaches nothing, names included; Services go on sending it its share of requests while it says that it is ready, and these fail.`,
  inverse: (target) => `The pod ${nameOfPod(target)} has its labels as before, and the network policy is gone.`,
  targets: podsAtFault,
  surveys: (target) => [
    {
      name: 'What holds the pod back',
      region: target.region,
      read: { action: 'kubernetes:DescribePodIsolation', input: inCluster(target, 'namespace', 'name') },
      says: whatHoldsBack,
    },
  ],
  requires: (target) => [
    allowedInCluster(
      target,
      ['kubernetes:PatchPod', 'kubernetes:CreateNetworkPolicy', 'kubernetes:DescribePodIsolation'],
      String(target.params['namespace']),
    ),
    {
      name: 'A network policy can hold it back',
      on: [target.uid],
      read: { action: 'kubernetes:GetPod', input: inCluster(target, 'namespace', 'name'), keep: 'pod' },
      expect: (pod) => pod !== null && valueAt(pod, 'spec', 'hostNetwork') !== true,
      says: `The pod ${nameOfPod(target)} is gone, or it uses the network of its node, where no network policy holds it back: isolate the instance of the node.`,
    },
  ],
  plan: (target) => [label(target), policy(target)],
  undoes: ['kubernetes:PatchPod', 'kubernetes:DeleteNetworkPolicy'],
  examples: [
    {
      name: 'a pod',
      target: exampleCluster({ namespace: 'web', name: 'cart-1' }),
      does: ['kubernetes:PatchPod', 'kubernetes:CreateNetworkPolicy'],
    },
  ],
};

const markOf = ({ uid, params }: Target) => idOf(uid, params).slice(0, 16);
const policyOf = (target: Target) => `jobzero-isolated-${markOf(target)}`;

function label(target: Target): Step {
  const input = inCluster(target, 'namespace', 'name');
  const read = { action: 'kubernetes:GetPod', input };
  const labelOf = (pod: Json | undefined) => textAt(pod, 'metadata', 'labels', isolationLabel);
  // Another pod may have got the name meanwhile: the cluster refuses what is meant for this one.
  const patch = (pod: Json | undefined, value: string | null): JsonObject => {
    const uid = textAt(pod, 'metadata', 'uid');
    return { ...input, patch: { metadata: { ...(uid === null ? {} : { uid }), labels: { [isolationLabel]: value } } } };
  };
  return {
    name: 'Label the pod',
    on: [target.uid],
    read: { ...read, keep: 'labelled' },
    captures: (pod) => ({ uid: textAt(pod, 'metadata', 'uid'), label: labelOf(pod) }),
    do: { action: 'kubernetes:PatchPod', input, once: 'sets-state', fill: (kept) => patch(kept['labelled'], markOf(target)) },
    verify: { ...read, expect: (pod) => labelOf(pod) === markOf(target), says: 'the pod has the label', withinSeconds: 30 },
    undo: (kept) => [{ action: 'kubernetes:PatchPod', input: patch(kept['labelled'], labelOf(kept['labelled'])) }],
  };
}

function policy(target: Target): Step {
  const name = policyOf(target);
  const input = { ...inCluster(target, 'namespace'), name };
  const specOf = (found: Json | undefined) => (valueAt(found, 'metadata', 'name') === name ? valueAt(found, 'spec') : null);
  return {
    name: 'Let nothing in or out',
    on: [target.uid],
    read: { action: 'kubernetes:GetNetworkPolicy', input, keep: 'policy' },
    // As the cluster fills it in or not, a policy that denies all is the same.
    captures: (found) => (denies(specOf(found), markOf(target)) ? denyingSpec(markOf(target)) : specOf(found)),
    do: {
      action: 'kubernetes:CreateNetworkPolicy',
      input: { ...input, object: { spec: denyingSpec(markOf(target)) } },
      once: 'sets-state',
    },
    verify: {
      action: 'kubernetes:DescribePodIsolation',
      input: inCluster(target, 'namespace', 'name'),
      expect: (answer) => isIsolated(answer, name, markOf(target)),
      says: 'the pod has its policy, no other one allows anything, and its node enforces policies',
      withinSeconds: 60,
    },
    undo: (kept) => {
      const uid = textAt(kept['policy.after'], 'metadata', 'uid');
      return [{ action: 'kubernetes:DeleteNetworkPolicy', input: uid === null ? input : { ...input, preconditions: { uid } } }];
    },
  };
}

function whatHoldsBack(answer: Json): string {
  const by = enforcedBy(answer, null);
  const open = openedBy(answer);
  const told =
    by === null
      ? 'Nothing was seen on its node that enforces network policies, so the policy may hold nothing back.'
      : `Network policies are enforced on its node by ${by}.`;
  return open.length === 0 ? told : `${told} What other policies of the namespace allow it stays allowed: ${open.slice(0, 5).join(', ')}.`;
}
