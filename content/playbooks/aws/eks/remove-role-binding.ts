import { asObject, textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { allowedInCluster, clusterIn, clusterTargets, exampleCluster, inCluster } from '../../../../src/core/lib/plans/kubernetes.ts';
import type { Json, JsonObject } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const isOfCluster = ({ params }: Target) => params['namespace'] === undefined;
const kindOf = (target: Target) => (isOfCluster(target) ? 'ClusterRoleBinding' : 'RoleBinding');
const nameOf = ({ params }: Target) => String(params['name']);
const inputOf = (target: Target) => (isOfCluster(target) ? inCluster(target, 'name') : inCluster(target, 'namespace', 'name'));

/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/ */
export const removeRoleBinding: Playbook = {
  id: 'aws.eks.remove-role-binding',
  version: 1,
  title: 'Delete a binding of rights that was made in a cluster',
  why: 'Whoever made it keeps a way in when their own credentials are cut off. The binding is kept whole and deleted as it was read, and not where somebody has changed it meanwhile. Only what was made is deleted: of a binding that was changed nobody knows what was in it before. What was done with the rights stays done, and a tool that keeps the cluster as it is written down makes it again.',
  handles: [
    'aws.eks-audit.anonymous-access-granted',
    'aws.eks-audit.cluster-admin-bound',
    'aws.eks-audit.default-service-account-made-admin',
  ],
  reported: [
    'guardduty/Policy:Kubernetes/AdminAccessToDefaultServiceAccount',
    'guardduty/Policy:Kubernetes/AnonymousAccessGranted',
    'guardduty/PrivilegeEscalation:Kubernetes/AnomalousBehavior.RoleBindingCreated',
  ],
  approval: 'none',
  risks: ['legitimate-use'],
  asks: (target) => `Delete the ${kindOf(target)} ${nameOf(target)} in ${clusterIn(target)}`,
  blastRadius: (target) => `Whoever has rights in ${clusterIn(target)} by ${nameOf(target)} alone is refused at the next call.`,
  inverse: (target) => `The ${kindOf(target)} ${nameOf(target)} is there again, with the same role and the same subjects.`,
  targets: (finding, around) =>
    clusterTargets(finding, around, {
      kinds: { clusterrolebindings: 'of the cluster', rolebindings: 'of a namespace' },
      operations: /^create\b/,
      // What Kubernetes and EKS bring, the cluster does not work without; ours are not ours to delete.
      params: ({ namespace, name }) =>
        /^((system|eks):|jobzero)/.test(name) ? null : { ...(namespace === null ? {} : { namespace }), name },
    }),
  requires: (target) => [
    allowedInCluster(
      target,
      [`kubernetes:Get${kindOf(target)}`, `kubernetes:Delete${kindOf(target)}`],
      isOfCluster(target) ? null : String(target.params['namespace']),
    ),
  ],
  plan: (target) => {
    const input = inputOf(target);
    const read = { action: `kubernetes:Get${kindOf(target)}`, input };
    return [
      {
        name: 'Delete the binding',
        on: [target.uid],
        read: { ...read, keep: 'binding' },
        captures: written,
        do: {
          action: `kubernetes:Delete${kindOf(target)}`,
          input,
          once: 'sets-state',
          fill: (kept) => {
            const uid = textAt(kept['binding'], 'metadata', 'uid');
            const resourceVersion = textAt(kept['binding'], 'metadata', 'resourceVersion');
            return uid === null || resourceVersion === null ? input : { ...input, preconditions: { uid, resourceVersion } };
          },
        },
        verify: { ...read, expect: (answer) => answer === null, says: 'the cluster has no such binding', withinSeconds: 60 },
        undo: (kept) => {
          const object = written(kept['binding'] ?? null);
          return object === null ? [] : [{ action: `kubernetes:Create${kindOf(target)}`, input: { ...input, object } }];
        },
      },
    ];
  },
  undoes: ['kubernetes:CreateClusterRoleBinding', 'kubernetes:CreateRoleBinding'],
  examples: [
    { name: 'of the cluster', target: exampleCluster({ name: 'helper' }), does: ['kubernetes:DeleteClusterRoleBinding'] },
    { name: 'of a namespace', target: exampleCluster({ namespace: 'web', name: 'helper' }), does: ['kubernetes:DeleteRoleBinding'] },
  ],
};

/** What somebody wrote into it, without what the cluster gave it: that a new one gets anew. */
function written(binding: Json): JsonObject | null {
  if (asObject(binding) === null) return null;
  const of = (...path: readonly string[]) => {
    const value = valueAt(binding, ...path);
    return value === null ? {} : { [path.at(-1) ?? '']: value };
  };
  const metadata = { ...of('metadata', 'labels'), ...of('metadata', 'annotations'), ...of('metadata', 'ownerReferences') };
  return { metadata, ...of('roleRef'), ...of('subjects') };
}
