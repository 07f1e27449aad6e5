import type { Json, JsonObject } from '../../model/json.ts';
import { canonicalJson } from '../canonical-json.ts';
import { asObject, listAt, textAt, valueAt } from '../json-at.ts';

/** The label by which our policies select pods; its value is of one pod, so that each has a policy of its own. */
export const isolationLabel = 'jobzero/isolated';

/** A policy that allows nothing, in and out: https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-ingress-and-all-egress-traffic */
export function denyingSpec(value: string): JsonObject {
  return { podSelector: { matchLabels: { [isolationLabel]: value } }, policyTypes: ['Ingress', 'Egress'] };
}

/** Is it such a policy? Empty lists of rules are none. */
export function denies(spec: Json, value: string): boolean {
  const { ingress = [], egress = [], ...rest } = asObject(spec) ?? {};
  const types = listAt(spec, 'policyTypes').map(String).toSorted().toReversed();
  return canonicalJson([ingress, egress, { ...rest, policyTypes: types }]) === canonicalJson([[], [], denyingSpec(value)]);
}

/**
 * What on the node of the pod enforces network policies, as far as it can be seen in an answer of `kubernetes:DescribePodIsolation`; null where nothing
 * does. Of Amazon's VPC CNI, the agent on the node must be told to, and where a policy is named, its controller must have found the pod to be of it.
 * https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html
 */
export function enforcedBy(answer: Json, policy: string | null): string | null {
  for (const agent of listAt(answer, 'agents')) {
    // Anybody may label a pod of their own.
    if (valueAt(agent, 'ready') !== true || !agentNamespaces.has(textAt(agent, 'metadata', 'namespace') ?? '')) continue;
    const app = textAt(agent, 'metadata', 'labels', 'k8s-app') ?? '';
    const other = otherAgents.get(app);
    if (other !== undefined) return other;
    const isOn = listAt(agent, 'spec', 'containers').some((one) => listAt(one, 'args').includes('--enable-network-policy=true'));
    const resolved = policy === null || listAt(answer, 'endpoints').some((one) => textAt(one, 'spec', 'policyRef', 'name') === policy);
    if (app === 'aws-node' && isOn && resolved) return 'the VPC CNI';
  }
  return null;
}

const agentNamespaces: ReadonlySet<string> = new Set(['kube-system', 'calico-system']);
const otherAgents: ReadonlyMap<string, string> = new Map([
  ['calico-node', 'Calico'],
  ['cilium', 'Cilium'],
]);

/**
 * The other policies that select the pod and allow something, sorted: what one policy allows no other takes away.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation
 */
export function openedBy(answer: Json): readonly string[] {
  const labels = asObject(valueAt(answer, 'pod', 'metadata', 'labels')) ?? {};
  return listAt(answer, 'policies')
    .filter((one) => {
      const spec = valueAt(one, 'spec');
      return listAt(spec, 'ingress').length + listAt(spec, 'egress').length > 0 && selects(valueAt(spec, 'podSelector'), labels);
    })
    .flatMap((one) => textAt(one, 'metadata', 'name') ?? [])
    .toSorted();
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors; an empty selector selects all. An operator that is not known selects, too. */
function selects(selector: Json, labels: JsonObject): boolean {
  const own = (key: string) => (Object.hasOwn(labels, key) ? (labels[key] ?? null) : null);
  const equal = Object.entries(asObject(valueAt(selector, 'matchLabels')) ?? {}).every(([key, value]) => own(key) === value);
  return (
    equal &&
    listAt(selector, 'matchExpressions').every((one) => {
      const value = own(textAt(one, 'key') ?? '');
      const isIn = listAt(one, 'values').includes(value);
      switch (textAt(one, 'operator')) {
        case 'In':
          return value !== null && isIn;
        case 'NotIn':
          return value === null || !isIn;
        case 'Exists':
          return value !== null;
        case 'DoesNotExist':
          return value === null;
        default:
          return true;
      }
    })
  );
}

/** Has the pod the label, is the policy there, does no other one allow anything, and is something seen that enforces it? */
export function isIsolated(answer: Json, policy: string, value: string): boolean {
  const ours = listAt(answer, 'policies').find((one) => textAt(one, 'metadata', 'name') === policy);
  return (
    textAt(answer, 'pod', 'metadata', 'labels', isolationLabel) === value &&
    ours !== undefined &&
    denies(valueAt(ours, 'spec'), value) &&
    openedBy(answer).length === 0 &&
    enforcedBy(answer, policy) !== null
  );
}
