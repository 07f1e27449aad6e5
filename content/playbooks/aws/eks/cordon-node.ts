import { textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { allowedInCluster, clusterIn, clusterTargets, exampleCluster, inCluster } from '../../../../src/core/lib/plans/kubernetes.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Evidence, Finding } from '../../../../src/core/model/finding.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const nameOf = ({ params }: Target) => String(params['name']);

/**
 * What keeps autoscalers from giving a node back:
 * https://karpenter.sh/docs/concepts/disruption/#node-level-controls
 * https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md#how-can-i-prevent-cluster-autoscaler-from-scaling-down-a-particular-node
 */
const stays = { 'cluster-autoscaler.kubernetes.io/scale-down-disabled': 'true', 'karpenter.sh/do-not-disrupt': 'true' };

/** https://kubernetes.io/docs/concepts/architecture/nodes/#manual-node-administration */
export const cordonNode: Playbook = {
  id: 'aws.eks.cordon-node',
  version: 1,
  title: 'Let a node take no more pods',
  why: 'Whoever has come from a pod to its node reads what is on it, and what is started there next. No new pod is put on it, and autoscalers do not give it back to save money (Karpenter still ends one that has expired or is broken); pods that are there go on, for those who will look into them, and so does whoever is on it: isolate its instance to cut that off, and preserve its disks.',
  handles: ['aws.eks-audit.node-credentials-used-by-hand'],
  reported: ['guardduty/*:Runtime/*', 'guardduty/Execution:Kubernetes/*', 'guardduty/PrivilegeEscalation:Kubernetes/*'],
  approval: 'none',
  risks: ['workload'],
  asks: (target) => `Let the node ${nameOf(target)} of ${clusterIn(target)} take no more pods`,
  blastRadius: (target) =>
    `What runs on ${nameOf(target)} goes on; where the other nodes of ${clusterIn(target)} are full, new pods wait until there are more.`,
  inverse: (target) => `The node ${nameOf(target)} takes pods as before, and autoscalers may give it back.`,
  targets: (finding, around) =>
    clusterTargets(asNode(finding), around, { kinds: { nodes: 'of the cluster' }, params: ({ name }) => ({ name }) }),
  requires: (target) => [
    allowedInCluster(target, ['kubernetes:GetNode', 'kubernetes:PatchNode'], null),
    {
      name: 'It is there',
      on: [target.uid],
      read: { action: 'kubernetes:GetNode', input: inCluster(target, 'name'), keep: 'node' },
      expect: (node) => node !== null,
      says: `There is no node ${nameOf(target)} in ${clusterIn(target)}.`,
    },
  ],
  plan: (target) => [
    setting({
      name: 'Take no more pods',
      on: [target.uid],
      read: { action: 'kubernetes:GetNode', input: inCluster(target, 'name') },
      state: (node) => ({
        uid: textAt(node, 'metadata', 'uid'),
        unschedulable: valueAt(node, 'spec', 'unschedulable') === true,
        annotations: Object.fromEntries(Object.keys(stays).map((key) => [key, textAt(node, 'metadata', 'annotations', key)])),
      }),
      want: (state) => ({ uid: textAt(state, 'uid'), unschedulable: true, annotations: stays }),
      write: {
        action: 'kubernetes:PatchNode',
        input: inCluster(target, 'name'),
        with: (state) => ({
          patch: {
            metadata: { uid: valueAt(state, 'uid'), annotations: valueAt(state, 'annotations') },
            spec: { unschedulable: valueAt(state, 'unschedulable') === true ? true : null },
          },
        }),
      },
      says: 'no new pod is put on the node, and autoscalers leave it',
    }),
  ],
  undoes: ['kubernetes:PatchNode'],
  examples: [
    {
      name: 'a node',
      target: exampleCluster({ name: 'ip-192-0-2-10.eu-central-1.compute.internal' }),
      does: ['kubernetes:PatchNode'],
    },
  ],
};

/** Where a node's own credentials were used, it is the node that is about, and what they were refused was tried with them all the same. */
function asNode(finding: Finding): Finding {
  const of = (one: Evidence): Evidence => {
    const [cluster, username] = ['cluster', 'username'].map((name) => textAt(one.kept, name) ?? '');
    const node = /^system:node:(.+)$/.exec(username ?? '')?.[1];
    if (node === undefined || cluster === undefined || cluster === '') return one;
    const { error: _error, ...rest } = one;
    const { account, region } = one;
    return { ...rest, resource: { uid: `${cluster}/nodes/${node}`, type: 'kubernetes/nodes', name: node, account, region } };
  };
  return { ...finding, evidence: finding.evidence.map(of) };
}
