import { partitionOf } from '../../../../src/core/lib/arn.ts';
import { iamRegion } from '../../../../src/core/lib/inline-policy.ts';
import { listAt, textAt } from '../../../../src/core/lib/json-at.ts';
import { distinctTargets } from '../../../../src/core/lib/plans/distinct-targets.ts';
import { organizationArn, policyId, targetId } from '../../../../src/core/lib/plans/organization.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Evidence, Finding } from '../../../../src/core/model/finding.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const policyOf = ({ params }: Target) => String(params['policyId']);
const placeOf = ({ params }: Target) => String(params['targetId']);

/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_AttachPolicy.html */
export const reattachPolicy: Playbook = {
  id: 'aws.organizations.reattach-policy',
  version: 1,
  title: 'Attach a guardrail of the organisation again',
  why: 'Without it the accounts below may do what the organisation forbids, such as stopping trails or leaving. It comes back as it is now; a policy that was deleted, or whose text was changed, a person has to write again. It never binds the management account.',
  handles: ['aws.organizations.policy-detached'],
  approval: 'two-persons',
  risks: ['workload'],
  asks: (target) => `Attach the policy ${policyOf(target)} of the organisation to ${placeOf(target)} again`,
  blastRadius: (target) =>
    `What the policy ${policyOf(target)} forbids is refused in every account in ${placeOf(target)}, also what began to rely on its absence.`,
  inverse: (target) => `The policy ${policyOf(target)} is detached from ${placeOf(target)} again.`,
  targets: (finding) => distinctTargets(finding.evidence.flatMap((one) => targetOf(finding, one))),
  requires: (target) => [
    {
      name: 'The policy is there',
      on: [policyArn(target)],
      read: { action: 'organizations:DescribePolicy', input: { PolicyId: policyOf(target) }, keep: 'policy' },
      expect: (answer) => textAt(answer, 'Policy', 'PolicySummary', 'Id') === policyOf(target),
      says: `The policy ${policyOf(target)} was deleted: a person has to write it again.`,
    },
  ],
  plan: (target) => {
    const input = { PolicyId: policyOf(target), TargetId: placeOf(target) };
    return [
      setting({
        name: 'Attach the policy',
        on: [policyArn(target), organizationArn(target, `*/o-*/${placeOf(target)}`)],
        read: { action: 'organizations:ListTargetsForPolicy', input: { PolicyId: policyOf(target) } },
        state: (answer) => listAt(answer, 'Targets').some((one) => textAt(one, 'TargetId') === placeOf(target)),
        want: () => true,
        write: { action: 'organizations:AttachPolicy', input, with: () => ({}) },
        back: (attached) => (attached === false ? [{ action: 'organizations:DetachPolicy', input }] : []),
        says: 'the policy is attached there',
      }),
    ];
  },
  undoes: ['organizations:DetachPolicy'],
  examples: [
    {
      name: 'a policy of a unit',
      target: {
        account: '111122223333',
        region: 'us-east-1',
        uid: 'arn:aws:organizations::111122223333:policy/p-examplepolicy1',
        params: { policyId: 'p-examplepolicy1', targetId: 'ou-abcd-example1' },
      },
      does: ['organizations:AttachPolicy'],
    },
  ],
};

function policyArn(target: Target): string {
  return organizationArn(target, `policy/o-*/*/${policyOf(target)}`);
}

function targetOf(finding: Finding, { operation, error, account, kept }: Evidence): readonly Target[] {
  if (operation !== 'DetachPolicy' || error !== undefined || account !== finding.account) return [];
  const id = textAt(kept, 'policyId') ?? '';
  const place = textAt(kept, 'targetId') ?? '';
  if (!policyId.test(id) || !targetId.test(place)) return [];
  const region = iamRegion(partitionOf(finding.region));
  return [{ account, region, uid: organizationArn({ account, region }, `policy/${id}`), params: { policyId: id, targetId: place } }];
}
