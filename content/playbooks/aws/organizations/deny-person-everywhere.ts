import { partitionOf } from '../../../../src/core/lib/arn.ts';
import { iamRegion } from '../../../../src/core/lib/inline-policy.ts';
import { keptTexts } from '../../../../src/core/lib/plans/named-targets.ts';
import { addToStaged, type StagedDeny, stagedAndAttached } from '../../../../src/core/lib/plans/staged-deny.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const staged: StagedDeny = {
  policy: 'jobzero-deny-people',
  sid: 'JobzeroDenyPeople',
  operator: 'StringEquals',
  key: 'identitystore:UserId',
};

/** https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_User.html */
const userId = /^([0-9a-f]{10}-)?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/;
const personOf = ({ params }: Target) => String(params['userId']);

/**
 * Roles of Identity Center cannot be edited, so that a person is stopped by the organisation:
 * https://docs.aws.amazon.com/singlesignon/latest/userguide/prereqs-revoking-user-permissions.html
 */
export const denyPersonEverywhere: Playbook = {
  id: 'aws.organizations.deny-person-everywhere',
  version: 1,
  title: 'Deny a person of Identity Center in all accounts',
  why: 'Sessions of permission sets live up to 12 hours, whatever happens to the password, and their roles can only be changed by AWS. The person is added to a deny that was attached to the organisation beforehand: open sessions stop within minutes, others who use the same permission set go on. It never binds the management account. Then disable the person where people are kept, end the sign-in session in the console of Identity Center, and take assignments away.',
  handles: ['aws.sso.password-set-for-person', 'aws.sso.second-factor-removed', 'aws.sso.user-added-by-hand'],
  approval: 'two-persons',
  risks: ['workload'],
  asks: (target) => `Deny the person ${personOf(target)} of Identity Center everything in all accounts`,
  blastRadius: (target) =>
    `Whatever the person ${personOf(target)} does in any account but the management account is refused, in sessions that are open too.`,
  inverse: (target) => `The person ${personOf(target)} may do again what permission sets allow.`,
  targets: (finding) => {
    const { account } = finding;
    const partition = partitionOf(finding.region);
    const mine = finding.evidence.filter((one) => one.account === account && one.error === undefined);
    const people = ['userId', 'created', 'member', 'memberOf'].flatMap((name) => keptTexts(mine, name, userId));
    return [...new Set(people)].map((id) => ({
      account,
      region: iamRegion(partition),
      uid: `arn:${partition}:identitystore:::user/${id}`,
      params: { userId: id },
    }));
  },
  requires: (target) => stagedAndAttached(target, staged, personOf(target)),
  plan: (target) => [addToStaged(target, staged, personOf(target))],
  undoes: ['organizations:UpdatePolicy'],
  examples: [
    {
      name: 'a person',
      target: {
        account: '111122223333',
        region: 'us-east-1',
        uid: 'arn:aws:identitystore:::user/1a2b3c4d5e-6f708192-a3b4-c5d6-e7f8-091a2b3c4d5e',
        params: { userId: '1a2b3c4d5e-6f708192-a3b4-c5d6-e7f8-091a2b3c4d5e' },
      },
      does: ['organizations:UpdatePolicy'],
    },
  ],
};
