import { type InlinePolicy, putInlinePolicy, roomForInlinePolicy } from '../../../../src/core/lib/inline-policy.ts';
import { actingUser, exampleHolder, holderArns, holderIn, holderOf, holderTargets } from '../../../../src/core/lib/plans/iam.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

/**
 * Denies a user whatever is signed by temporary credentials, which the console uses under the hood: requests signed by a long-term key have no
 * `aws:TokenIssueTime`. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-tokenissuetime
 */
export const denyConsole: Playbook = {
  id: 'aws.iam.deny-console',
  version: 1,
  title: 'Keep a user out of the console',
  why: 'Somebody else knows the password, or set it. Deleting the login profile cannot be undone, since nobody can set the old password again; a deny of all that temporary credentials sign closes the console and sessions, ends those that are open, and leaves programs alone that sign with keys. Signing in itself still works and shows nothing.',
  handles: [
    'aws.iam.login-profile-changed-for-other-user',
    'aws.iam.login-profile-created-for-other-user',
    'aws.iam.mfa-removed-from-other-user',
    'aws.signin.console-login-from-listed-address',
    'aws.signin.console-login-through-tor',
    'aws.signin.second-factor-refused',
    'aws.signin.signed-in-after-guessing',
    'aws.signin.signed-in-from-places-too-far-apart',
  ],
  reported: ['guardduty/AttackSequence:*', 'guardduty/UnauthorizedAccess:IAMUser/*'],
  approval: 'none',
  risks: ['legitimate-use'],
  asks: (target) => `Keep the user ${nameOf(target)} out of the console and its sessions`,
  blastRadius: (target) =>
    `In the console ${nameOf(target)} can do nothing, nor with session tokens that tools make for a second factor; its access keys work.`,
  inverse: (target) =>
    `The deny on ${nameOf(target)} goes: the console and sessions that have not expired work again, with the same password.`,
  targets: (finding) =>
    holderTargets(
      finding,
      finding.evidence.flatMap((evidence) => {
        if (evidence.account !== finding.account) return [];
        const about = holderIn(evidence);
        if (about?.kind === 'User') return evidence.error === undefined ? [about] : [];
        // Who signs with a key of its own needs no console: GuardDuty's types do not tell a stolen key from a known password.
        if (finding.imported !== undefined && evidence.actor?.accessKeyId?.startsWith('AKIA') === true) return [];
        return actingUser(finding, evidence) ?? [];
      }),
    ),
  requires: (target) => [roomForInlinePolicy(deny(target))],
  plan: (target) => [putInlinePolicy(deny(target), 'Deny the console and sessions', 'the user has the deny policy as written')],
  undoes: ['iam:DeleteUserPolicy', 'iam:PutUserPolicy'],
  examples: [{ name: 'a user', target: exampleHolder('User', 'alice'), does: ['iam:PutUserPolicy'] }],
};

const nameOf = (target: Target) => holderOf(target).name;

function deny(target: Target): InlinePolicy {
  const Condition = { Null: { 'aws:TokenIssueTime': 'false' } };
  return {
    kind: 'User',
    holder: nameOf(target),
    on: holderArns(target, holderOf(target)),
    policyName: 'jobzero-deny-console',
    document: {
      Version: '2012-10-17',
      Statement: [{ Sid: 'JobzeroDenyConsole', Effect: 'Deny', Action: '*', Resource: '*', Condition }],
    },
  };
}
