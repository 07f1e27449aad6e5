import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { controls } from '../../content/generated/controls.ts';
import { need } from '../../tools/require.ts';
import { inventoryReads } from '../core/collect/inventory/take-inventory.ts';
import { canonicalJson } from '../core/lib/canonical-json.ts';
import { CloudError } from '../core/model/errors.ts';
import type { Json, JsonObject } from '../core/model/json.ts';
import type { Cloud } from '../core/ports/cloud.ts';
import { type MotoServer, startMoto } from '../edge/aws/moto-server.ts';
import { openAws } from '../edge/aws/open-aws.ts';
import { openRange } from '../range/open-range.ts';
import type { AssessResult } from './assess.ts';
import { assess } from './assess.ts';

const account = '111122223333';
const region = 'eu-central-1';
const other = 'us-east-1';
const choice = { accounts: null, regions: [region, other], onProgress: () => {} };
let at = 0;
/** A clock that never shows the same time twice: nothing of it may reach a finding. */
const clock = { now: () => ++at };
const depsOf = (cloud: Cloud) => ({ cloud, controls, clock, tenant: 'default' });

/** `resource control: status`, the account and uninteresting parts of ARNs left out. */
function verdicts(result: AssessResult, named: string): Record<string, string> {
  const found = result.outcomes.filter(({ resource }) => resource.includes(named));
  return Object.fromEntries(found.map(({ control, outcome }) => [control, outcome.status]));
}

const trust = (statement: Json): string => JSON.stringify({ Version: '2012-10-17', Statement: statement });
const allow = (principal: Json, condition?: JsonObject): Json => ({
  Effect: 'Allow',
  Principal: principal,
  Action: 'sts:AssumeRole',
  ...(condition === undefined ? {} : { Condition: condition }),
});
const github = 'token.actions.githubusercontent.com';
const githubTrust = (condition: JsonObject): Json => ({
  Effect: 'Allow',
  Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${github}` },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: condition,
});

const roles: { readonly [name: string]: { readonly statement: Json; readonly anyone: string; readonly github: string } } = {
  'open-to-all': { statement: [allow({ AWS: '*' })], anyone: 'Fail', github: 'Pass' },
  'open-star': { statement: allow('*'), anyone: 'Fail', github: 'Pass' },
  'open-to-organisations': {
    statement: allow({ AWS: '*' }, { StringLike: { 'aws:PrincipalOrgID': 'o-*' } }),
    anyone: 'Fail',
    github: 'Pass',
  },
  'one-organisation': {
    statement: allow({ AWS: '*' }, { StringEquals: { 'aws:PrincipalOrgID': 'o-abcdefghij' } }),
    anyone: 'Pass',
    github: 'Pass',
  },
  'one-account': { statement: allow({ AWS: 'arn:aws:iam::444455556666:root' }), anyone: 'Pass', github: 'Pass' },
  'for-ec2': { statement: allow({ Service: 'ec2.amazonaws.com' }), anyone: 'Pass', github: 'Pass' },
  'github-any': { statement: githubTrust({ StringEquals: { [`${github}:aud`]: 'sts.amazonaws.com' } }), anyone: 'Pass', github: 'Fail' },
  'github-star': { statement: githubTrust({ StringLike: { [`${github}:sub`]: 'repo:*' } }), anyone: 'Pass', github: 'Fail' },
  'github-one': { statement: githubTrust({ StringLike: { [`${github}:sub`]: 'repo:octo-org/app:*' } }), anyone: 'Pass', github: 'Pass' },
};

type Open = readonly (readonly [source: string, from: number, to: number, protocol?: string])[];
const groups: { readonly [name: string]: { readonly rules: Open; readonly status: string } } = {
  'ssh-from-world': { rules: [['0.0.0.0/0', 22, 22]], status: 'Fail' },
  'ssh-in-halves': {
    rules: [
      ['0.0.0.0/1', 22, 22],
      ['128.0.0.0/1', 22, 22],
    ],
    status: 'Fail',
  },
  'ssh-ipv6': { rules: [['::/0', 22, 22]], status: 'Fail' },
  everything: { rules: [['0.0.0.0/0', -1, -1, '-1']], status: 'Fail' },
  web: {
    rules: [
      ['0.0.0.0/0', 443, 443],
      ['::/0', 80, 80],
    ],
    status: 'Pass',
  },
  office: {
    rules: [
      ['192.0.2.0/24', 22, 22],
      ['10.0.0.0/8', 3389, 3389],
    ],
    status: 'Pass',
  },
};

async function seed(cloud: Cloud): Promise<void> {
  const act = (action: string, input: JsonObject, where = region): Promise<Json> =>
    cloud.call({ account, region: where, action, input, role: 'actor' });
  for (const [name, { statement }] of Object.entries(roles))
    await act('iam:CreateRole', { RoleName: name, AssumeRolePolicyDocument: trust(statement) });

  for (const user of ['password-alone', 'password-and-device', 'two-keys']) await act('iam:CreateUser', { UserName: user });
  for (const user of ['password-alone', 'password-and-device'])
    await act('iam:CreateLoginProfile', { UserName: user, Password: 'Example-pass-1!' });
  const device = (await act('iam:CreateVirtualMFADevice', { VirtualMFADeviceName: 'device' })) as {
    VirtualMFADevice: { SerialNumber: string };
  };
  await act('iam:EnableMFADevice', {
    UserName: 'password-and-device',
    SerialNumber: device.VirtualMFADevice.SerialNumber,
    AuthenticationCode1: '123456',
    AuthenticationCode2: '654321',
  });
  for (let i = 0; i < 2; i++) await act('iam:CreateAccessKey', { UserName: 'two-keys' });

  for (const [name, { rules }] of Object.entries(groups)) {
    const { GroupId } = (await act('ec2:CreateSecurityGroup', { GroupName: name, Description: name })) as { GroupId: string };
    await act('ec2:AuthorizeSecurityGroupIngress', {
      GroupId,
      IpPermissions: rules.map(([source, from, to, protocol = 'tcp']) => ({
        IpProtocol: protocol,
        ...(from < 0 ? {} : { FromPort: from, ToPort: to }),
        ...(source.includes(':') ? { Ipv6Ranges: [{ CidrIpv6: source }] } : { IpRanges: [{ CidrIp: source }] }),
      })),
    });
  }
  const run = { ImageId: 'ami-12c6146b', MinCount: 1, MaxCount: 1 };
  const tagged = (name: string) => ({ TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: name }] }] });
  await act('ec2:RunInstances', { ...run, ...tagged('old'), MetadataOptions: { HttpTokens: 'optional', HttpEndpoint: 'enabled' } });
  await act('ec2:RunInstances', { ...run, ...tagged('new'), MetadataOptions: { HttpTokens: 'required', HttpEndpoint: 'enabled' } });

  const bucket = async (name: string) =>
    act('s3:CreateBucket', { Bucket: name, CreateBucketConfiguration: { LocationConstraint: region } });
  for (const name of ['public-policy', 'public-blocked', 'public-list', 'private']) await bucket(`${name}-${account}`);
  const policy = (name: string) => trust({ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${name}/*` });
  for (const name of ['public-policy', 'public-blocked'])
    await act('s3:PutBucketPolicy', { Bucket: `${name}-${account}`, Policy: policy(`${name}-${account}`) });
  await act('s3:PutBucketPublicAccessBlock', {
    Bucket: `public-blocked-${account}`,
    PublicAccessBlockConfiguration: { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true },
  });
  await act('s3:PutBucketAcl', { Bucket: `public-list-${account}`, ACL: 'public-read' });

  await bucket(`logs-${account}`);
  const trail = { S3BucketName: `logs-${account}` };
  await act('cloudtrail:CreateTrail', { ...trail, Name: 'trail-on', IsMultiRegionTrail: true, EnableLogFileValidation: true });
  await act('cloudtrail:StartLogging', { Name: 'trail-on' });
  await act('cloudtrail:CreateTrail', { ...trail, Name: 'trail-off', EnableLogFileValidation: false });
}

/** The cloud, with these actions failing. */
function failing(cloud: Cloud, fail: (action: string, input: JsonObject) => Error | null): Cloud {
  return {
    ...cloud,
    call: async (call) => {
      const error = fail(call.action, call.input);
      if (error !== null) throw error;
      return cloud.call(call);
    },
  };
}

describe.skipIf(!need('moto'))('an account in moto_server', () => {
  let moto: MotoServer;
  let cloud: Cloud;
  const called = new Set<string>();
  beforeAll(async () => {
    moto = await startMoto(account);
    const open = openAws({
      endpointUrl: moto.url,
      credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'example' },
      actAsSelf: true,
    });
    cloud = failing(open, () => null);
    await seed(cloud);
    cloud = failing(open, (action) => {
      called.add(action);
      return null;
    });
  });
  afterAll(async () => {
    await cloud?.close();
    await moto?.stop();
  });

  test('every seeded weakness is found, and nothing else', async () => {
    const result = await assess(depsOf(cloud), choice);
    expect(result.unread).toEqual([]);
    for (const [name, expected] of Object.entries(roles)) {
      expect(verdicts(result, `role/${name}`), name).toEqual({
        'aws.iam.role-not-assumable-by-anyone': expected.anyone,
        'aws.iam.github-oidc-restricted-to-subject': expected.github,
      });
    }
    const byName = new Map(result.snapshots.flatMap(({ resources }) => resources).map(({ uid, name }) => [name, uid]));
    for (const [name, { status }] of Object.entries(groups)) {
      expect(verdicts(result, byName.get(name) ?? '?'), name).toEqual({ 'aws.ec2.no-world-open-ingress': status });
    }
    expect(verdicts(result, byName.get('old') ?? '?')).toEqual({ 'aws.ec2.instance-requires-imdsv2': 'Fail' });
    expect(verdicts(result, byName.get('new') ?? '?')).toEqual({ 'aws.ec2.instance-requires-imdsv2': 'Pass' });
    const user = (mfa: string, keys: string) => ({ 'aws.iam.console-users-have-mfa': mfa, 'aws.iam.one-active-access-key-per-user': keys });
    expect(verdicts(result, 'user/password-alone')).toEqual(user('Fail', 'Pass'));
    expect(verdicts(result, 'user/password-and-device')).toEqual(user('Pass', 'Pass'));
    expect(verdicts(result, 'user/two-keys')).toEqual(user('Pass', 'Fail'));
    const buckets = { 'public-policy': 'Fail', 'public-blocked': 'Pass', 'public-list': 'Fail', private: 'Pass', logs: 'Pass' };
    for (const [name, status] of Object.entries(buckets))
      expect(verdicts(result, `s3:::${name}-`), name).toEqual({ 'aws.s3.bucket-not-public': status });
    expect(verdicts(result, 'trail/trail-on')).toEqual({
      'aws.cloudtrail.trail-is-logging': 'Pass',
      'aws.cloudtrail.log-file-validation': 'Pass',
    });
    expect(verdicts(result, 'trail/trail-off')).toEqual({
      'aws.cloudtrail.trail-is-logging': 'Fail',
      'aws.cloudtrail.log-file-validation': 'Fail',
    });
    expect(verdicts(result, `:${account}:root`)).toEqual({
      'aws.cloudtrail.account-has-a-logging-trail': 'Pass',
      'aws.iam.root-has-mfa': 'Fail',
      'aws.iam.root-has-no-access-keys': 'Pass',
      'aws.s3.account-blocks-public-access': 'Fail',
    });
    expect(result.outcomes.filter(({ outcome }) => outcome.status === 'Unknown')).toEqual([]);
    // A finding for each failure, with what a playbook needs.
    expect(result.findings.length).toBe(result.outcomes.filter(({ outcome }) => outcome.status === 'Fail').length);
    const halves = result.findings.find(({ resources }) => resources[0]?.name === 'ssh-in-halves');
    expect(halves?.evidence[0]?.kept).toMatchObject({
      ports: ['22'],
      rules: [
        { source: '0.0.0.0/1', ruleId: expect.stringMatching(/^sgr-/) },
        { source: '128.0.0.0/1', ruleId: expect.stringMatching(/^sgr-/) },
      ],
    });
  });

  test('calls no more than it says', async () => {
    await assess(depsOf(cloud), choice);
    const around = ['organizations:ListAccounts', 'iam:ListAccountAliases', 'sts:GetCallerIdentity'];
    expect([...called].filter((action) => !inventoryReads.includes(action) && !around.includes(action))).toEqual([]);
    for (const control of controls) for (const action of control.reads) expect(inventoryReads, control.id).toContain(action);
  });

  test('the same state read twice has the same id, findings and revisions', async () => {
    const [one, two] = [await assess(depsOf(cloud), choice), await assess(depsOf(cloud), { ...choice, regions: [other, region] })];
    expect(one.snapshots[0]?.takenAt).not.toBe(two.snapshots[0]?.takenAt);
    expect(two.snapshots.map(({ id }) => id)).toEqual(one.snapshots.map(({ id }) => id));
    expect(canonicalJson(two.findings)).toBe(canonicalJson(one.findings));
  });
});

test('the simulated organisation is read whole', async () => {
  const { cloud } = openRange({ seed: 'assess', start: Date.UTC(2026, 0, 15), now: () => Date.UTC(2026, 0, 15) });
  const result = await assess(depsOf(cloud), { ...choice, regions: [other] });
  expect(result.unread).toEqual([]);
  expect(
    result.outcomes
      .filter(({ outcome }) => outcome.status === 'Unknown')
      .map(({ control, resource, outcome }) => ({ control, resource, outcome })),
  ).toEqual([]);
  expect(result.snapshots.length).toBeGreaterThan(1);
  expect(new Set(result.outcomes.map(({ control }) => control)).size).toBeGreaterThan(8);
});

describe('what cannot be read', () => {
  const open = (): Cloud => openRange({ seed: 'assess', start: Date.UTC(2026, 0, 15), now: () => Date.UTC(2026, 0, 15) }).cloud;
  const denied = (action: string) => new CloudError('denied', 'AccessDenied', action, `no ${action}`);
  const one = { ...choice, regions: [other] };

  test.each(inventoryReads)('%s: the rest is judged as before, and nothing turns good', async (refused) => {
    const whole = await assess(depsOf(open()), one);
    const part = await assess(depsOf(failing(open(), (action) => (action === refused ? denied(action) : null))), one);
    const before = new Map(whole.outcomes.map(({ control, resource, outcome }) => [`${control} ${resource}`, outcome.status]));
    for (const { control, resource, outcome } of part.outcomes) {
      const was = before.get(`${control} ${resource}`);
      if (outcome.status === 'Unknown') expect(outcome.missing).toBe(refused);
      else expect(outcome.status, `${control} ${resource}`).toBe(was);
    }
    // What was judged is judged, or its list is named.
    const lost = whole.outcomes.filter(
      ({ control, resource }) => !part.outcomes.some((now) => now.control === control && now.resource === resource),
    );
    for (const { type } of lost)
      expect(part.unread.some(({ types, permission }) => permission === refused && types.includes(type))).toBe(true);
  });

  test.each([
    ['a reader that throws', (action: string) => (action === 'ec2:DescribeInstances' ? new TypeError('no such thing') : null)],
    ['everything denied', denied],
  ] as const)('%s', async (_name, fail) => {
    const result = await assess(depsOf(failing(open(), fail)), { ...one, accounts: [account] });
    expect(result.unread.length).toBeGreaterThan(0);
    expect(result.outcomes.some(({ outcome }) => outcome.status === 'Fail' && outcome.reason === '')).toBe(false);
    const again = await assess(depsOf(failing(open(), fail)), { ...one, accounts: [account] });
    expect(again.snapshots[0]?.id).toBe(result.snapshots[0]?.id);
  });

  test('one throwing control is Unknown, and the rest goes on', async () => {
    const broken = controls.map((control) =>
      control.id === 'aws.iam.root-has-mfa'
        ? {
            ...control,
            assess: () => {
              throw new Error('broken');
            },
          }
        : control,
    );
    const result = await assess({ ...depsOf(open()), controls: broken }, one);
    const whole = await assess(depsOf(open()), one);
    expect(result.outcomes.length).toBe(whole.outcomes.length);
    const mine = result.outcomes.filter(({ control }) => control === 'aws.iam.root-has-mfa');
    expect(mine.every(({ outcome }) => outcome.status === 'Unknown' && outcome.reason?.includes('broken'))).toBe(true);
  });
});
