import { partitionOf } from '../../../../src/core/lib/arn.ts';
import { iamRegion } from '../../../../src/core/lib/inline-policy.ts';
import { textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { distinctTargets } from '../../../../src/core/lib/plans/distinct-targets.ts';
import { organizationArn } from '../../../../src/core/lib/plans/organization.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const parent = /^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})$/;
const memberOf = ({ params }: Target) => String(params['member']);
const fromOf = ({ params }: Target) => String(params['from']);
const toOf = ({ params }: Target) => String(params['to']);

/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_MoveAccount.html */
export const moveAccountBack: Playbook = {
  id: 'aws.organizations.move-account-back',
  version: 1,
  title: 'Move an account back to its place in the organisation',
  why: 'An account has the guardrails of the units above it, so that moving it is a way around them. It goes back to where the call took it from.',
  handles: ['aws.organizations.account-moved'],
  approval: 'two-persons',
  risks: ['workload'],
  asks: (target) => `Move the account ${memberOf(target)} back from ${toOf(target)} to ${fromOf(target)}`,
  blastRadius: (target) => `What the guardrails of ${fromOf(target)} forbid is refused in the account ${memberOf(target)} again.`,
  inverse: (target) => `The account ${memberOf(target)} is in ${toOf(target)} again.`,
  targets: (finding) => {
    const { account } = finding;
    const region = iamRegion(partitionOf(finding.region));
    const found = finding.evidence.flatMap(({ operation, error, kept, ...evidence }): readonly Target[] => {
      const [member = '', from = '', to = ''] = ['member', 'from', 'to'].map((name) => textAt(kept, name) ?? '');
      if (operation !== 'MoveAccount' || error !== undefined || evidence.account !== account) return [];
      if (!/^\d{12}$/.test(member) || !parent.test(from) || !parent.test(to)) return [];
      return [{ account, region, uid: organizationArn({ account, region }, `account/${member}`), params: { member, from, to } }];
    });
    return distinctTargets(found);
  },
  partial: true,
  requires: (target) => [
    {
      name: 'The account is where it was moved to',
      on: [organizationArn(target, `account/o-*/${memberOf(target)}`)],
      read: { action: 'organizations:ListParents', input: { ChildId: memberOf(target) }, keep: 'parents' },
      expect: (answer) => [fromOf(target), toOf(target)].includes(textAt(answer, 'Parents', 0, 'Id') ?? ''),
      says: `The account ${memberOf(target)} has left, or was moved on since: a person has to say where it belongs.`,
    },
  ],
  plan: (target) => {
    const move = (SourceParentId: string, DestinationParentId: string) => ({
      AccountId: memberOf(target),
      SourceParentId,
      DestinationParentId,
    });
    return [
      setting({
        name: 'Move the account back',
        on: [memberOf(target), fromOf(target), toOf(target)].map((id) => organizationArn(target, `*/o-*/${id}`)),
        read: { action: 'organizations:ListParents', input: { ChildId: memberOf(target) } },
        state: (answer) => valueAt(answer, 'Parents', 0, 'Id'),
        want: () => fromOf(target),
        write: { action: 'organizations:MoveAccount', input: move(toOf(target), fromOf(target)), with: () => ({}) },
        back: (earlier) =>
          earlier === toOf(target) ? [{ action: 'organizations:MoveAccount', input: move(fromOf(target), toOf(target)) }] : [],
        says: 'the account is in its earlier place',
      }),
    ];
  },
  undoes: ['organizations:MoveAccount'],
  examples: [
    {
      name: 'out of a unit',
      target: {
        account: '111122223333',
        region: 'us-east-1',
        uid: 'arn:aws:organizations::111122223333:account/444455556666',
        params: { member: '444455556666', from: 'ou-abcd-example1', to: 'r-abcd' },
      },
      does: ['organizations:MoveAccount'],
    },
  ],
};
