import { parseArn } from '../../../../src/core/lib/arn.ts';
import { type InlinePolicy, putInlinePolicy, roomForInlinePolicy } from '../../../../src/core/lib/inline-policy.ts';
import { actingUser, exampleHolder, type Holder, holderArns, holderOf, holderTargets } from '../../../../src/core/lib/plans/iam.ts';
import type { Finding } from '../../../../src/core/model/finding.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

/** What a user needs to register a factor and sign in with it. */
const stillAllowed = [
  'iam:ChangePassword',
  'iam:CreateVirtualMFADevice',
  'iam:EnableMFADevice',
  'iam:GetUser',
  'iam:ListMFADevices',
  'iam:ListVirtualMFADevices',
  'iam:ResyncMFADevice',
  'sts:GetSessionToken',
];

/**
 * Denies a user's sessions what has no second factor. Requests signed by a long-term key have no `aws:MultiFactorAuthPresent`, and with `Bool`
 * instead of `BoolIfExists` they go on. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent
 */
export const requireSecondFactor: Playbook = {
  id: 'aws.iam.require-second-factor',
  version: 1,
  title: 'Ask a user for a second factor',
  why: 'A password alone is guessed, or found in some leak. Nobody but its owner can register a factor; until then the console shows the owner how to, and nothing else. Who knows the password could register one too, so it does not help where somebody else is in already: then keep the user out of the console.',
  handles: ['aws.iam.console-users-have-mfa', 'aws.signin.console-login-without-mfa'],
  approval: 'one-person',
  risks: ['legitimate-use'],
  asks: (target) => `Let the user ${nameOf(target)} do nothing in the console without a second factor`,
  blastRadius: (target) =>
    `In the console ${nameOf(target)} can only register a second factor until one is used; access keys work as before.`,
  inverse: (target) => `The deny on ${nameOf(target)} goes: the password alone is enough again.`,
  targets: (finding) => holderTargets(finding, finding.kind === 'compliance' ? judged(finding) : signedIn(finding)),
  partial: true,
  requires: (target) => [roomForInlinePolicy(deny(target))],
  plan: (target) => [putInlinePolicy(deny(target), 'Deny what has no second factor', 'the user has the deny policy as written')],
  undoes: ['iam:DeleteUserPolicy', 'iam:PutUserPolicy'],
  examples: [{ name: 'a user', target: exampleHolder('User', 'alice'), does: ['iam:PutUserPolicy'] }],
};

const nameOf = (target: Target) => holderOf(target).name;

function signedIn(finding: Finding): readonly Holder[] {
  return finding.evidence.flatMap((evidence) =>
    evidence.account === finding.account && evidence.error === undefined ? (actingUser(finding, evidence) ?? []) : [],
  );
}

function judged({ account, resources }: Finding): readonly Holder[] {
  return resources.flatMap(({ uid }) => {
    const arn = parseArn(uid);
    const name = /^user\/(?:.*\/)?([\w+=,.@-]{1,64})$/.exec(arn?.resource ?? '')?.[1];
    return arn?.service === 'iam' && arn.account === account && name !== undefined ? [{ kind: 'User' as const, name }] : [];
  });
}

function deny(target: Target): InlinePolicy {
  const Condition = { Bool: { 'aws:MultiFactorAuthPresent': 'false' } };
  return {
    kind: 'User',
    holder: nameOf(target),
    on: holderArns(target, holderOf(target)),
    policyName: 'jobzero-require-second-factor',
    document: {
      Version: '2012-10-17',
      Statement: [{ Sid: 'JobzeroRequireSecondFactor', Effect: 'Deny', NotAction: stillAllowed, Resource: '*', Condition }],
    },
  };
}
