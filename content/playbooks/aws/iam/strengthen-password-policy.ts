import { asObject, valueAt } from '../../../../src/core/lib/json-at.ts';
import { accountTarget, accountTargets } from '../../../../src/core/lib/plans/account.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Json, JsonObject } from '../../../../src/core/model/json.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

/** What CIS asks for: https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-15 and #iam-16 */
const least = { MinimumPasswordLength: 14, PasswordReusePrevention: 24 } as const;
const given = [
  'AllowUsersToChangePassword',
  'HardExpiry',
  'MaxPasswordAge',
  'MinimumPasswordLength',
  'PasswordReusePrevention',
  'RequireLowercaseCharacters',
  'RequireNumbers',
  'RequireSymbols',
  'RequireUppercaseCharacters',
] as const;

/**
 * An update sets back to its default whatever it does not name, so that all of the policy is written each time:
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html
 */
export const strengthenPasswordPolicy: Playbook = {
  id: 'aws.iam.strengthen-password-policy',
  version: 1,
  title: 'Ask for long passwords again',
  why: 'Without a policy, or with a weak one, the next password of a user may be short or an old one, and is guessed. What the policy was before is not in the event, so the least that CIS asks for is put: 14 characters, none of the last 24; the rest stays as it is. Passwords that stand are not touched.',
  handles: ['aws.iam.password-policy-weakened'],
  reported: ['guardduty/Stealth:IAMUser/PasswordPolicyChange'],
  approval: 'none',
  risks: [],
  asks: ({ account }) => `Ask for passwords of at least ${least.MinimumPasswordLength} characters in the account ${account} again`,
  blastRadius: ({ account }) =>
    `Nobody is locked out; IAM users of ${account} who set a new password have to take a long one, and none that they had.`,
  inverse: ({ account }) => `The account ${account} gets its earlier password policy back, or none where it had none.`,
  targets: (finding) => accountTargets(finding, ['DeleteAccountPasswordPolicy', 'UpdateAccountPasswordPolicy']),
  plan: ({ uid }) => [
    setting({
      name: 'Write the password policy',
      on: [uid],
      read: { action: 'iam:GetAccountPasswordPolicy', input: {} },
      state: policyIn,
      want: (policy) => ({
        ...asObject(policy),
        MinimumPasswordLength: Math.max(least.MinimumPasswordLength, Number(valueAt(policy, 'MinimumPasswordLength')) || 0),
        PasswordReusePrevention: Math.max(least.PasswordReusePrevention, Number(valueAt(policy, 'PasswordReusePrevention')) || 0),
      }),
      write: { action: 'iam:UpdateAccountPasswordPolicy', input: {}, with: (policy) => asObject(policy) ?? {} },
      back: (policy) =>
        policy === null
          ? [{ action: 'iam:DeleteAccountPasswordPolicy', input: {} }]
          : [{ action: 'iam:UpdateAccountPasswordPolicy', input: asObject(policy) ?? {} }],
      says: 'the policy asks for 14 characters and none of the last 24 passwords',
    }),
  ],
  undoes: ['iam:DeleteAccountPasswordPolicy', 'iam:UpdateAccountPasswordPolicy'],
  examples: [{ name: 'an account', target: accountTarget('111122223333', 'us-east-1'), does: ['iam:UpdateAccountPasswordPolicy'] }],
};

/** The policy as an update spells it: whether passwords expire is told by the answer and follows from their age. */
function policyIn(answer: Json): JsonObject | null {
  const policy = asObject(valueAt(answer, 'PasswordPolicy'));
  if (policy === null) return null;
  return Object.fromEntries(given.flatMap((name) => (policy[name] === undefined || policy[name] === null ? [] : [[name, policy[name]]])));
}
