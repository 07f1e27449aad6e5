import { listAt, textAt } from '../../../../src/core/lib/json-at.ts';
import {
  exampleHolder,
  type Holder,
  holderArns,
  holderIn,
  holderInput,
  holderOf,
  holderTargets,
} from '../../../../src/core/lib/plans/iam.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const groupOf = ({ params }: Target): Holder => ({ kind: 'Group', name: String(params['groupName']) });

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveUserFromGroup.html */
export const removeFromGroup: Playbook = {
  id: 'aws.iam.remove-from-group',
  version: 1,
  title: 'Take a user out of a group again',
  why: 'Who is in the group has its rights, and no policy of the user shows it. The one membership goes; the user, its own policies and the other members stay.',
  handles: ['aws.iam.own-rights-raised', 'aws.iam.user-access-given-by-new-principal', 'aws.iam.user-added-to-administrators'],
  approval: 'none',
  risks: ['legitimate-use'],
  asks: (target) => `Take the user ${holderOf(target).name} out of the group ${groupOf(target).name}`,
  blastRadius: (target) => `What ${holderOf(target).name} may do only as a member of ${groupOf(target).name} is refused.`,
  inverse: (target) => `The user ${holderOf(target).name} is a member of ${groupOf(target).name} again.`,
  targets: (finding) =>
    holderTargets(
      finding,
      finding.evidence.flatMap((evidence) => {
        if (evidence.operation !== 'AddUserToGroup' || evidence.error !== undefined || evidence.account !== finding.account) return [];
        const user = holderIn(evidence);
        const groupName = textAt(evidence.kept, 'groupName');
        return user === null || groupName === null || !/^[\w+=,.@-]{1,128}$/.test(groupName) ? [] : [{ ...user, params: { groupName } }];
      }),
    ),
  partial: true,
  plan: (target) => {
    const user = holderInput(holderOf(target));
    const input = { ...user, GroupName: groupOf(target).name };
    return [
      setting({
        name: 'Take the user out of the group',
        // The list is permitted by the user, the change by the group.
        on: [...holderArns(target, holderOf(target)), ...holderArns(target, groupOf(target))],
        read: { action: 'iam:ListGroupsForUser', input: user },
        state: (answer) => listAt(answer, 'Groups').some((one) => textAt(one, 'GroupName') === groupOf(target).name),
        want: () => false,
        write: { action: 'iam:RemoveUserFromGroup', input, with: () => ({}) },
        back: (member) => (member === true ? [{ action: 'iam:AddUserToGroup', input }] : []),
        noneIsFine: true,
        says: 'the user is not in the group',
      }),
    ];
  },
  undoes: ['iam:AddUserToGroup'],
  examples: [
    { name: 'an administrator', target: exampleHolder('User', 'carol', { groupName: 'admins' }), does: ['iam:RemoveUserFromGroup'] },
  ],
};
