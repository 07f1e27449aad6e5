import { expect, test } from 'vitest';
import type { Actor, Finding } from '../../../../src/core/model/finding.ts';
import type { Json } from '../../../../src/core/model/json.ts';
import type { Around, Target } from '../../../../src/core/model/plan.ts';
import { denyPersonInManagement } from './deny-person-in-management.ts';

const management = '111122223333';
const instanceArn = 'arn:aws:sso:::instance/ssoins-1234567890abcdef';
const setArn = (last: string) => `arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-123456789012345${last}`;
const around: Around = {
  management,
  root: null,
  atRoot: [],
  permissionSets: [
    { name: 'Admin', region: 'us-east-1', instanceArn, permissionSetArn: setArn('a') },
    { name: 'Break_Glass', region: 'eu-west-1', instanceArn, permissionSetArn: setArn('b') },
  ],
};

function actorOf(account: string, set: string, more: Partial<Actor> = {}, region = ''): Actor {
  const name = `AWSReservedSSO_${set}_0123456789abcdef`;
  return {
    type: 'AssumedRole',
    uid: `arn:aws:sts::${account}:assumed-role/${name}/dana@example.com`,
    name: 'dana@example.com',
    issuer: `arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/${region}${name}`,
    principalId: 'AROAEXAMPLEEXAMPLE01:dana@example.com',
    account,
    ...more,
  };
}

const dana = actorOf(management, 'Admin');
const findingOf = (account: string, ...actors: readonly Actor[]) =>
  ({ account, region: 'us-east-1', evidence: actors.map((actor) => ({ actor })) }) as unknown as Finding;
const targets = (finding: Finding, known: Around = around) =>
  denyPersonInManagement.targets(finding, known).map(({ region, params }) => [region, params['permissionSetArn']]);

test.each<[string, Finding, Around, readonly (readonly [string, string])[]]>([
  ['a person in the management account', findingOf(management, dana), around, [['us-east-1', setArn('a')]]],
  [
    'where the path of the role says that Identity Center is',
    findingOf(management, actorOf(management, 'Break_Glass', {}, 'eu-west-1/')),
    around,
    [['eu-west-1', setArn('b')]],
  ],
  ['once', findingOf(management, dana, dana), around, [['us-east-1', setArn('a')]]],
  ['nobody of a set of that name elsewhere', findingOf(management, actorOf(management, 'Break_Glass')), around, []],
  ['nobody in another account', findingOf('444455556666', actorOf('444455556666', 'Admin')), around, []],
  ['nobody of another account', findingOf(management, actorOf('444455556666', 'Admin')), around, []],
  ['nobody without an organisation', findingOf(management, dana), { ...around, management: null }, []],
  ['nobody whose permission set is not known', findingOf(management, dana), { ...around, permissionSets: [] }, []],
  ['nobody of a role of another path', findingOf(management, { ...dana, issuer: `arn:aws:iam::${management}:role/Admin` }), around, []],
  ['nobody under a name with a wildcard', findingOf(management, { ...dana, principalId: 'AROAEXAMPLEEXAMPLE01:*' }), around, []],
  ['no user', findingOf(management, { ...dana, type: 'IAMUser' }), around, []],
])('%s', (_, finding, known, wanted) => {
  expect(targets(finding, known)).toEqual(wanted);
});

test('the target is the session, so that what is protected holds for it', () => {
  expect(denyPersonInManagement.targets(findingOf(management, dana), around).map(({ uid }) => uid)).toEqual([dana.uid]);
});

const [target] = denyPersonInManagement.targets(findingOf(management, dana), around) as readonly [Target];
const written = (earlier: Json): Json => {
  const [step] = denyPersonInManagement.plan(target, 0);
  const answer = { InlinePolicy: earlier === null ? '' : JSON.stringify(earlier) };
  return JSON.parse(String(step?.do.fill?.({ setPolicy: answer })['InlinePolicy'])) as Json;
};
const deny = (...people: readonly string[]) => ({
  Sid: 'JobzeroDenyPerson',
  Effect: 'Deny',
  Action: '*',
  Resource: '*',
  Condition: { StringLike: { 'aws:userid': people.map((name) => `*:${name}`) } },
});
const policy = (...Statement: readonly Json[]): Json => ({ Version: '2012-10-17', Statement });
const reads = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };

test.each<[string, Json, Json]>([
  ['where there was no policy', null, policy(deny('dana@example.com'))],
  ['beside what is there', policy(reads), policy(reads, deny('dana@example.com'))],
  ['beside others who are denied', policy(reads, deny('erin@example.com')), policy(reads, deny('dana@example.com', 'erin@example.com'))],
  ['once', policy(deny('dana@example.com')), policy(deny('dana@example.com'))],
  ['without a version where there was none', { Statement: reads }, { Statement: [reads, deny('dana@example.com')] }],
  [
    'beside one who is denied without a list',
    policy({ ...deny(), Condition: { StringLike: { 'aws:userid': '*:erin@example.com' } } }),
    policy(deny('dana@example.com', 'erin@example.com')),
  ],
])('is denied %s', (_, earlier, later) => {
  expect(written(earlier)).toEqual(later);
});

const long = (length: number) => policy({ ...reads, Resource: `arn:aws:s3:::${'a'.repeat(length)}` });
test.each<[string, Json, boolean]>([
  ['no policy', { InlinePolicy: '' }, true],
  ['a policy with room', { InlinePolicy: JSON.stringify(long(9500)) }, true],
  ['white space, which does not count', { InlinePolicy: JSON.stringify(long(9500), null, 200) }, true],
  ['a full policy', { InlinePolicy: JSON.stringify(long(10_000)) }, false],
  ['what is no policy', { InlinePolicy: 'x' }, false],
  ['no permission set', null, false],
  [
    'a statement of our name that denies less',
    { InlinePolicy: JSON.stringify(policy({ ...deny('erin@example.com'), Action: 's3:*' })) },
    false,
  ],
  [
    'a statement of our name that allows',
    { InlinePolicy: JSON.stringify(policy({ ...deny('dana@example.com'), Effect: 'Allow' })) },
    false,
  ],
])('%s', (_, answer, holds) => {
  const room = denyPersonInManagement.requires?.(target).find(({ read }) => read.action === 'sso:GetInlinePolicyForPermissionSet');
  expect(room?.expect(answer, [])).toBe(holds);
});
