import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findingUnderTest } from '../../lib/finding-under-test.ts';
import type { Evidence, Finding } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { indexAccount } from './account-index.ts';
import { byWhom } from './by-whom.ts';
import { codeOf } from './code-of.ts';
import { dataOf } from './data-of.ts';
import { exploitedOf } from './exploited-of.ts';
import { exposedOf } from './exposed-of.ts';
import { knownOf } from './known-of.ts';
import { reachOf } from './reach-of.ts';

const account = '111122223333';
const region = 'us-east-1';
const arn = (name: string) => `arn:aws:iam::${account}:${name}`;

function resource(type: string, uid: string, props: JsonObject, tags: Resource['tags'] = {}): Resource {
  return { uid, type: `AWS::${type}`, name: uid.split(/[/:]/).at(-1) ?? uid, account, region, tags, props, unread: {} };
}
const role = (name: string, policies: { attached?: readonly string[]; inline?: JsonObject; trust?: JsonObject } = {}) =>
  resource('IAM::Role', arn(`role/${name}`), {
    attachedPolicies: policies.attached ?? [],
    inlinePolicies: policies.inline === undefined ? [] : [{ name: 'inline', document: policies.inline }],
    trustPolicy: policies.trust ?? null,
  });
const allow = (Action: string | readonly string[], Resource: string | readonly string[] = '*'): JsonObject => ({
  Statement: [{ Effect: 'Allow', Action, Resource }],
});
const trust = (AWS: string): JsonObject => ({ Statement: [{ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' }] });
const instance = (id: string, props: JsonObject) => resource('EC2::Instance', `arn:aws:ec2:${region}:${account}:instance/${id}`, props);
const group = (id: string) => resource('EC2::SecurityGroup', `arn:aws:ec2:${region}:${account}:security-group/${id}`, { groupId: id });

function finding(on: readonly Pick<Resource, 'uid' | 'type'>[], more: Partial<Finding> = {}): Finding {
  return findingUnderTest({
    id: 'f'.repeat(32),
    kind: 'compliance',
    account,
    region,
    resources: on.map(({ uid, type }) => ({ uid, type, name: uid.split(/[/:]/).at(-1) ?? uid, account, region })),
    ...more,
  });
}
const evidence = (kept: JsonObject): Evidence => ({
  key: 'k',
  id: 'k',
  time: 0,
  rule: 'x',
  operation: 'x',
  service: 'x.amazonaws.com',
  account,
  region,
  kept,
});
const imported = (type: string, answers: readonly string[] = []): NonNullable<Finding['imported']> => ({
  source: 'macie',
  form: 'own',
  uid: 'u',
  type,
  severity: 'High',
  state: 'active',
  updatedAt: 0,
  url: '',
  refs: [],
  trusted: true,
  answers,
});

describe('where one gets from a finding', () => {
  test.each<[string, Resource, 0 | 1 | 2 | 3, number]>([
    ['an administrator', role('a', { attached: ['arn:aws:iam::aws:policy/AdministratorAccess'] }), 3, 0],
    ['who may give a role any policy', role('a', { inline: allow('iam:PutRolePolicy') }), 3, 0],
    ['who may only renew the own keys', role('a', { inline: allow('iam:CreateAccessKey', arn(`user/\${aws:username}`)) }), 0, 0],
    ['who reads objects', role('a', { inline: allow('s3:Get*', 'arn:aws:s3:::orders/*') }), 2, 0],
    ['who reads settings', role('a', { attached: ['arn:aws:iam::aws:policy/SecurityAudit'] }), 1, 0],
    ['who may do nothing of that', role('a', { inline: allow('sqs:SendMessage') }), 0, 0],
    ['a policy of the customer, which is not read', role('a', { attached: [arn('policy/AdministratorAccess')] }), 0, 1],
    ['a policy that nobody understands', role('a', { inline: { Statement: 'all' } }), 0, 1],
    [
      'what is denied to everybody',
      role('a', {
        inline: { Statement: [...(allow('*')['Statement'] as []), { Effect: 'Deny', Action: ['iam:*', 's3:*'], Resource: '*' }] },
      }),
      2,
      0,
    ],
  ])('%s', (_, start, level, unknown) => {
    const reach = reachOf(finding([start]), indexAccount([start]));
    expect([reach.level, reach.unknown.length]).toEqual([level, unknown]);
    if (level > 0) expect(reach.facts[0]?.from).toMatch(/^snapshot: (attached|inline) policy/);
  });

  const admin = (by: string) => role('admin', { attached: ['arn:aws:iam::aws:policy/AdministratorAccess'], trust: trust(by) });

  test('a role that names it may be taken on, and one that trusts the account where a policy allows it', () => {
    const start = role('start');
    expect(reachOf(finding([start]), indexAccount([start, admin(start.uid)]))).toMatchObject({ level: 3, n: 1 });
    expect(reachOf(finding([start]), indexAccount([start, admin(arn('root'))])).level).toBe(0);
    const may = role('start', { inline: allow('sts:AssumeRole', arn('role/admin')) });
    expect(reachOf(finding([may]), indexAccount([may, admin(arn('root'))])).level).toBe(3);
  });

  test('roles that trust each other end', () => {
    const ring = Array.from({ length: 60 }, (_, i) => role(`r${i}`, { trust: trust(arn(`role/r${(i + 59) % 60}`)) }));
    expect(reachOf(finding([role('r0')]), indexAccount(ring)).level).toBe(0);
  });

  test('a security group leads to its instances, and these to the role of their profile', () => {
    const profile = `arn:aws:iam::${account}:instance-profile/web`;
    const open = group('sg-1');
    const all = [open, instance('i-1', { profile, securityGroups: ['sg-1'] }), role('web', { inline: allow('s3:GetObject') })];
    const reach = reachOf(finding([open]), indexAccount(all));
    expect(reach.level).toBe(2);
    expect(reach.facts[0]?.from).toContain('security group sg-1');
    expect(reachOf(finding([open]), indexAccount(all.slice(0, 2))).unknown).toEqual(['the role of instance profile web']);
  });

  test('root reaches all; what is in no snapshot is unknown', () => {
    const actor = { type: 'Root', uid: arn('root'), name: 'root' };
    expect(reachOf(finding([], { actor }), indexAccount([])).level).toBe(3);
    expect(reachOf(finding([role('gone')]), indexAccount([]))).toMatchObject({ level: 0, n: 0 });
    expect(reachOf(finding([role('gone')]), indexAccount([])).unknown).toHaveLength(1);
  });
});

describe('which data lies there', () => {
  const bucket = { uid: 'arn:aws:s3:::orders', type: 'AWS::S3::Bucket' };

  test.each<[string, Resource['tags'], number]>([
    ['nothing is said', {}, 1],
    ['public', { classification: 'Public' }, 1],
    ['confidential', { classification: 'CONFIDENTIAL' }, 2],
    ['personal', { classification: 'PII' }, 3],
    ['a word of their own', { classification: 'purple' }, 1],
    ['another key', { colour: 'PII' }, 1],
  ])('%s', (_, tags, level) => {
    expect(dataOf(finding([bucket]), tags, ['classification'], []).level).toBe(level);
  });

  test('a store without any word is unknown as to its data; what is no store is not', () => {
    expect(dataOf(finding([bucket]), {}, ['classification'], []).unknown).toHaveLength(1);
    expect(dataOf(finding([group('sg-1')]), {}, ['classification'], [])).toEqual({ level: 0, facts: [], n: 0, unknown: [] });
  });

  test('Macie tells what it counted; its findings about policies tell of no data', () => {
    const macie = finding([bucket], {
      kind: 'data-security',
      imported: imported('SensitiveData:S3Object/Personal'),
      evidence: [evidence({ data: [{ category: 'PERSONAL_INFORMATION', n: 3 }] })],
    });
    const data = dataOf(finding([bucket]), {}, [], [macie]);
    expect(data).toMatchObject({ level: 3, facts: [{ says: 'It holds 3 of PERSONAL_INFORMATION.', from: 'Macie' }, {}], unknown: [] });
    expect(dataOf(finding([bucket]), {}, [], [{ ...macie, imported: imported('Policy:IAMUser/S3BucketPublic') }]).level).toBe(1);
  });

  test('more tags never make it less', () => {
    const word = fc.constantFrom('public', 'internal', 'secret', 'x', '');
    fc.assert(
      fc.property(word, word, (a, b) => {
        const level = (tags: Resource['tags']) => dataOf(finding([bucket]), tags, ['a', 'b'], []).level;
        expect(level({ a, b })).toBeGreaterThanOrEqual(level({ a }));
      }),
    );
  });
});

describe('who gets there, and who got there', () => {
  const bucket = { uid: 'arn:aws:s3:::orders', type: 'AWS::S3::Bucket' };
  const exposing = new Set(['aws.public']);
  const exposes = (on: readonly Pick<Resource, 'uid' | 'type'>[], more: Partial<Finding> = {}) =>
    finding(on, { id: 'e', rule: { ...finding([]).rule, id: 'aws.public' }, message: 'It is public.', ...more });

  test('what is public itself, by our control or another service; other weaknesses and other resources do not count', () => {
    const none = indexAccount([]);
    expect(exposedOf(finding([bucket]), none, [exposes([bucket])], exposing)).toMatchObject({ level: 3, facts: [{ from: 'aws.public' }] });
    expect(exposedOf(exposes([bucket]), none, [], exposing).level).toBe(3);
    const analyzer = finding([bucket], { id: 'a', imported: imported('PublicAccess:S3/Bucket') });
    expect(exposedOf(finding([bucket]), none, [analyzer], exposing).level).toBe(3);
    expect(exposedOf(finding([bucket]), none, [{ ...analyzer, imported: imported('x', ['aws.public']) }], exposing).level).toBe(3);
    expect(exposedOf(finding([bucket]), none, [exposes([group('sg-1')]), finding([bucket], { id: 'x' })], exposing).level).toBe(0);
  });

  test('an instance by its address and its groups; without a snapshot nobody knows', () => {
    const web = instance('i-1', { publicIp: '192.0.2.7', securityGroups: ['sg-1'] });
    const all = indexAccount([web, group('sg-1')]);
    expect(exposedOf(finding([web]), all, [], exposing).level).toBe(1);
    expect(exposedOf(finding([web]), all, [exposes([group('sg-1')])], exposing).level).toBe(2);
    expect(exposedOf(finding([web]), null, [], exposing).unknown).toHaveLength(1);
  });

  test('an exploit that goes round, and an attack that is open', () => {
    const web = instance('i-1', {});
    const weak = (kept: JsonObject) =>
      finding([web], { id: 'v', kind: 'vulnerability', imported: imported('CVE-2026-0001'), evidence: [evidence(kept)] });
    expect(exploitedOf(finding([web]), [weak({})], []).level).toBe(1);
    expect(exploitedOf(finding([web]), [weak({ exploitAvailable: 'YES' })], [])).toMatchObject({
      level: 2,
      facts: [{ says: 'An exploit of CVE-2026-0001 goes round.' }],
    });
    expect(exploitedOf(finding([web]), [weak({ exploitAvailable: 'NO' })], [finding([web], { id: 'd', kind: 'detection' })]).level).toBe(3);
    expect(exploitedOf(finding([web]), [weak({ exploitAvailable: 'YES' })], []).unknown).toEqual([]);
    expect(exploitedOf(finding([bucket]), [weak({})], []).level).toBe(0);
  });
});

test('by whom a change was made: what AWS says counts before what a program says', () => {
  const record = (userIdentity: JsonObject, userAgent = '') => byWhom({ userIdentity, userAgent });
  const session = (name: string, more: JsonObject = {}) => ({
    type: 'AssumedRole',
    arn: `arn:aws:sts::${account}:assumed-role/${name}`,
    ...more,
  });
  const github = {
    sessionContext: {
      webIdFederationData: { federatedProvider: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com` },
    },
  };
  const terraform = 'APN/1.0 HashiCorp/1.0 Terraform/1.9.0 terraform-provider-aws/5.0.0';
  expect(record(session('x/y', { invokedBy: 'cloudformation.amazonaws.com' }), terraform)).toEqual({ by: 'code', with: 'CloudFormation' });
  expect(record(session('deploy/run', github), terraform)).toEqual({ by: 'pipeline', with: 'GitHub Actions, Terraform' });
  expect(record(session('build/AWSCodeBuild-1'))).toEqual({ by: 'pipeline', with: 'CodeBuild' });
  expect(record({ type: 'IAMUser', arn: arn('user/a') }, terraform)).toEqual({ by: 'code', with: 'Terraform' });
  expect(record(session('AWSReservedSSO_Admin_1/alice@example.com'), 'Mozilla/5.0')).toEqual({ by: 'person', with: '' });
  expect(record({ type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' })).toEqual({ by: 'service', with: '' });
  expect(record({ type: 'IAMUser', arn: arn('user/a') }, 'aws-cli/2.1')).toEqual({ by: 'unknown', with: '' });
  expect(byWhom({})).toEqual({ by: 'unknown', with: '' });
});

test('tags that AWS sets tell of code before those of anybody', () => {
  expect(codeOf({ ManagedBy: 'terraform', 'aws:cloudformation:stack-name': 'orders' })).toEqual({
    name: 'CloudFormation stack orders',
    from: 'tag aws:cloudformation:stack-name',
  });
  expect(codeOf({ owner: 'x' })).toBeNull();
});

test('what is known does not depend on the order, is short, and counts what it leaves out', () => {
  const proof = fc.record({
    level: fc.constantFrom<(0 | 1 | 2 | 3)[]>(0, 1, 2, 3),
    says: fc.string({ maxLength: 400 }),
    from: fc.string(),
  });
  fc.assert(
    fc.property(fc.array(proof, { maxLength: 12 }), fc.array(fc.string(), { maxLength: 9 }), (proofs, unknown) => {
      const known = knownOf(proofs, unknown);
      expect(knownOf(proofs.toReversed(), unknown.toReversed())).toEqual(known);
      expect(known.level).toBe(Math.max(0, ...proofs.map(({ level }) => level)));
      expect(known.facts.length).toBe(Math.min(5, known.n));
      for (const { says } of known.facts) expect(says.length).toBeLessThanOrEqual(240);
    }),
  );
});
