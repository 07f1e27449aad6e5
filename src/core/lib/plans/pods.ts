import type { Playbook, Target } from '../../model/plan.ts';
import { clusterTargets } from './kubernetes.ts';

/** Rules whose evidence may name a pod that somebody else works in, or what starts such pods. */
export const rulesOfPods: Playbook['handles'] = [
  'aws.eks-audit.exec-first-used-by',
  'aws.eks-audit.host-processes-shared',
  'aws.eks-audit.mining-image-deployed',
  'aws.eks-audit.node-taken-by-workload',
  'aws.eks-audit.privileged-container',
  'aws.eks-audit.sensitive-path-of-the-node-mounted',
];

/** https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-active.html. Of others the pod is what somebody asked for, and not who asked. */
export const reportedPods: NonNullable<Playbook['reported']> = [
  'guardduty/*:Runtime/*',
  'guardduty/Execution:Kubernetes/*',
  'guardduty/Persistence:Kubernetes/AnomalousBehavior.WorkloadDeployed*',
  'guardduty/PrivilegeEscalation:Kubernetes/AnomalousBehavior.WorkloadDeployed*',
];

/** The pods that a finding names, but those of kube-system, without which the cluster does not work. */
export const podsAtFault: Playbook['targets'] = (finding, around) =>
  clusterTargets(finding, around, {
    kinds: { pods: 'of a namespace' },
    params: ({ namespace, name }) => (namespace === 'kube-system' ? null : { namespace, name }),
  });

/** `web/cart-1` */
export function nameOfPod({ params }: Target): string {
  return `${String(params['namespace'])}/${String(params['name'])}`;
}
