import { partitionOf } from '../../../../src/core/lib/arn.ts';
import { listAt, textAt } from '../../../../src/core/lib/json-at.ts';
import { distinctTargets } from '../../../../src/core/lib/plans/distinct-targets.ts';
import { directoryId, exampleMember, memberArns, storeId } from '../../../../src/core/lib/plans/identity-store.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Evidence, Finding } from '../../../../src/core/model/finding.ts';
import type { Json } from '../../../../src/core/model/json.ts';
import type { Around, Playbook, Survey, Target } from '../../../../src/core/model/plan.ts';

const personOf = ({ params }: Target) => String(params['userId']);
const groupOf = ({ params }: Target) => String(params['groupId']);

/**
 * A group of Identity Center gives its members what is assigned to it: https://docs.aws.amazon.com/singlesignon/latest/userguide/users-groups-provisioning.html
 * Its own directory takes changes, one that another system feeds takes them until that system writes again.
 */
export const removeFromGroup: Playbook = {
  id: 'aws.sso.remove-from-group',
  version: 1,
  title: 'Take a person out of a group of Identity Center again',
  why: 'Who is in the group enters every account that is assigned to it, with its rights. The one membership goes; the person, the group and its other members stay. A session that is open lives on as long as its permission set says, twelve hours at most: deny the person too.',
  handles: ['aws.sso.user-added-by-hand'],
  approval: 'none',
  risks: ['legitimate-use'],
  asks: (target) => `Take the person ${personOf(target)} out of the group ${groupOf(target)} of Identity Center`,
  blastRadius: (target) =>
    `What the person ${personOf(target)} reaches only as a member of the group ${groupOf(target)} is closed to new sign-ins.`,
  inverse: (target) =>
    `The person ${personOf(target)} is a member of the group ${groupOf(target)} again, under a new id of the membership.`,
  targets: (finding, around) => distinctTargets(finding.evidence.flatMap((one) => targetOf(finding, one, around))),
  partial: true,
  surveys: (target) => [whichGroup(target), ...(target.params['instanceArn'] === undefined ? [] : [whatItOpens(target)])],
  plan: (target) => {
    const store = { IdentityStoreId: String(target.params['identityStoreId']) };
    const MemberId = { UserId: personOf(target) };
    const membershipIn = (answer: Json) =>
      textAt(listAt(answer, 'GroupMemberships').find((one) => textAt(one, 'GroupId') === groupOf(target)) ?? null, 'MembershipId');
    return [
      setting({
        name: 'Take the person out of the group',
        on: memberArns(target),
        read: { action: 'identitystore:ListGroupMembershipsForMember', input: { ...store, MemberId } },
        // The id of a membership is another one each time.
        state: (answer) => membershipIn(answer) !== null,
        want: () => false,
        write: {
          action: 'identitystore:DeleteGroupMembership',
          input: store,
          with: (_, answer) => ({ MembershipId: membershipIn(answer) ?? '' }),
        },
        back: (member) =>
          member === true
            ? [{ action: 'identitystore:CreateGroupMembership', input: { ...store, GroupId: groupOf(target), MemberId } }]
            : [],
        noneIsFine: true,
        says: 'the person is not in the group',
      }),
    ];
  },
  undoes: ['identitystore:CreateGroupMembership'],
  examples: [{ name: 'a person', target: exampleMember(), does: ['identitystore:DeleteGroupMembership'] }],
};

function targetOf({ account }: Finding, { operation, kept, error, region, ...evidence }: Evidence, around?: Around): readonly Target[] {
  if (!/^(CreateGroupMembership|AddMemberToGroup)$/.test(operation) || evidence.account !== account || error !== undefined) return [];
  const userId = textAt(kept, 'memberOf') ?? textAt(kept, 'member') ?? '';
  const groupId = textAt(kept, 'groupId') ?? '';
  const identityStoreId = textAt(kept, 'identityStoreId') ?? '';
  if (!directoryId.test(userId) || !directoryId.test(groupId) || !storeId.test(identityStoreId)) return [];
  const instanceArn = around?.identityStores?.find((one) => one.identityStoreId === identityStoreId && one.region === region)?.instanceArn;
  const params = { userId, groupId, identityStoreId, ...(instanceArn === undefined ? {} : { instanceArn }) };
  return [{ account, region, uid: `arn:${partitionOf(region)}:identitystore:::user/${userId}`, params }];
}

/** https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_DescribeGroup.html */
function whichGroup(target: Target): Survey {
  return {
    name: 'The group',
    region: target.region,
    read: {
      action: 'identitystore:DescribeGroup',
      input: { IdentityStoreId: String(target.params['identityStoreId']), GroupId: groupOf(target) },
    },
    says: (answer) => {
      const name = textAt(answer, 'DisplayName') ?? '';
      return /^[\w .,+@:/-]{1,100}$/.test(name) ? `The group is called ${name}.` : 'The group has no name that can be shown.';
    },
  };
}

/** https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListAccountAssignmentsForPrincipal.html */
function whatItOpens(target: Target): Survey {
  return {
    name: 'What the group opens',
    region: target.region,
    read: {
      action: 'sso:ListAccountAssignmentsForPrincipal',
      input: { InstanceArn: String(target.params['instanceArn']), PrincipalId: groupOf(target), PrincipalType: 'GROUP' },
    },
    says: (answer) => {
      const assigned = listAt(answer, 'AccountAssignments');
      const distinct = (name: string) => [...new Set(assigned.map((one) => textAt(one, name) ?? ''))].sort();
      const accounts = distinct('AccountId').filter((id) => /^\d{12}$/.test(id));
      if (accounts.length === 0) return 'No account is assigned to the group; applications may be.';
      const more = accounts.length > shown ? ` and ${accounts.length - shown} more` : '';
      return `By the group one enters ${accounts.slice(0, shown).join(', ')}${more}, with ${distinct('PermissionSetArn').length} permission set(s).`;
    },
  };
}

/** More accounts than these are counted and not named. */
const shown = 12;
