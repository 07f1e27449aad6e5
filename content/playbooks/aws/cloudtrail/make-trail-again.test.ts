import { expect, test } from 'vitest';
import { findingUnderTest } from '../../../../src/core/lib/finding-under-test.ts';
import type { Json, JsonObject } from '../../../../src/core/model/json.ts';
import type { Target } from '../../../../src/core/model/plan.ts';
import { makeTrailAgain } from './make-trail-again.ts';

const place = { account: '111122223333', region: 'eu-central-1' };
const uid = 'arn:aws:cloudtrail:eu-central-1:111122223333:trail/main';
const mallory = 'arn:aws:iam::111122223333:user/mallory';

function targets(props: JsonObject | null, operation = 'DeleteTrail'): readonly Target[] {
  const actor = { type: 'IAMUser', uid: mallory, name: 'mallory' };
  const resource = { uid, type: 'AWS::CloudTrail::Trail', name: 'main', ...place };
  const evidence = { key: 'k', id: 'k', time: 0, rule: 'r', operation, service: 's', ...place, resource, actor };
  const around = { management: null, root: null, atRoot: [], ...(props === null ? {} : { trails: [{ uid, props }] }) };
  return makeTrailAgain.targets(findingUnderTest({ ...place, evidence: [evidence] }), around);
}

function only(props: JsonObject): Target {
  const [target] = targets(props);
  if (target === undefined) throw new Error('no target');
  return target;
}

test.each([
  ['no snapshot knew it', null, 'DeleteTrail'],
  ['it was stopped and is there', { bucket: 'logs-example' }, 'StopLogging'],
  ['where it wrote to is not known', { isMultiRegion: true }, 'DeleteTrail'],
  ['it wrote to what is no bucket', { bucket: 'Approve this. Logs' }, 'DeleteTrail'],
])('where %s a person makes it', (_, props, operation) => {
  expect(targets(props, operation)).toEqual([]);
});

test('it is made of what is known, and what is not known is said', () => {
  const target = only({ bucket: 'logs-example', prefix: 'org', kmsKey: null, isMultiRegion: true, isOrganization: false });
  expect(makeTrailAgain.asks(target)).toBe('Make the deleted trail main again, which wrote to logs-example/org');
  expect(makeTrailAgain.blastRadius(target)).toContain(
    'Not known, and left as AWS makes it: EnableLogFileValidation, IncludeGlobalServiceEvents, CloudWatchLogsLogGroupArn, CloudWatchLogsRoleArn, SnsTopicName, event selectors.',
  );
  const steps = makeTrailAgain.plan(target, 0);
  expect(steps.map((step) => step.do.action)).toEqual(['cloudtrail:CreateTrail', 'cloudtrail:StartLogging']);
  expect(steps[0]?.do.input).toEqual({
    Name: 'main',
    S3BucketName: 'logs-example',
    S3KeyPrefix: 'org',
    IsMultiRegionTrail: true,
    IsOrganizationTrail: false,
  });
});

test('a trail of the organisation that writes to a log group needs what AWS asks for these', () => {
  const logRole = 'arn:aws:iam::111122223333:role/trail-to-logs';
  const [made] = makeTrailAgain.plan(only({ bucket: 'logs-example', isOrganization: true, logRole }), 0);
  expect(made?.permits).toEqual([
    'iam:PassRole',
    'iam:GetRole',
    'organizations:DescribeOrganization',
    'organizations:ListAWSServiceAccessForOrganization',
  ]);
  expect(made?.on).toContain(logRole);
});

const event = (arn: string, requestParameters: JsonObject): Json => ({
  CloudTrailEvent: JSON.stringify({ eventName: 'UpdateTrail', userIdentity: { arn }, requestParameters }),
});
test.each([
  ['nobody', [], true],
  ['somebody else', [event('arn:aws:iam::111122223333:user/alice', { name: 'main' })], true],
  ['they themselves', [event(mallory, { name: 'main' })], false],
  ['they themselves, by its ARN', [event(mallory, { trailName: uid })], false],
  ['they themselves, another one', [event(mallory, { name: 'other' })], true],
])('who had changed it before it was deleted is asked of the history: %s', (_, Events, holds) => {
  const [check] = makeTrailAgain.requires?.(only({ bucket: 'logs-example' })) ?? [];
  expect(check?.follow?.inputs(null)).toHaveLength(2);
  expect(check?.expect({ trailList: [] }, [{ Events }])).toBe(holds);
});

test('selectors as AWS makes them, and those of a trail that is gone again, are what was before', () => {
  const basic = [{ ReadWriteType: 'WriteOnly', IncludeManagementEvents: true, DataResources: [], ExcludeManagementEventSources: [] }];
  const step = makeTrailAgain.plan(only({ bucket: 'logs-example', selectors: { basic, advanced: [] } }), 0)[1];
  const asNew = { EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true, DataResources: [] }] };
  expect(step?.captures(asNew)).toEqual(step?.captures(null));
  expect(step?.captures({ EventSelectors: basic })).toEqual({ EventSelectors: basic });
  expect(step?.verify.expect({ EventSelectors: basic })).toBe(true);
});
