import { type InlinePolicy, putInlinePolicy, roomForInlinePolicy } from '../../../../src/core/lib/inline-policy.ts';
import { listAt, textAt } from '../../../../src/core/lib/json-at.ts';
import { actingUser, exampleHolder, holderArns, holderIn, holderOf, holderTargets } from '../../../../src/core/lib/plans/iam.ts';
import { oneByOne } from '../../../../src/core/lib/plans/one-by-one.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

/** The most that a user may have: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const mostKeys = 2;

/**
 * Denies a user everything and deactivates its keys, and leaves it there: who made it, when, and what it was given is evidence. A deny on the user
 * also binds its console and the sessions that it made, federated ones too.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html
 */
export const freezeUser: Playbook = {
  id: 'aws.iam.freeze-user',
  version: 1,
  title: 'Let a user do nothing any more',
  why: 'The user was made by an attacker, or its keys and password are known to one. Deleting it would destroy evidence, and DeleteLoginProfile cannot be undone; a deny of everything stops password, keys and sessions at once, and can be taken back. Roles that the user assumed before are other sessions and need the playbook for role sessions.',
  handles: [
    'aws.account.changed-from-listed-address',
    'aws.account.changed-through-tor',
    'aws.iam.admin-user-created',
    'aws.iam.key-quarantined-by-aws',
    'aws.iam.user-access-given-by-new-principal',
    'aws.signin.signed-in-after-guessing',
    'aws.sts.federation-token-issued',
    'aws.sts.key-tested-by-secret-scanner',
  ],
  reported: ['guardduty/AttackSequence:*'],
  approval: 'one-person',
  risks: ['workload'],
  asks: (target) => `Deny the user ${nameOf(target)} everything and deactivate its keys`,
  blastRadius: (target) =>
    `Whatever signs in or signs requests as ${nameOf(target)} is refused, in the console too: programs that use its keys stop.`,
  inverse: (target) => `The deny on ${nameOf(target)} goes, and the keys that were active are active again.`,
  targets: (finding) =>
    holderTargets(
      finding,
      finding.evidence.flatMap((evidence) => {
        if (evidence.error !== undefined || evidence.account !== finding.account) return [];
        // Where IAM did something to a user that one is meant, and not who did it.
        const about = holderIn(evidence);
        return about?.kind === 'User' ? [about] : (actingUser(finding, evidence) ?? []);
      }),
    ),
  requires: (target) => [roomForInlinePolicy(deny(target))],
  plan: (target) => {
    const input = { UserName: nameOf(target) };
    return [
      putInlinePolicy(deny(target), 'Deny the user everything', 'the user has the deny policy as written'),
      ...oneByOne({
        name: 'Deactivate its keys',
        on: on(target),
        read: { action: 'iam:ListAccessKeys', input },
        items: (answer) =>
          listAt(answer, 'AccessKeyMetadata').flatMap((key) => {
            const AccessKeyId = textAt(key, 'AccessKeyId');
            return AccessKeyId !== null && textAt(key, 'Status') === 'Active' ? [{ AccessKeyId }] : [];
          }),
        remove: { action: 'iam:UpdateAccessKey', input: { ...input, Status: 'Inactive' }, for: (key) => key },
        bringBack: (key) => [{ action: 'iam:UpdateAccessKey', input: { ...input, ...key, Status: 'Active' } }],
        says: 'no key of the user is active',
        most: mostKeys,
      }),
    ];
  },
  undoes: ['iam:DeleteUserPolicy', 'iam:PutUserPolicy', 'iam:UpdateAccessKey'],
  examples: [
    {
      name: 'a user',
      target: exampleHolder('User', 'backdoor'),
      does: ['iam:PutUserPolicy', 'iam:UpdateAccessKey', 'iam:UpdateAccessKey'],
    },
  ],
};

const nameOf = (target: Target) => holderOf(target).name;
const on = (target: Target) => holderArns(target, holderOf(target));

function deny(target: Target): InlinePolicy {
  return {
    kind: 'User',
    holder: nameOf(target),
    on: on(target),
    policyName: 'jobzero-freeze',
    document: { Version: '2012-10-17', Statement: [{ Sid: 'JobzeroFreeze', Effect: 'Deny', Action: '*', Resource: '*' }] },
  };
}
