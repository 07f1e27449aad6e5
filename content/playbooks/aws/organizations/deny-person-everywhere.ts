import { partitionOf } from '../../../../src/core/lib/arn.ts';
import { canonicalJson } from '../../../../src/core/lib/canonical-json.ts';
import { iamRegion, policySize } from '../../../../src/core/lib/inline-policy.ts';
import { asObject, listAt, textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { keptTexts } from '../../../../src/core/lib/plans/named-targets.ts';
import { organizationArn } from '../../../../src/core/lib/plans/organization.ts';
import { parsed, statementsOf } from '../../../../src/core/lib/plans/policy-statements.ts';
import type { Json, JsonObject } from '../../../../src/core/model/json.ts';
import type { Kept, Playbook, Target } from '../../../../src/core/model/plan.ts';

/** The policy that the owner writes and attaches beforehand: in the middle of an incident one only adds to it. */
const staged = 'jobzero-deny-people';
const sid = 'JobzeroDenyPeople';
const key = 'identitystore:UserId';
/** The least that any organisation may have: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html */
const longest = 5120;

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
  requires: (target) => {
    const read = { action: 'organizations:ListPolicies', input: { Filter: 'SERVICE_CONTROL_POLICY' } };
    return [
      {
        name: 'The deny is there and has room',
        on: [policies(target)],
        read: { ...read, keep: 'people' },
        follow: { action: 'organizations:DescribePolicy', inputs: (answer) => stagedIn(answer).map((PolicyId) => ({ PolicyId })) },
        expect: (_, followed) => {
          const document = followed.length === 1 ? documentIn(followed[0] ?? null) : null;
          return document !== null && policySize(canonicalJson(withPerson(document, personOf(target)))) <= longest;
        },
        says: `The organisation has no service control policy "${staged}" with a statement "${sid}" that denies by ${key}, or it is full: write it once, beforehand, as the guide says.`,
      },
      {
        name: 'The deny is attached',
        on: [policies(target)],
        read: { ...read, keep: 'attached' },
        follow: { action: 'organizations:ListTargetsForPolicy', inputs: (answer) => stagedIn(answer).map((PolicyId) => ({ PolicyId })) },
        expect: (_, followed) => listAt(followed[0], 'Targets').length > 0,
        says: `The policy "${staged}" is attached nowhere, so it would stop nobody.`,
      },
    ];
  },
  plan: (target) => {
    const input = {};
    const named = (kept: Kept) => ({ PolicyId: stagedIn(valueAt(kept['people'], 'answer'))[0] ?? '' });
    const read = { action: 'organizations:DescribePolicy', input, fill: named };
    const write = (kept: Kept, Content: string) => ({ action: 'organizations:UpdatePolicy', input: { ...named(kept), Content } });
    return [
      {
        name: 'Add the person to the deny',
        on: [policies(target)],
        read: { ...read, keep: 'policy' },
        captures: (answer) => peopleIn(documentIn(answer)),
        do: {
          action: 'organizations:UpdatePolicy',
          input,
          once: 'sets-state',
          fill: (kept) => write(kept, canonicalJson(withPerson(documentIn(kept['policy'] ?? null) ?? {}, personOf(target)))).input,
        },
        verify: {
          ...read,
          expect: (answer) => peopleIn(documentIn(answer)).includes(personOf(target)),
          says: 'the deny names the person',
          withinSeconds: 60,
        },
        undo: (kept) => {
          const earlier = textAt(kept['policy'], 'Policy', 'Content');
          return earlier === null ? [] : [write(kept, earlier)];
        },
      },
    ];
  },
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

function policies(target: Target): string {
  return organizationArn(target, 'policy/o-*/service_control_policy/p-*');
}

function stagedIn(answer: Json): readonly string[] {
  return listAt(answer, 'Policies').flatMap((one) => (textAt(one, 'Name') === staged ? (textAt(one, 'Id') ?? []) : []));
}

/** The document of the staged policy; null where it has no statement that denies by person. */
function documentIn(answer: Json): JsonObject | null {
  const document = parsed(textAt(answer, 'Policy', 'Content'));
  return document !== null && statementsOf(document).some(denies) ? document : null;
}

function denies(statement: Json): boolean {
  return (
    textAt(statement, 'Sid') === sid &&
    textAt(statement, 'Effect') === 'Deny' &&
    valueAt(statement, 'Condition', 'StringEquals', key) !== null
  );
}

function peopleIn(document: JsonObject | null): readonly string[] {
  const named = valueAt(statementsOf(document).find(denies), 'Condition', 'StringEquals', key);
  return (Array.isArray(named) ? named : [named]).flatMap((one) => (typeof one === 'string' ? [one] : [])).sort();
}

function withPerson(document: JsonObject, person: string): JsonObject {
  const people = [...new Set([...peopleIn(document), person])].sort();
  const Statement = statementsOf(document).map((one) =>
    denies(one) ? { ...asObject(one), Condition: { ...asObject(valueAt(one, 'Condition')), StringEquals: { [key]: people } } } : one,
  );
  return { ...document, Statement };
}
