import { asObject, listAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { keptTexts, namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import { oneByOne } from '../../../../src/core/lib/plans/one-by-one.ts';
import type { Json, JsonObject } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const nameOf = ({ params }: Target) => String(params['cluster']);
const principalOf = ({ params }: Target) => String(params['principal']);
/** Access policies of one entry that are taken off: more are not usual. */
const most = 3;

/** https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html. Policies first, so that each can be given back by itself. */
export const removeAccessEntry: Playbook = {
  id: 'aws.eks.remove-access-entry',
  version: 1,
  title: 'Take a principal of another account out of a cluster',
  why: 'Whoever controls the other account works in the cluster as that principal, with credentials that nobody here can end. Without its entry the cluster does not know it any more. What was made in the cluster meanwhile stays.',
  handles: ['aws.eks.access-given-to-foreign-account'],
  approval: 'none',
  risks: ['legitimate-use'],
  asks: (target) => `Take ${principalOf(target)} out of the cluster ${nameOf(target)}`,
  blastRadius: (target) => `Whoever works as ${principalOf(target)} in the cluster ${nameOf(target)} is refused at the next call.`,
  inverse: (target) => `The cluster ${nameOf(target)} knows ${principalOf(target)} again, with the same groups and policies.`,
  targets: (finding) =>
    namedTargets(finding, {
      service: 'eks',
      resource: /^cluster\/(?<cluster>[A-Za-z0-9][A-Za-z0-9_-]{0,99})$/,
      operations: ['CreateAccessEntry'],
      params: (evidence) => {
        const [principal, ...others] = keptTexts(evidence, 'principalArn', /^arn:[a-z-]+:iam::\d{12}:(user|role)\/[\w+=,.@/-]{1,512}$/);
        return principal === undefined || others.length > 0 ? null : { principal };
      },
    }),
  requires: (target) => [
    {
      name: 'No more policies than are taken off',
      on: onOf(target),
      read: {
        action: 'eks:ListAssociatedAccessPolicies',
        input: { clusterName: nameOf(target), principalArn: principalOf(target) },
        keep: 'policies',
      },
      expect: (answer) => listAt(answer, 'associatedAccessPolicies').length <= most,
      says: `${principalOf(target)} has more than ${most} access policies in the cluster ${nameOf(target)}.`,
    },
  ],
  plan: (target) => {
    const input = { clusterName: nameOf(target), principalArn: principalOf(target) };
    const read = { action: 'eks:DescribeAccessEntry', input };
    const entry = (answer: Json): JsonObject | null => {
      const found = asObject(valueAt(answer, 'accessEntry'));
      if (found === null) return null;
      return {
        kubernetesGroups: listAt(found, 'kubernetesGroups').toSorted(),
        type: valueAt(found, 'type'),
        username: valueAt(found, 'username'),
        tags: asObject(valueAt(found, 'tags')) ?? {},
      };
    };
    return [
      ...oneByOne({
        name: 'Take an access policy off',
        on: onOf(target),
        read: { action: 'eks:ListAssociatedAccessPolicies', input },
        items: (answer) =>
          listAt(answer, 'associatedAccessPolicies').map((one) => ({
            policyArn: valueAt(one, 'policyArn'),
            accessScope: valueAt(one, 'accessScope'),
          })),
        remove: { action: 'eks:DisassociateAccessPolicy', input, for: ({ policyArn }) => ({ policyArn: policyArn ?? null }) },
        bringBack: (item) => [{ action: 'eks:AssociateAccessPolicy', input: { ...input, ...item } }],
        says: 'the principal has no access policy',
        most,
      }),
      {
        name: 'Delete the entry',
        on: onOf(target),
        read: { ...read, keep: 'entry' },
        captures: entry,
        do: { action: 'eks:DeleteAccessEntry', input, once: 'sets-state' },
        verify: { ...read, expect: (answer) => answer === null, says: 'the cluster does not know the principal', withinSeconds: 60 },
        undo: (kept) => {
          const earlier = entry(kept['entry'] ?? null);
          return earlier === null ? [] : [{ action: 'eks:CreateAccessEntry', input: { ...input, ...earlier } }];
        },
      },
    ];
  },
  undoes: ['eks:AssociateAccessPolicy', 'eks:CreateAccessEntry'],
  examples: [
    {
      name: 'a role',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:eks:eu-central-1:111122223333:cluster/shop',
        params: { cluster: 'shop', principal: 'arn:aws:iam::444455556666:role/ops' },
      },
      does: [...Array.from({ length: most }, () => 'eks:DisassociateAccessPolicy'), 'eks:DeleteAccessEntry'],
    },
  ],
};

/** The ARN of an entry ends with an id that only AWS knows. */
function onOf(target: Target): readonly string[] {
  return [target.uid, `${target.uid.replace(':cluster/', ':access-entry/')}/*`];
}
