import { listAt, textAt } from '../../../../src/core/lib/json-at.ts';
import { withoutAdministration } from '../../../../src/core/lib/plans/administration.ts';
import { distinctTargets } from '../../../../src/core/lib/plans/distinct-targets.ts';
import {
  exampleSet,
  permissionSetArns,
  permissionSetIn,
  permissionSetInput,
  provision,
  provisionStep,
} from '../../../../src/core/lib/plans/permission-set.ts';
import { narrowPolicy } from '../../../../src/core/lib/plans/policy-statements.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import { withoutWideGrants } from '../../../../src/core/lib/plans/wide-grant.ts';
import type { Playbook, Step, Target } from '../../../../src/core/model/plan.ts';

const nameOf = ({ params }: Target) => String(params['permissionSetArn']).split('/').at(-1) ?? '';
/** A person gave it rights over secrets, keys or roles on every resource: these go, too. */
const isWide = ({ params }: Target) => params['wide'] === true;
const rights = (target: Target) => (isWide(target) ? 'rights over all secrets, keys and roles' : 'administrator rights');
const widened = 'aws.sso.permission-set-widened-by-person';
const policyOf = ({ params }: Target) => textAt(params, 'managedPolicyArn');

/** https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_DetachManagedPolicyFromPermissionSet.html */
export const narrowPermissionSet: Playbook = {
  id: 'aws.sso.narrow-permission-set',
  version: 1,
  title: 'Take rights over everything out of a permission set',
  why: 'Everybody who has the permission set became an administrator, or can read all secrets, decrypt with all keys or take on all roles, in every account where it is assigned. What was added goes: the attached policy, the statements of the inline policy that allow everything, or the actions over secrets, keys and roles on every resource; the rest stays. Nothing changes in the accounts before the set is provisioned, so that is done too.',
  handles: ['aws.sso.administrator-permission-set-made', widened],
  approval: 'one-person',
  risks: ['legitimate-use', 'workload'],
  asks: (target) => `Take ${rights(target)} out of the permission set ${nameOf(target)}`,
  blastRadius: (target) =>
    `Whoever enters an account by the permission set ${nameOf(target)} has no ${rights(target)} there any more, in open sessions too${isWide(target) ? ', also where they had them before' : ''}.`,
  inverse: (target) => `The permission set ${nameOf(target)} has its earlier policies back, in all accounts.`,
  targets: (finding) => {
    const found = finding.evidence.flatMap((evidence): readonly Target[] => {
      const named = permissionSetIn(finding, evidence);
      const managedPolicyArn = textAt(evidence.kept, 'managedPolicyArn');
      const isManaged = evidence.operation === 'AttachManagedPolicyToPermissionSet';
      if (named === null || (!isManaged && evidence.operation !== 'PutInlinePolicyToPermissionSet')) return [];
      if (isManaged && !/^arn:[a-z-]+:iam::aws:policy\/[\w+=,.@/-]{1,640}$/.test(managedPolicyArn ?? '')) return [];
      const params = { ...named, ...(isManaged ? { managedPolicyArn } : finding.rule.id === widened ? { wide: true } : {}) };
      return [{ account: finding.account, region: evidence.region, uid: named.permissionSetArn, params }];
    });
    return distinctTargets(found);
  },
  partial: true,
  plan: (target) => [
    ...(policyOf(target) === null ? narrowInline(target) : [detach(target)]).map((step) => provisioning(step, target)),
    provisionStep(target),
  ],
  undoes: [
    'sso:AttachManagedPolicyToPermissionSet',
    'sso:DeleteInlinePolicyFromPermissionSet',
    'sso:ProvisionPermissionSet',
    'sso:PutInlinePolicyToPermissionSet',
  ],
  examples: [
    {
      name: 'an attached policy',
      target: exampleSet({ managedPolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }),
      does: ['sso:DetachManagedPolicyFromPermissionSet', 'sso:ProvisionPermissionSet'],
    },
    {
      name: 'an inline policy with rights over all secrets',
      target: exampleSet({ wide: true }),
      does: ['sso:PutInlinePolicyToPermissionSet', 'sso:DeleteInlinePolicyFromPermissionSet', 'sso:ProvisionPermissionSet'],
    },
    {
      name: 'an inline policy',
      target: exampleSet({}),
      does: ['sso:PutInlinePolicyToPermissionSet', 'sso:DeleteInlinePolicyFromPermissionSet', 'sso:ProvisionPermissionSet'],
    },
  ],
};

/** Undoing it reaches the accounts as well. */
function provisioning(step: Step, target: Target): Step {
  return {
    ...step,
    undo: (kept, output) => {
      const calls = step.undo(kept, output);
      return calls === 'irreversible' || calls.length === 0 ? calls : [...calls, provision(target)];
    },
  };
}

function detach(target: Target): Step {
  const ManagedPolicyArn = policyOf(target) ?? '';
  const input = { ...permissionSetInput(target), ManagedPolicyArn };
  return setting({
    name: 'Detach the policy',
    on: permissionSetArns(target),
    read: { action: 'sso:ListManagedPoliciesInPermissionSet', input: permissionSetInput(target) },
    state: (answer) => listAt(answer, 'AttachedManagedPolicies').some((one) => textAt(one, 'Arn') === ManagedPolicyArn),
    want: () => false,
    write: { action: 'sso:DetachManagedPolicyFromPermissionSet', input, with: () => ({}) },
    back: (attached) => (attached === true ? [{ action: 'sso:AttachManagedPolicyToPermissionSet', input }] : []),
    noneIsFine: true,
    says: 'the policy is not attached',
  });
}

function narrowInline(target: Target): readonly Step[] {
  const input = permissionSetInput(target);
  return narrowPolicy(
    {
      on: permissionSetArns(target),
      read: { action: 'sso:GetInlinePolicyForPermissionSet', input },
      text: (answer) => textAt(answer, 'InlinePolicy'),
      put: { action: 'sso:PutInlinePolicyToPermissionSet', input, with: (InlinePolicy) => ({ InlinePolicy }) },
      remove: { action: 'sso:DeleteInlinePolicyFromPermissionSet', input },
    },
    isWide(target) ? withoutWideGrants : withoutAdministration,
    isWide(target)
      ? 'no statement of the policy gives rights over all secrets, keys or roles'
      : 'no statement of the policy allows everything',
  );
}
