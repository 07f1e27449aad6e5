import { parseArn } from '../../../../src/core/lib/arn.ts';
import { canonicalJson } from '../../../../src/core/lib/canonical-json.ts';
import { iamRegion } from '../../../../src/core/lib/inline-policy.ts';
import { type ControlDeny, denyInAccount, mostAttached, roomForControlPolicy } from '../../../../src/core/lib/plans/deny-in-account.ts';
import { addToStaged, type StagedDeny, stagedAndAttached } from '../../../../src/core/lib/plans/staged-deny.ts';
import type { Actor } from '../../../../src/core/model/finding.ts';
import type { Around, Playbook, Target } from '../../../../src/core/model/plan.ts';

/** The name of the session is that of the person: https://docs.aws.amazon.com/singlesignon/latest/userguide/useraccess.html */
const person = /^AROA[A-Z0-9]{8,124}:([\w+=,.@-]{2,64})$/;

/**
 * The roles of permission sets can be changed by Identity Center alone, so a person is denied by a service control policy, which holds for
 * sessions that run already: https://docs.aws.amazon.com/singlesignon/latest/userguide/prereqs-revoking-user-permissions.html
 */
export const denyPerson: Playbook = {
  id: 'aws.organizations.deny-person',
  version: 2,
  title: 'Deny a person of Identity Center in every account',
  why: 'Whoever holds a session of Identity Center holds it for hours, and signs in again. A service control policy at the root of the organisation denies everything to that person at once, in every account and under every permission set, and to nobody else: whoever has the sign-in has sessions in all of them. Where the root has no room for one more policy, the person is named in "jobzero-deny-sessions", if that was attached there beforehand; without it, or where the root cannot be read, the policy is attached to the account of the evidence alone. The sign-in itself is not touched: end the sessions and reset it at the identity provider. The management account is not bound by it: there aws.sso.deny-person-in-management denies a person.',
  handles: [],
  cutsOff: true,
  approval: 'none',
  risks: ['legitimate-use'],
  asks: ({ params }) => `Deny ${String(params['person'])} everything in ${placeOf(params)}`,
  blastRadius: ({ params }) =>
    `In ${placeOf(params)} ${String(params['person'])} can do nothing, under whatever permission set; nobody else is touched.`,
  inverse: ({ params }) => `In ${placeOf(params)} ${String(params['person'])} can work again.`,
  targets: (finding, around) => {
    const management = around?.management ?? null;
    if (management === null || management === finding.account) return [];
    const found = finding.evidence.flatMap(({ actor = finding.actor }) =>
      actor === undefined ? [] : targetOf(actor, finding.account, management, around),
    );
    return [...new Map(found.map((target) => [canonicalJson(target.params), target])).values()];
  },
  requires: (target) =>
    isStaged(target) ? stagedAndAttached(target, staged, sessionsOf(target)) : [roomForControlPolicy(target, denyOf(target))],
  plan: (target) => (isStaged(target) ? [addToStaged(target, staged, sessionsOf(target))] : denyInAccount(target, denyOf(target))),
  undoes: ['organizations:DeletePolicy', 'organizations:DetachPolicy', 'organizations:UpdatePolicy'],
  examples: [
    {
      name: 'an administrator',
      target: {
        account: '111122223333',
        region: 'us-east-1',
        uid: 'arn:aws:sts::444455556666:assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/dana@example.com',
        params: { member: '444455556666', person: 'dana@example.com' },
      },
      does: ['organizations:CreatePolicy', 'organizations:AttachPolicy'],
    },
    {
      name: 'everywhere',
      target: {
        account: '111122223333',
        region: 'us-east-1',
        uid: 'arn:aws:sts::444455556666:assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/dana@example.com',
        params: { member: 'r-ab12', person: 'dana@example.com' },
      },
      does: ['organizations:CreatePolicy', 'organizations:AttachPolicy'],
    },
    {
      name: 'everywhere, beside others',
      target: {
        account: '111122223333',
        region: 'us-east-1',
        uid: 'arn:aws:sts::444455556666:assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/dana@example.com',
        params: { member: 'r-ab12', person: 'dana@example.com', staged: true },
      },
      does: ['organizations:UpdatePolicy'],
    },
  ],
};

/** A root holds few policies, and a phishing mail is answered by many: those for whom none is left are named in one that was attached beforehand. */
const staged: StagedDeny = { policy: 'jobzero-deny-sessions', sid: 'JobzeroDenySessions', operator: 'StringLike', key: 'aws:userid' };
const isStaged = ({ params }: Target) => params['staged'] === true;
const sessionsOf = ({ params }: Target) => `*:${String(params['person'])}`;

function targetOf(
  { type, uid, issuer, principalId }: Actor,
  account: string,
  management: string,
  around: Around | undefined,
): readonly Target[] {
  const role = parseArn(issuer ?? '');
  const [, name] = person.exec(principalId ?? '') ?? [];
  if (type !== 'AssumedRole' || role === null || name === undefined || role.account !== account) return [];
  if (!role.resource.startsWith('role/aws-reserved/sso.amazonaws.com/')) return [];
  // Few policies fit at the root: who comes later is named in the one that is staged there, or denied in the account of the evidence.
  const { root = null, atRoot = [] } = around ?? {};
  const hasRoom = atRoot.length < mostAttached || atRoot.includes(nameOf(name));
  const isNamed = root !== null && !hasRoom && atRoot.includes(staged.policy);
  const member = root !== null && (hasRoom || isNamed) ? root : account;
  const params = { member, person: name, ...(isNamed ? { staged: true } : {}) };
  return [{ account: management, region: iamRegion(role.partition), uid, params }];
}

/** Of the policy that denies this person. */
function nameOf(name: string): string {
  return `jobzero-deny-${name}`;
}

function placeOf({ member }: Target['params']): string {
  return String(member).startsWith('r-') ? 'all accounts of the organisation' : `the account ${String(member)}`;
}

function denyOf({ params }: Target): ControlDeny {
  const name = String(params['person']);
  return {
    name: nameOf(name),
    sid: 'JobzeroDenyPerson',
    condition: {
      StringLike: { 'aws:userid': `*:${name}` },
      ArnLike: { 'aws:PrincipalArn': 'arn:*:iam::*:role/aws-reserved/sso.amazonaws.com/*' },
    },
  };
}
