import { partitionOf } from '../../../../src/core/lib/arn.ts';
import { canonicalJson } from '../../../../src/core/lib/canonical-json.ts';
import { asObject, listAt, textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { actorsOf, callsNamed, lookUp, recordsIn } from '../../../../src/core/lib/plans/history.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import { exampleTrail, selectorsIn, startTrail, trailTargets } from '../../../../src/core/lib/plans/trail.ts';
import type { Json, JsonObject } from '../../../../src/core/model/json.ts';
import type { Playbook, Step, Target } from '../../../../src/core/model/plan.ts';

const nameOf = ({ params }: Target) => String(params['name']);
const propsOf = ({ params }: Target) => asObject(params['props'] ?? null) ?? {};
const placeOf = (target: Target) => [propsOf(target)['bucket'], propsOf(target)['prefix']].flatMap((one) => one ?? []).join('/');

/** What CreateTrail takes, by the names of the inventory, and as DescribeTrails tells it. */
const settings = [
  { property: 'bucket', input: 'S3BucketName', told: 'S3BucketName' },
  { property: 'prefix', input: 'S3KeyPrefix', told: 'S3KeyPrefix' },
  { property: 'kmsKey', input: 'KmsKeyId', told: 'KmsKeyId' },
  { property: 'isMultiRegion', input: 'IsMultiRegionTrail', told: 'IsMultiRegionTrail' },
  { property: 'isOrganization', input: 'IsOrganizationTrail', told: 'IsOrganizationTrail' },
  { property: 'logFileValidation', input: 'EnableLogFileValidation', told: 'LogFileValidationEnabled' },
  { property: 'globalEvents', input: 'IncludeGlobalServiceEvents', told: 'IncludeGlobalServiceEvents' },
  { property: 'logGroup', input: 'CloudWatchLogsLogGroupArn', told: 'CloudWatchLogsLogGroupArn' },
  { property: 'logRole', input: 'CloudWatchLogsRoleArn', told: 'CloudWatchLogsRoleArn' },
  { property: 'topic', input: 'SnsTopicName', told: 'SnsTopicARN' },
] as const;

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html */
export const makeTrailAgain: Playbook = {
  id: 'aws.cloudtrail.make-trail-again',
  version: 1,
  title: 'Make a deleted trail again',
  why: 'Without the trail, what happens in the account leaves no record but the event history of 90 days. It is made as the last snapshot knew it, and started: where it writes to, its key, Regions, organisation, signatures and event selectors. What happened meanwhile is not recorded, the chain of digests begins anew, and tags and Insights do not come back. A trail that no snapshot knew a person makes; so does whoever finds that it was changed before it was deleted.',
  handles: ['aws.cloudtrail.trail-logging-stopped'],
  approval: 'one-person',
  risks: [],
  asks: (target) => `Make the deleted trail ${nameOf(target)} again, which wrote to ${placeOf(target)}`,
  blastRadius: (target) => {
    const missing = missingOf(target);
    const unknown = missing.length === 0 ? '' : ` Not known, and left as AWS makes it: ${missing.join(', ')}.`;
    return `Nothing stops working; events are written to ${placeOf(target)} again, which costs as before.${unknown}`;
  },
  inverse: (target) => `The trail ${nameOf(target)} is deleted again, if it is still as it was made.`,
  targets: (finding, around) =>
    trailTargets(['DeleteTrail'])(finding, around).flatMap((target) => {
      const props = around?.trails?.find((one) => one.uid === target.uid)?.props ?? {};
      // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
      if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(textAt(props, 'bucket') ?? '')) return [];
      return [{ ...target, params: { ...target.params, props, by: actorsOf(finding.evidence, finding.actor) } }];
    }),
  partial: true,
  requires: (target) => [
    {
      name: 'Whoever deleted it had not changed it before',
      on: arnsOf(target),
      read: { action: 'cloudtrail:DescribeTrails', input: described(target), keep: 'now' },
      follow: { action: lookUp, inputs: () => callsNamed('UpdateTrail', 'PutEventSelectors') },
      expect: (_, followed) => !wasChangedBy(target, followed),
      says: `Whoever deleted the trail ${nameOf(target)} had changed it before, so that the snapshot may know it as they wanted it: a person makes it again.`,
    },
  ],
  plan: (target) => [made(target), ...selected(target), started(target)],
  undoes: ['cloudtrail:DeleteTrail', 'cloudtrail:PutEventSelectors', 'cloudtrail:StopLogging'],
  examples: [
    {
      name: 'a trail for all Regions with selectors of its own',
      target: {
        ...exampleTrail(),
        params: {
          name: 'main',
          by: [],
          props: {
            bucket: 'logs-example',
            isMultiRegion: true,
            logFileValidation: true,
            isOrganization: true,
            logGroup: 'arn:aws:logs:eu-central-1:111122223333:log-group:trail:*',
            logRole: 'arn:aws:iam::111122223333:role/trail-to-logs',
            selectors: { basic: [{ ReadWriteType: 'All', IncludeManagementEvents: true, DataResources: [] }], advanced: [] },
          },
        },
      },
      does: ['cloudtrail:CreateTrail', 'cloudtrail:PutEventSelectors', 'cloudtrail:StartLogging'],
    },
    {
      name: 'one of which the selectors are not known',
      target: { ...exampleTrail(), params: { name: 'main', by: [], props: { bucket: 'logs-example' } } },
      does: ['cloudtrail:CreateTrail', 'cloudtrail:StartLogging'],
    },
  ],
};

/** How the trail was made, as CreateTrail takes it. */
function madeAs(target: Target): JsonObject {
  const props = propsOf(target);
  const known = settings.flatMap(({ property, input }) => {
    const value = props[property];
    return value === undefined || value === null || value === '' ? [] : [[input, value] as const];
  });
  return Object.fromEntries(known);
}

/** What the inventory could not read; that there is none, it says. */
function missingOf(target: Target): readonly string[] {
  const props = propsOf(target);
  const missing = settings.flatMap(({ property, input }) => (props[property] === undefined ? [input] : []));
  return selectorsOf(props['selectors'] ?? null) === null ? [...missing, 'event selectors'] : missing;
}

/** As the inventory keeps them; null where it has none. A trail has one kind. */
function selectorsOf(kept: Json): JsonObject | null {
  const [basic, advanced] = [listAt(kept, 'basic'), listAt(kept, 'advanced')];
  if (advanced.length > 0) return { AdvancedEventSelectors: advanced };
  return basic.length > 0 ? { EventSelectors: basic } : null;
}

function described({ uid }: Target): JsonObject {
  return { trailNameList: [uid], includeShadowTrails: false };
}

/**
 * The trail; the role that is handed over; and what AWS looks at where it is of an organisation:
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-an-organizational-trail-prepare.html
 */
function arnsOf(target: Target): readonly string[] {
  const { uid, account, region } = target;
  const logRole = textAt(madeAs(target), 'CloudWatchLogsRoleArn');
  const ownRole = `arn:${partitionOf(region)}:iam::${account}:role/aws-service-role/cloudtrail.amazonaws.com/AWSServiceRoleForCloudTrail`;
  return [uid, ...(logRole === null ? [] : [logRole]), ...(isOfOrganization(target) ? [ownRole] : [])];
}

function isOfOrganization(target: Target): boolean {
  return madeAs(target)['IsOrganizationTrail'] === true;
}

function wasChangedBy(target: Target, answers: readonly Json[]): boolean {
  const others = new Set(recordsIn(answers, listAt(target.params, 'by').map(String)).map(canonicalJson));
  const named = (record: JsonObject) =>
    ['name', 'trailName']
      .map((field) => textAt(record, 'requestParameters', field))
      .some((name) => name === nameOf(target) || name === target.uid);
  return recordsIn(answers).some((record) => named(record) && !others.has(canonicalJson(record)));
}

function made(target: Target): Step {
  const read = { action: 'cloudtrail:DescribeTrails', input: described(target) };
  const wanted = madeAs(target);
  const now = (answer: Json): JsonObject | null => {
    const trail = listAt(answer, 'trailList')[0] ?? null;
    return trail === null ? null : Object.fromEntries(settings.map(({ input, told }) => [input, valueAt(trail, told)]));
  };
  return {
    name: 'Make the trail',
    on: arnsOf(target),
    permits: [
      ...(wanted['CloudWatchLogsRoleArn'] === undefined ? [] : ['iam:PassRole']),
      ...(isOfOrganization(target)
        ? ['iam:GetRole', 'organizations:DescribeOrganization', 'organizations:ListAWSServiceAccessForOrganization']
        : []),
    ],
    read: { ...read, keep: 'trail' },
    captures: now,
    // Of one name there is one trail: a second call is refused, and a look tells that it is so.
    do: { action: 'cloudtrail:CreateTrail', input: { Name: nameOf(target), ...wanted }, once: 'sets-state' },
    verify: {
      ...read,
      expect: (answer) => {
        const trail = now(answer);
        return trail !== null && Object.entries(wanted).every(([name, value]) => trail[name] === value);
      },
      says: 'the trail is there, with its settings of before',
      withinSeconds: 60,
    },
    undo: (kept) => (now(kept['trail'] ?? null) === null ? [{ action: 'cloudtrail:DeleteTrail', input: { Name: nameOf(target) } }] : []),
  };
}

function selected(target: Target): readonly Step[] {
  const wanted = selectorsOf(propsOf(target)['selectors'] ?? null);
  if (wanted === null) return [];
  const step = setting({
    name: 'Select the events of before',
    on: [target.uid],
    keep: 'selectors',
    read: { action: 'cloudtrail:GetEventSelectors', input: { TrailName: nameOf(target) } },
    state: selectorsIn,
    want: () => wanted,
    write: { action: 'cloudtrail:PutEventSelectors', input: { TrailName: nameOf(target) }, with: (state) => asObject(state) ?? {} },
    says: 'it selects what it selected before',
  });
  return [
    { ...step, ofOurs: true, captures: (answer) => (answer === null || isAsNew(selectorsIn(answer)) ? 'as new' : selectorsIn(answer)) },
  ];
}

/** What AWS gives a new trail: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html */
function isAsNew(selectors: JsonObject): boolean {
  const [first, ...more] = listAt(selectors, 'EventSelectors');
  return (
    more.length === 0 &&
    textAt(first, 'ReadWriteType') === 'All' &&
    valueAt(first, 'IncludeManagementEvents') === true &&
    [...listAt(first, 'DataResources'), ...listAt(first, 'ExcludeManagementEventSources')].length === 0
  );
}

function started(target: Target): Step {
  const step = startTrail(target);
  return { ...step, ofOurs: true, captures: (answer) => (answer === null ? { IsLogging: false } : step.captures(answer)) };
}
