import { parseArn } from '../../../../src/core/lib/arn.ts';
import { canonicalJson } from '../../../../src/core/lib/canonical-json.ts';
import { policySize } from '../../../../src/core/lib/inline-policy.ts';
import { asObject, listAt, textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { distinctTargets } from '../../../../src/core/lib/plans/distinct-targets.ts';
import { identityCenterPermits, permissionSetInput, permissionSetRole } from '../../../../src/core/lib/plans/permission-set.ts';
import { parsed, statementsOf } from '../../../../src/core/lib/plans/policy-statements.ts';
import type { Actor } from '../../../../src/core/model/finding.ts';
import type { Json, JsonObject } from '../../../../src/core/model/json.ts';
import type { Around, Call, Kept, Playbook, Precondition, Step, Target } from '../../../../src/core/model/plan.ts';

/** The name of the session is that of the person: https://docs.aws.amazon.com/singlesignon/latest/userguide/useraccess.html */
const person = /^AROA[A-Z0-9]{8,124}:([\w+=,.@-]{2,64})$/;
const sid = 'JobzeroDenyPerson';
/** The inline policy of the set bears this name in the role. */
const inRole = 'AwsSSOInlinePolicy';
/** Without white space, and with it: https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html */
const longest = 10_240;
const longestText = 32_768;

const personIn = ({ params }: Target) => String(params['person']);
const setIn = ({ params }: Target) => String(params['permissionSet']);
const isDenied = (target: Target, document: Json) => peopleIn(document).includes(personIn(target));

/**
 * No service control policy binds the management account (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html),
 * and roles of permission sets can be changed by Identity Center alone. What a role may do is looked at with each request, so a deny in its
 * policy holds for open sessions: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html
 */
export const denyPersonInManagement: Playbook = {
  id: 'aws.sso.deny-person-in-management',
  version: 1,
  title: 'Deny a person of Identity Center in the management account',
  why: 'Whoever holds a session of Identity Center in the management account holds it for hours, and no service control policy stops it there. The permission set of the session denies everything to that person, and is brought to the management account alone: open sessions stop, and others who use the permission set go on. Where the set is brought to other accounts later, the person is denied there too. Other permission sets that the person has in the management account, other accounts and the sign-in are not touched: end the sessions and reset the sign-in at the identity provider.',
  handles: [],
  cutsOff: true,
  approval: 'none',
  risks: ['legitimate-use'],
  asks: (target) => `Deny ${personIn(target)} everything in the management account, under the permission set ${setIn(target)}`,
  blastRadius: (target) =>
    `In the management account ${personIn(target)} can do nothing under the permission set ${setIn(target)}, in open sessions too; nobody else is touched.`,
  inverse: (target) => `The permission set ${setIn(target)} has its earlier inline policy back, so ${personIn(target)} can work again.`,
  targets: (finding, around) => {
    const { management = null, permissionSets = [] } = around ?? {};
    if (management === null || management !== finding.account) return [];
    return distinctTargets(
      finding.evidence.flatMap(({ actor = finding.actor }) => (actor === undefined ? [] : targetOf(actor, management, permissionSets))),
    );
  },
  requires: (target) => [isItsSet(target), nothingWaits(target), hasRoom(target)],
  plan: (target) => [writeDeny(target), bringIt(target)],
  undoes: ['sso:DeleteInlinePolicyFromPermissionSet', 'sso:ProvisionPermissionSet', 'sso:PutInlinePolicyToPermissionSet'],
  examples: [
    {
      name: 'an administrator',
      target: exampleTarget('us-east-1', 'AdministratorAccess'),
      does: ['sso:PutInlinePolicyToPermissionSet', 'sso:ProvisionPermissionSet'],
    },
    {
      name: 'elsewhere at home, under the longest name',
      target: exampleTarget('ap-southeast-2', 'a'.repeat(32)),
      does: ['sso:PutInlinePolicyToPermissionSet', 'sso:ProvisionPermissionSet'],
    },
  ],
};

function exampleTarget(region: string, set: string): Target {
  const name = `AWSReservedSSO_${set}_0123456789abcdef`;
  return {
    account: '111122223333',
    region,
    uid: `arn:aws:sts::111122223333:assumed-role/${name}/dana@example.com`,
    params: {
      person: 'dana@example.com',
      permissionSet: set,
      role: `arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/${region === 'us-east-1' ? '' : `${region}/`}${name}`,
      instanceArn: 'arn:aws:sso:::instance/ssoins-1234567890abcdef',
      permissionSetArn: 'arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef',
    },
  };
}

function targetOf(
  { type, uid, issuer = '', principalId }: Actor,
  management: string,
  sets: NonNullable<Around['permissionSets']>,
): readonly Target[] {
  const role = permissionSetRole(issuer);
  const [, name] = person.exec(principalId ?? '') ?? [];
  if (type !== 'AssumedRole' || role === null || name === undefined || role.account !== management) return [];
  const set = sets.find((one) => one.name === role.set && one.region === role.region);
  if (set === undefined) return [];
  const { instanceArn, permissionSetArn } = set;
  const params = { person: name, permissionSet: role.set, role: issuer, instanceArn, permissionSetArn };
  return [{ account: management, region: role.region, uid, params }];
}

function isItsSet(target: Target): Precondition {
  return {
    name: 'The permission set is the one of the session',
    on: onSet(target),
    read: { action: 'sso:DescribePermissionSet', input: permissionSetInput(target), keep: 'permissionSet' },
    expect: (answer) => textAt(answer, 'PermissionSet', 'Name') === setIn(target),
    says: `The permission set ${setIn(target)} is gone.`,
  };
}

/** What somebody has changed and not brought to the account would come there with the deny, and be given to everybody who has the set. */
function nothingWaits(target: Target): Precondition {
  const { account, params } = target;
  return {
    name: 'Nothing else comes with it',
    on: onSet(target),
    read: {
      action: 'sso:ListPermissionSetsProvisionedToAccount',
      input: {
        InstanceArn: String(params['instanceArn']),
        AccountId: account,
        ProvisioningStatus: 'LATEST_PERMISSION_SET_PROVISIONED',
      },
      keep: 'provisioned',
    },
    expect: (answer) => listAt(answer, 'PermissionSets').includes(String(params['permissionSetArn'])),
    says: `The permission set ${setIn(target)} is not in the management account as it stands: what somebody changed of it would come there for all who have it.`,
  };
}

function hasRoom(target: Target): Precondition {
  return {
    name: 'Room in the inline policy of the permission set',
    on: onSet(target),
    read: { action: 'sso:GetInlinePolicyForPermissionSet', input: permissionSetInput(target), keep: 'roomIn' },
    expect: (answer) => {
      const document = documentOf(textAt(answer, 'InlinePolicy'));
      if (answer === null || typeof document === 'string' || statementsOf(document).some(isForeign)) return false;
      const text = withPerson(document, personIn(target));
      return policySize(text) <= longest && text.length <= longestText;
    },
    says: `The inline policy of the permission set ${setIn(target)} leaves no room within ${longest} characters, cannot be read, or has a statement "${sid}" that says something else.`,
  };
}

function writeDeny(target: Target): Step {
  const input = permissionSetInput(target);
  const read = { action: 'sso:GetInlinePolicyForPermissionSet', input };
  return {
    name: 'Write the deny into the permission set',
    on: onAll(target),
    permits: identityCenterPermits,
    read: { ...read, keep: 'setPolicy' },
    captures: (answer) => documentOf(textAt(answer, 'InlinePolicy')),
    do: {
      action: 'sso:PutInlinePolicyToPermissionSet',
      input,
      once: 'sets-state',
      fill: (kept) => ({ ...input, InlinePolicy: withPerson(documentOf(textAt(kept['setPolicy'], 'InlinePolicy')), personIn(target)) }),
    },
    verify: {
      ...read,
      expect: (answer) => isDenied(target, documentOf(textAt(answer, 'InlinePolicy'))),
      says: 'the permission set denies the person',
      withinSeconds: 60,
    },
    undo: (kept) => back(target, kept),
  };
}

/**
 * The request by which one could ask how far it is, is in the answer alone, which may be lost; whether the role denies the person tells more. Its undo
 * writes the earlier policy too, so that it is over when the role has it back.
 */
function bringIt(target: Target): Step {
  const role = String(target.params['role']).split('/').at(-1) ?? '';
  const read = { action: 'iam:GetRolePolicy', input: { RoleName: role, PolicyName: inRole } };
  return {
    name: 'Bring it to the management account',
    on: onAll(target),
    permits: identityCenterPermits,
    read: { ...read, keep: 'rolePolicy' },
    captures: (answer) => documentOf(textAt(answer, 'PolicyDocument')),
    do: { ...provision(target), once: 'sets-state' },
    verify: {
      ...read,
      expect: (answer) => isDenied(target, documentOf(textAt(answer, 'PolicyDocument'))),
      says: 'the role denies the person',
      withinSeconds: 300,
    },
    undo: (kept) => back(target, kept),
  };
}

function provision(target: Target): Call {
  const input = { ...permissionSetInput(target), TargetType: 'AWS_ACCOUNT', TargetId: target.account };
  return { action: 'sso:ProvisionPermissionSet', input };
}

function back(target: Target, kept: Kept): readonly Call[] {
  const input = permissionSetInput(target);
  const earlier = textAt(kept['setPolicy'], 'InlinePolicy') ?? '';
  const call: Call =
    earlier === ''
      ? { action: 'sso:DeleteInlinePolicyFromPermissionSet', input }
      : { action: 'sso:PutInlinePolicyToPermissionSet', input: { ...input, InlinePolicy: earlier } };
  return [call, provision(target)];
}

function onSet({ account, uid, params }: Target): readonly string[] {
  const { partition = 'aws' } = parseArn(uid) ?? {};
  return [String(params['instanceArn']), String(params['permissionSetArn']), `arn:${partition}:sso:::account/${account}`];
}

function onAll(target: Target): readonly string[] {
  const { partition = 'aws' } = parseArn(target.uid) ?? {};
  const provider = `arn:${partition}:iam::${target.account}:saml-provider/AWSSSO_*_DO_NOT_DELETE`;
  return [...onSet(target), String(target.params['role']), provider];
}

/** The document that a policy says; null where there is none, its text where it is no document. */
function documentOf(text: string | null): JsonObject | string | null {
  return text === null || text === '' ? null : (parsed(text) ?? text);
}

/** One statement for all who are denied, so that several fit. */
function statementOf(people: readonly string[]): JsonObject {
  return {
    Sid: sid,
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: { StringLike: { 'aws:userid': people.map((name) => `*:${name}`) } },
  };
}

function withPerson(document: Json, person: string): string {
  const people = [...new Set([...peopleIn(document), person])].sort();
  const rest = statementsOf(document).filter((one) => textAt(one, 'Sid') !== sid);
  // A policy without a version keeps none: it would mean something else to those who have the set.
  const earlier = asObject(document) ?? { Version: '2012-10-17' };
  return canonicalJson({ ...earlier, Statement: [...rest, statementOf(people)] });
}

function peopleIn(document: Json): readonly string[] {
  return statementsOf(document).flatMap((one) => (textAt(one, 'Sid') === sid && !isForeign(one) ? namedIn(one) : []));
}

/** Does it bear our name and say something else? */
function isForeign(statement: Json): boolean {
  return (
    textAt(statement, 'Sid') === sid && canonicalJson(unlisted(statement)) !== canonicalJson(unlisted(statementOf(namedIn(statement))))
  );
}

/** A list of one and the one alone say the same. */
function unlisted(value: Json): Json {
  if (Array.isArray(value)) return value.length === 1 ? (value[0] as Json) : value;
  const object = asObject(value);
  return object === null ? value : Object.fromEntries(Object.entries(object).map(([key, member]) => [key, unlisted(member ?? null)]));
}

function namedIn(statement: Json): readonly string[] {
  const named = valueAt(statement, 'Condition', 'StringLike', 'aws:userid');
  return (Array.isArray(named) ? named : [named]).flatMap((one) => (typeof one === 'string' ? one.replace(/^\*:/, '') : []));
}
