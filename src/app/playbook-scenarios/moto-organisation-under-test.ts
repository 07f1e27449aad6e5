import { denyPerson } from '../../../content/playbooks/aws/organizations/deny-person.ts';
import { denyPersonEverywhere } from '../../../content/playbooks/aws/organizations/deny-person-everywhere.ts';
import { denyRoot } from '../../../content/playbooks/aws/organizations/deny-root.ts';
import { enablePolicyType } from '../../../content/playbooks/aws/organizations/enable-policy-type.ts';
import { moveAccountBack } from '../../../content/playbooks/aws/organizations/move-account-back.ts';
import { reattachPolicy } from '../../../content/playbooks/aws/organizations/reattach-policy.ts';
import { removeAssignment } from '../../../content/playbooks/aws/sso/remove-assignment.ts';
import { removeFromGroup } from '../../../content/playbooks/aws/sso/remove-from-group.ts';
import { listAt, textAt } from '../../core/lib/json-at.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import type { Target } from '../../core/model/plan.ts';
import { account, type Call, deniesS3, type MotoScenario, orNull, region, statements, targetOf } from './moto-scenario-under-test.ts';

const scp = 'SERVICE_CONTROL_POLICY';
const userId = '1a2b3c4d5e-6f708192-a3b4-c5d6-e7f8-091a2b3c4d5e';

/** The organisation's root; the organisation is made when it is first asked for. */
async function rootOf(call: Call): Promise<string> {
  if ((await orNull(call('organizations:DescribeOrganization', {}))) === null) {
    await call('organizations:CreateOrganization', { FeatureSet: 'ALL' });
    await call('organizations:EnablePolicyType', { RootId: await rootOf(call), PolicyType: scp });
  }
  return textAt(await call('organizations:ListRoots', {}), 'Roots', 0, 'Id') ?? '';
}

/** A member account of its own, at the root. */
async function member(call: Call, name: string): Promise<string> {
  await rootOf(call);
  const made = await call('organizations:CreateAccount', { AccountName: name, Email: `${name}@example.com` });
  return textAt(made, 'CreateAccountStatus', 'AccountId') ?? '';
}

async function makePolicy(call: Call, Name: string, Content: string, TargetId: string): Promise<string> {
  const made = await call('organizations:CreatePolicy', { Name, Description: Name, Type: scp, Content });
  const PolicyId = textAt(made, 'Policy', 'PolicySummary', 'Id') ?? '';
  await call('organizations:AttachPolicy', { PolicyId, TargetId });
  return PolicyId;
}

/** The names of what is attached to the target's account. */
const attached = async (call: Call, { params }: Target): Promise<Json> => [
  listAt(await call('organizations:ListPoliciesForTarget', { TargetId: String(params['member']), Filter: scp }), 'Policies')
    .map((one) => textAt(one, 'Name'))
    .sort(),
  listAt(await call('organizations:ListPolicies', { Filter: scp }), 'Policies')
    .map((one) => textAt(one, 'Name'))
    .sort(),
];

const denying = (...people: readonly string[]): string =>
  statements({
    Sid: 'JobzeroDenyPeople',
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: { StringEquals: { 'identitystore:UserId': people } },
  });
const stagedId = async (call: Call): Promise<string> =>
  textAt(
    listAt(await call('organizations:ListPolicies', { Filter: scp }), 'Policies').find(
      (one) => textAt(one, 'Name') === 'jobzero-deny-people',
    ) ?? null,
    'Id',
  ) ?? '';

/** A permission set of its own. */
async function permissionSet(call: Call, Name: string): Promise<{ readonly InstanceArn: string; readonly PermissionSetArn: string }> {
  const InstanceArn = textAt(await call('sso:ListInstances', {}), 'Instances', 0, 'InstanceArn') ?? '';
  const made = await call('sso:CreatePermissionSet', { InstanceArn, Name });
  return { InstanceArn, PermissionSetArn: textAt(made, 'PermissionSet', 'PermissionSetArn') ?? '' };
}

function setTarget({ InstanceArn, PermissionSetArn }: Awaited<ReturnType<typeof permissionSet>>, params: JsonObject): Target {
  return { account, region, uid: PermissionSetArn, params: { instanceArn: InstanceArn, permissionSetArn: PermissionSetArn, ...params } };
}
const setIn = ({ params }: Target): JsonObject => ({
  InstanceArn: String(params['instanceArn']),
  PermissionSetArn: String(params['permissionSetArn']),
});

/** The organisation, and Identity Center. */
export const motoOrganisationScenarios: readonly MotoScenario[] = [
  {
    playbook: denyPerson,
    prepare: async (call) => {
      const id = await member(call, 'shop');
      const uid = `arn:aws:sts::${id}:assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/dana@example.com`;
      return { account, region, uid, params: { member: id, person: 'dana@example.com' } };
    },
    view: attached,
  },
  {
    playbook: denyRoot,
    prepare: async (call) => {
      const id = await member(call, 'bank');
      return { account, region, uid: `arn:aws:iam::${id}:root`, params: { member: id } };
    },
    view: attached,
  },
  {
    playbook: denyPersonEverywhere,
    prepare: async (call) => {
      await makePolicy(call, 'jobzero-deny-people', denying('nobody'), await rootOf(call));
      return { account, region, uid: `arn:aws:identitystore:::user/${userId}`, params: { userId } };
    },
    view: async (call) => call('organizations:DescribePolicy', { PolicyId: await stagedId(call) }),
    meddle: async (call) => call('organizations:UpdatePolicy', { PolicyId: await stagedId(call), Content: denying('another') }),
  },
  {
    playbook: enablePolicyType,
    prepare: async (call) => {
      const rootId = await rootOf(call);
      return targetOf('organizations', `root/${rootId}`, { rootId, policyType: 'TAG_POLICY' });
    },
    view: (call) => call('organizations:ListRoots', {}),
  },
  {
    playbook: moveAccountBack,
    prepare: async (call) => {
      const to = await rootOf(call);
      const made = await call('organizations:CreateOrganizationalUnit', { ParentId: to, Name: 'production' });
      const id = await member(call, 'moved');
      const from = textAt(made, 'OrganizationalUnit', 'Id') ?? '';
      return targetOf('organizations', `account/${id}`, { member: id, from, to });
    },
    view: (call, { params }) => call('organizations:ListParents', { ChildId: String(params['member']) }),
  },
  {
    playbook: reattachPolicy,
    prepare: async (call) => {
      const targetId = await member(call, 'unguarded');
      const policyId = await makePolicy(call, 'no-s3', statements(deniesS3), targetId);
      await call('organizations:DetachPolicy', { PolicyId: policyId, TargetId: targetId });
      return targetOf('organizations', `policy/${policyId}`, { policyId, targetId });
    },
    view: (call, { params }) => call('organizations:ListTargetsForPolicy', { PolicyId: String(params['policyId']) }),
  },
  {
    playbook: removeFromGroup,
    prepare: async (call) => {
      const store = { IdentityStoreId: textAt(await call('sso:ListInstances', {}), 'Instances', 0, 'IdentityStoreId') ?? '' };
      const user = await call('identitystore:CreateUser', {
        ...store,
        UserName: 'mallory',
        DisplayName: 'mallory',
        Name: { GivenName: 'Mallory', FamilyName: 'Example' },
      });
      const MemberId = { UserId: textAt(user, 'UserId') ?? '' };
      const groups: string[] = [];
      for (const DisplayName of ['readers', 'administrators']) {
        const GroupId = textAt(await call('identitystore:CreateGroup', { ...store, DisplayName }), 'GroupId') ?? '';
        await call('identitystore:CreateGroupMembership', { ...store, GroupId, MemberId });
        groups.push(GroupId);
      }
      const params = { userId: MemberId.UserId, groupId: groups[1] ?? '', identityStoreId: store.IdentityStoreId };
      return { account, region, uid: `arn:aws:identitystore:::user/${MemberId.UserId}`, params };
    },
    view: async (call, { params }) => {
      const MemberId = { UserId: String(params['userId']) };
      const answer = await call('identitystore:ListGroupMembershipsForMember', {
        IdentityStoreId: String(params['identityStoreId']),
        MemberId,
      });
      return listAt(answer, 'GroupMemberships').map((one) => textAt(one, 'GroupId'));
    },
  },
  {
    playbook: removeAssignment,
    prepare: async (call) => {
      const set = await permissionSet(call, 'readers');
      const params = { targetId: account, principalType: 'USER', principalId: userId };
      await call('sso:CreateAccountAssignment', {
        ...set,
        TargetId: account,
        TargetType: 'AWS_ACCOUNT',
        PrincipalType: 'USER',
        PrincipalId: userId,
      });
      return setTarget(set, params);
    },
    view: (call, target) => call('sso:ListAccountAssignments', { ...setIn(target), AccountId: account }),
  },
];
