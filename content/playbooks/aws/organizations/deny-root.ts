import { partitionOf } from '../../../../src/core/lib/arn.ts';
import { iamRegion } from '../../../../src/core/lib/inline-policy.ts';
import { type ControlDeny, denyInAccount, roomForControlPolicy } from '../../../../src/core/lib/plans/deny-in-account.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

const deny: ControlDeny = {
  name: 'jobzero-deny-root',
  sid: 'JobzeroDenyRoot',
  // Sessions that the management account takes on for a task are let through: by them the credentials of root are removed.
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html (aws:AssumedRoot)
  condition: { StringLike: { 'aws:PrincipalArn': 'arn:*:iam::*:root' }, Null: { 'aws:AssumedRoot': 'true' } },
};

/** https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html (restrict the root user) */
export const denyRoot: Playbook = {
  id: 'aws.organizations.deny-root',
  version: 1,
  title: 'Deny the root user in an account',
  why: 'Root may do everything, and no policy of its account stops it. A service control policy does, at once, and does not touch anybody else. Its password, its e-mail address and its keys are still those of whoever took them: take them back before it is undone. The management account cannot be restricted in this way.',
  handles: [
    'aws.account.root-key-used',
    'aws.account.root-makes-many-changes',
    'aws.account.root-used',
    'aws.signin.root-login-without-mfa',
  ],
  reported: ['guardduty/Policy:IAMUser/RootCredentialUsage', 'guardduty/Policy:IAMUser/ShortTermRootCredentialUsage'],
  cutsOff: true,
  approval: 'none',
  risks: ['legitimate-use'],
  asks: ({ params }) => `Deny the root user everything in the account ${String(params['member'])}`,
  blastRadius: ({ params }) => `The root user of the account ${String(params['member'])} can do nothing; nobody else is touched.`,
  inverse: ({ params }) => `The root user of the account ${String(params['member'])} may do everything again.`,
  targets: (finding, around) => {
    const management = around?.management ?? null;
    const isRoot = finding.evidence.some(
      ({ actor = finding.actor }) => actor?.type === 'Root' && (actor.account ?? finding.account) === finding.account,
    );
    if (management === null || management === finding.account || !isRoot) return [];
    const partition = partitionOf(finding.region);
    const uid = `arn:${partition}:iam::${finding.account}:root`;
    return [{ account: management, region: iamRegion(partition), uid, params: { member: finding.account } }];
  },
  requires: (target) => [roomForControlPolicy(target, deny)],
  plan: (target) => denyInAccount(target, deny),
  undoes: ['organizations:DeletePolicy', 'organizations:DetachPolicy'],
  examples: [
    {
      name: 'an account',
      target: { account: '111122223333', region: 'us-east-1', uid: 'arn:aws:iam::444455556666:root', params: { member: '444455556666' } },
      does: ['organizations:CreatePolicy', 'organizations:AttachPolicy'],
    },
  ],
};
