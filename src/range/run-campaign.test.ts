import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { allSteps, type Campaign, type CampaignCall, parseCampaign } from '../core/model/campaign.ts';
import type { JsonObject } from '../core/model/json.ts';
import { takeLogObjects } from './log-objects.ts';
import { openRange, type Range, restoreRange } from './open-range.ts';
import { runCampaign } from './run-campaign.ts';

const start = Date.UTC(2026, 0, 15, 9);
const production = '444455556666';

function campaign(name: string): Campaign {
  const file = `content/campaigns/${name}.yml`;
  return parseCampaign(parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')), file);
}
const key = campaign('stolen-deploy-key');
const session = campaign('stolen-workload-session');
const ordinary = campaign('ordinary-day');

function open(): Range {
  return openRange({ seed: 'test', start, now: () => start });
}

function records(range: Range, at: number): JsonObject[] {
  return takeLogObjects(range.state, at).flatMap(({ bytes }) => {
    const { Records } = JSON.parse(gunzipSync(bytes).toString('utf8')) as { Records: JsonObject[] };
    return Records;
  });
}

const failed = (calls: readonly CampaignCall[]) =>
  calls.filter((call) => call.errorCode !== null).map(({ step, errorCode }) => ({ step, errorCode }));

test('the same seed gives the same bytes, another seed gives others', () => {
  const play = (seed: string) => {
    const range = openRange({ seed, start, now: () => start });
    runCampaign(range, [key, session, ordinary], start, start + 600_000);
    return takeLogObjects(range.state, start + 600_000).map(({ key, bytes }) => `${key} ${Buffer.from(bytes).toString('base64')}`);
  };
  expect(play('a')).toEqual(play('a'));
  expect(play('a')).not.toEqual(play('b'));
});

test('the attack with the stolen key succeeds, and the telling ones within 20 seconds', () => {
  const calls = runCampaign(open(), [key], start, start + 30_000);
  const steps = calls.filter((call) => !call.step.startsWith('again-'));
  // Looking around, the thief also meets what the key may not do.
  expect(failed(steps).map((call) => call.step)).toEqual(['read-organization', 'read-secrets']);
  expect(steps.map((call) => call.step)).toEqual(allSteps({ ...key, persists: undefined }).map((step) => step.id));
  expect(Math.max(...steps.map((call) => call.at)) - start).toBeLessThanOrEqual(20_000);
  expect(steps.every((call) => call.attacker && call.techniques.length > 0 && call.eventId !== null)).toBe(true);
});

test('an ordinary day has no refusal', () => {
  const calls = runCampaign(open(), [ordinary], start, start + 3 * 3_600_000);
  expect(failed(calls)).toEqual([]);
  expect(new Set(calls.map((call) => call.step)).size).toBe(ordinary.routines.flatMap((routine) => routine.steps).length);
});

test('what the workload role may not do is refused and recorded', () => {
  const range = open();
  const calls = runCampaign(range, [session], start, start + 20_000);
  expect(failed(calls)).toEqual(
    ['list-users', 'list-roles', 'list-secrets', 'make-user'].map((step) => ({
      step,
      errorCode: step === 'list-secrets' ? 'AccessDeniedException' : 'AccessDenied',
    })),
  );
  const refused = records(range, start + 20_000).find((record) => record['eventName'] === 'CreateUser');
  expect(refused).toMatchObject({ errorCode: 'AccessDenied', responseElements: null, userIdentity: { type: 'AssumedRole' } });
});

describe('the range is closed: containment stops the attacker', () => {
  const act = (range: Range, action: string, input: JsonObject, region = 'us-east-1') =>
    range.cloud.call({
      account: production,
      region,
      action,
      input,
      role: 'actor',
      session: { policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] }, name: 'test' },
    });

  test('a deactivated key stops everything that signs with it, but not a session made from it', async () => {
    const range = open();
    runCampaign(range, [key], start, start + 25_000);
    const [stolen] = Object.keys(range.state.accounts[production]?.users['ci-deployer']?.keys ?? {});
    await act(range, 'iam:UpdateAccessKey', { UserName: 'ci-deployer', AccessKeyId: stolen ?? '', Status: 'Inactive' });
    const after = runCampaign(range, [key], start, start + 60_000);
    const codes = (step: string) => [...new Set(after.filter((call) => call.step === step).map((call) => call.errorCode))];
    expect(codes('again-key')).toEqual(['InvalidAccessKeyId']);
    expect(codes('again-session')).toEqual([null]);
    expect(after.filter((call) => call.step === 'again-key').every((call) => call.eventId === null)).toBe(true);

    const deny = {
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { DateLessThan: { 'aws:TokenIssueTime': '2026-01-15T10:00:00Z' } },
    };
    const document = JSON.stringify({ Version: '2012-10-17', Statement: [deny] });
    await act(range, 'iam:PutUserPolicy', { UserName: 'ci-deployer', PolicyName: 'deny', PolicyDocument: document });
    const then = runCampaign(range, [key], start, start + 90_000).filter((call) => call.step === 'again-session');
    expect(then.length).toBeGreaterThan(0);
    expect(then.every((call) => call.errorCode === 'UnauthorizedOperation' && call.eventId !== null)).toBe(true);
  });

  test('a denied session stops only that session', async () => {
    const range = open();
    const calls = runCampaign(range, [session], start, start + 20_000);
    const last = records(range, start + 20_000).find((record) => record['eventID'] === calls.at(-1)?.eventId);
    const userId = String((last?.['userIdentity'] as JsonObject | undefined)?.['principalId']);
    expect(userId).toMatch(/^AROA[A-Z2-7]{17}:i-[0-9a-f]{17}$/);
    const deny = { Effect: 'Deny', Action: '*', Resource: '*', Condition: { StringEquals: { 'aws:userid': userId } } };
    await act(range, 'iam:PutRolePolicy', {
      RoleName: 'web-server',
      PolicyName: 'deny',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [deny] }),
    });
    const after = runCampaign(range, [session, ordinary], start + 20_000, start + 120_000);
    const of = (step: string) => [...new Set(after.filter((call) => call.step === step).map((call) => call.errorCode))];
    expect(of('again-data')).toEqual(['AccessDenied']);
    // The other web server has the same role in another session.
    expect(of('shop-list')).toEqual([null]);
  });

  test('a blocked bucket is closed to strangers and open to its account', async () => {
    const range = open();
    runCampaign(range, [key], start, start + 25_000);
    const block = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
    await act(range, 's3:PutBucketPublicAccessBlock', {
      Bucket: `example-customer-data-${production}`,
      PublicAccessBlockConfiguration: block,
    });
    const after = runCampaign(range, [key], start, start + 60_000);
    const of = (step: string) => [...new Set(after.filter((call) => call.step === step).map((call) => call.errorCode))];
    expect(of('again-unsigned')).toEqual(['AccessDenied']);
    expect(of('again-data')).toEqual([null]);
  });

  test('a stopped trail records no more, the trail of the organisation does, and a started one records again', async () => {
    const range = open();
    runCampaign(range, [key], start, start + 25_000);
    const names = (prefix: string) =>
      takeLogObjects(range.state, start)
        .filter((object) => object.key.startsWith(prefix))
        .flatMap(({ bytes }) =>
          (JSON.parse(gunzipSync(bytes).toString('utf8')) as { Records: JsonObject[] }).Records.map((record) => record['eventName']),
        );
    const own = `AWSLogs/${production}/`;
    const before = names(own);
    expect(before).toContain('StopLogging');
    expect(before).not.toContain('AuthorizeSecurityGroupIngress');
    await act(range, 'cloudtrail:StartLogging', { Name: 'production-trail' });
    expect(names(own)).toEqual(['StartLogging']);
  });
});

test('records look as CloudTrail writes them', () => {
  const range = open();
  runCampaign(range, [key, session, ordinary], start, start + 1_800_000);
  const objects = takeLogObjects(range.state, start + 1_800_000);
  for (const { key } of objects) {
    expect(key).toMatch(
      /^AWSLogs\/(o-[a-z0-9]{10}\/)?(\d{12})\/CloudTrail\/us-east-1\/2026\/01\/15\/\2_CloudTrail_us-east-1_20260115T0930Z_[A-Za-z0-9]{16}\.json\.gz$/,
    );
  }
  const all = objects.flatMap(({ bytes }) => (JSON.parse(gunzipSync(bytes).toString('utf8')) as { Records: JsonObject[] }).Records);
  const find = (name: string) => all.find((record) => record['eventName'] === name && record['errorCode'] === undefined);
  for (const record of all) {
    expect(record).toMatchObject({
      eventVersion: '1.11',
      eventType: 'AwsApiCall',
      recipientAccountId: expect.stringMatching(/^\d{12}$/),
      eventID: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      eventTime: expect.stringMatching(/^2026-01-15T09:\d\d:\d\dZ$/),
      eventCategory: record['managementEvent'] === true ? 'Management' : 'Data',
    });
  }
  expect(find('CreateUser')).toMatchObject({
    eventSource: 'iam.amazonaws.com',
    awsRegion: 'us-east-1',
    readOnly: false,
    requestParameters: { userName: 'support-sync' },
    responseElements: { user: { path: '/', userName: 'support-sync', arn: `arn:aws:iam::${production}:user/support-sync` } },
    userIdentity: { type: 'IAMUser', userName: 'ci-deployer', accountId: production },
  });
  expect(find('CreateAccessKey')).toMatchObject({ responseElements: { accessKey: { userName: 'support-sync', status: 'Active' } } });
  expect(JSON.stringify(all)).not.toMatch(/secretAccessKey/i);
  expect(find('StopLogging')).toMatchObject({ requestParameters: { name: 'production-trail' }, responseElements: null });
  expect(find('AuthorizeSecurityGroupIngress')).toMatchObject({
    requestParameters: {
      ipPermissions: {
        items: [{ ipProtocol: 'tcp', fromPort: 22, toPort: 22, groups: {}, ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } }],
      },
    },
    responseElements: { _return: true, securityGroupRuleSet: { items: [{ isEgress: false, cidrIpv4: '0.0.0.0/0' }] } },
  });
  expect(find('PutBucketPublicAccessBlock')).toMatchObject({
    requestParameters: {
      bucketName: `example-customer-data-${production}`,
      publicAccessBlock: '',
      PublicAccessBlockConfiguration: { BlockPublicAcls: false },
    },
    resources: [{ type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::example-customer-data-${production}` }],
  });
  const types = new Set(all.map((record) => (record['userIdentity'] as JsonObject)['type']));
  expect([...types].sort()).toEqual(['AWSService', 'AssumedRole', 'IAMUser', 'WebIdentityUser']);
  expect(all.find((record) => (record['userIdentity'] as JsonObject)['type'] === 'AssumedRole')).toMatchObject({
    userIdentity: { sessionContext: { sessionIssuer: { type: 'Role' }, attributes: { mfaAuthenticated: 'false' } } },
  });
});

test('a restored range goes on where it was saved', () => {
  const whole = open();
  const calls = runCampaign(whole, [key, ordinary], start, start + 300_000);
  const first = open();
  const before = runCampaign(first, [key, ordinary], start, start + 11_000);
  const second = restoreRange(first.snapshot(), () => start);
  const after = runCampaign(second, [key, ordinary], start + 11_000, start + 300_000);
  expect([...before, ...after]).toEqual(calls);
});

test.each([
  ['an unknown actor', { steps: [{ id: 'a', actor: 'nobody', action: 'iam:ListUsers' }] }, 'steps.0.actor: no actor nobody'],
  ['an unknown key', { steps: [], stepps: [] }, 'Unrecognized key'],
  ['a wrong action', { steps: [{ id: 'a', actor: 'x', action: 'ListUsers' }] }, 'steps.0.action: service:Action'],
])('a campaign with %s is refused with its place', (_name, part, message) => {
  const data = { id: 'x', title: 't', description: 'd', actors: { x: { signs: { user: 'alice' } } }, ...part };
  expect(() => parseCampaign(data, 'x.yml')).toThrow(message);
});
