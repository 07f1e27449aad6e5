import type { JsonObject } from '../../core/model/json.ts';
import {
  fault,
  iso,
  lowerKeys,
  type Operation,
  type OperationContext,
  type OperationTable,
  objects,
  optionalText,
  text,
  texts,
} from '../operation.ts';
import type { TrailState } from '../state.ts';
import { ownerOf } from './s3.ts';

type Context = OperationContext;
const retention = 90 * 86_400_000;

/** `cloudtrail:` operations: trails and their state, and the event history of the last 90 days. */
export const cloudtrail: OperationTable = {
  'cloudtrail:DescribeTrails': read('DescribeTrails', (context) => {
    const wanted = texts(context, 'trailNameList');
    const seen = visible(context).filter((trail) => wanted.length === 0 || wanted.includes(trail.name) || wanted.includes(trail.arn));
    return { trailList: seen.map(trailOutput) };
  }),
  'cloudtrail:ListTrails': read('ListTrails', (context) => ({
    Trails: visible(context).map((trail) => ({ TrailARN: trail.arn, Name: trail.name, HomeRegion: trail.homeRegion })),
  })),
  'cloudtrail:GetTrail': read('GetTrail', (context) => ({ Trail: trailOutput(trailOf(context, 'Name')) }), 'Name'),
  'cloudtrail:GetTrailStatus': read(
    'GetTrailStatus',
    (context) => {
      const trail = trailOf(context, 'Name');
      const stamp = (name: string, at: number | null): JsonObject => (at === null ? {} : { [name]: iso(at) });
      return {
        IsLogging: trail.logging,
        ...stamp('LatestDeliveryTime', trail.deliveredAt),
        ...stamp('StartLoggingTime', trail.startedAt),
        ...stamp('StopLoggingTime', trail.stoppedAt),
        ...stamp('LatestDigestDeliveryTime', trail.logFileValidation ? trail.deliveredAt : null),
      };
    },
    'Name',
  ),
  'cloudtrail:GetEventSelectors': read(
    'GetEventSelectors',
    (context) => {
      const trail = trailOf(context, 'TrailName');
      return {
        TrailARN: trail.arn,
        EventSelectors: [
          {
            ReadWriteType: trail.selectors.readWrite,
            IncludeManagementEvents: trail.selectors.management,
            DataResources:
              trail.selectors.dataBuckets.length === 0
                ? []
                : [{ Type: 'AWS::S3::Object', Values: trail.selectors.dataBuckets.map((bucket) => `arn:aws:s3:::${bucket}/`) }],
            ExcludeManagementEventSources: [],
          },
        ],
      };
    },
    'TrailName',
  ),
  'cloudtrail:PutEventSelectors': write('PutEventSelectors', 'TrailName', (context) => {
    const trail = ownTrail(context, 'TrailName');
    const selectors = objects(context.input['EventSelectors']);
    const readWrite = selectors[0]?.['ReadWriteType'];
    trail.selectors = {
      management: selectors.some((selector) => selector['IncludeManagementEvents'] !== false),
      readWrite: readWrite === 'ReadOnly' || readWrite === 'WriteOnly' ? readWrite : 'All',
      dataBuckets: selectors.flatMap((selector) =>
        objects(selector['DataResources']).flatMap((resource) => {
          const values = resource['Values'];
          return Array.isArray(values)
            ? values.flatMap((value) => (typeof value === 'string' ? [value.split(':::')[1]?.split('/')[0] ?? ''] : []))
            : [];
        }),
      ),
    };
    return { TrailARN: trail.arn, EventSelectors: context.input['EventSelectors'] ?? [] };
  }),
  'cloudtrail:StartLogging': write('StartLogging', 'Name', (context) => {
    const trail = ownTrail(context, 'Name');
    if (!trail.logging) {
      trail.logging = true;
      trail.startedAt = context.now;
    }
    return {};
  }),
  'cloudtrail:StopLogging': write('StopLogging', 'Name', (context) => {
    const trail = ownTrail(context, 'Name');
    if (trail.logging) {
      trail.logging = false;
      trail.stoppedAt = context.now;
    }
    return {};
  }),
  'cloudtrail:CreateTrail': write('CreateTrail', 'Name', (context) => {
    const name = text(context, 'Name');
    const bucket = text(context, 'S3BucketName');
    const arn = `arn:aws:cloudtrail:${context.region}:${context.account.id}:trail/${name}`;
    if (context.account.trails[arn] !== undefined)
      throw fault(context, 'TrailAlreadyExistsException', `Trail ${name} already exists for customer: ${context.account.id}`);
    if (ownerOf(context.state, bucket) === null) {
      throw fault(context, 'S3BucketDoesNotExistException', `S3 bucket ${bucket} does not exist!`);
    }
    const trail: TrailState = {
      arn,
      name,
      homeRegion: context.region,
      bucket,
      multiRegion: context.input['IsMultiRegionTrail'] === true,
      organisation: false,
      logFileValidation: context.input['EnableLogFileValidation'] === true,
      globalEvents: context.input['IncludeGlobalServiceEvents'] !== false,
      kmsKeyId: optionalText(context, 'KmsKeyId'),
      logging: false,
      startedAt: null,
      stoppedAt: null,
      deliveredAt: null,
      selectors: { management: true, readWrite: 'All', dataBuckets: [] },
    };
    context.account.trails[arn] = trail;
    const { HomeRegion: _home, HasCustomEventSelectors: _selectors, ...output } = trailOutput(trail);
    return output;
  }),
  'cloudtrail:UpdateTrail': write('UpdateTrail', 'Name', (context) => {
    const trail = ownTrail(context, 'Name');
    const given = (name: string, before: boolean) => (typeof context.input[name] === 'boolean' ? context.input[name] === true : before);
    const changed = {
      ...trail,
      multiRegion: given('IsMultiRegionTrail', trail.multiRegion),
      globalEvents: given('IncludeGlobalServiceEvents', trail.globalEvents),
      logFileValidation: given('EnableLogFileValidation', trail.logFileValidation),
    };
    context.account.trails[trail.arn] = changed;
    return trailOutput(changed);
  }),
  'cloudtrail:DeleteTrail': write('DeleteTrail', 'Name', (context) => {
    delete context.account.trails[ownTrail(context, 'Name').arn];
    return {};
  }),
  'cloudtrail:LookupEvents': read('LookupEvents', lookup),
};

/** `name`: the input that names a trail, where the operation is permitted by trail. */
/** `name` is the input that names the trail, where IAM scopes the read to it. */
function read(event: string, run: Operation['run'], name?: string): Operation {
  return {
    source: 'cloudtrail.amazonaws.com',
    event,
    readOnly: true,
    run,
    ...(name === undefined ? {} : { on: (context: Context) => [arnOfNamed(context, name)] }),
  };
}

function arnOfNamed(context: Context, name: string): string {
  return (
    find(context, text(context, name))?.arn ?? `arn:aws:cloudtrail:${context.region}:${context.account.id}:trail/${text(context, name)}`
  );
}

function write(event: string, name: string, run: Operation['run']): Operation {
  return {
    source: 'cloudtrail.amazonaws.com',
    event,
    readOnly: false,
    run,
    on: (context) => [arnOfNamed(context, name)],
    response: (output) => (Object.keys(output).length === 0 ? null : lowerKeys(output)),
  };
}

/** The trails that an account sees in a Region: its own, shadows of its trails for all Regions, and the organisation's. */
function visible(context: Context): readonly TrailState[] {
  const shadows = context.input['includeShadowTrails'] !== false;
  return allTrails(context).filter((trail) => trail.homeRegion === context.region || (shadows && trail.multiRegion));
}

function allTrails(context: Context): readonly TrailState[] {
  const { management } = context.state.organisation;
  const organisation = Object.values(context.state.accounts[management]?.trails ?? {}).filter((trail) => trail.organisation);
  return [...Object.values(context.account.trails), ...(context.account.id === management ? [] : organisation)];
}

function find(context: Context, name: string): TrailState | undefined {
  return allTrails(context).find(
    (trail) => trail.arn === name || (trail.name === name && (trail.homeRegion === context.region || trail.multiRegion)),
  );
}

function trailOf(context: Context, input: string): TrailState {
  const name = text(context, input);
  const trail = find(context, name);
  if (trail === undefined) throw fault(context, 'TrailNotFoundException', `Unknown trail: ${name} for the user: ${context.account.id}`);
  return trail;
}

/** A trail that this account may change: an organisation's trail belongs to the management account alone. */
function ownTrail(context: Context, input: string): TrailState {
  const trail = trailOf(context, input);
  if (context.account.trails[trail.arn] === undefined) {
    throw fault(
      context,
      'NotOrganizationMasterAccountException',
      'The requested operation can be performed only by the management account.',
    );
  }
  if (trail.homeRegion !== context.region) {
    throw fault(context, 'InvalidHomeRegionException', `Trail ${trail.name} can be changed only in its home Region ${trail.homeRegion}.`);
  }
  return trail;
}

function trailOutput(trail: TrailState): JsonObject {
  return {
    Name: trail.name,
    S3BucketName: trail.bucket,
    IncludeGlobalServiceEvents: trail.globalEvents,
    IsMultiRegionTrail: trail.multiRegion,
    HomeRegion: trail.homeRegion,
    TrailARN: trail.arn,
    LogFileValidationEnabled: trail.logFileValidation,
    HasCustomEventSelectors: trail.selectors.dataBuckets.length > 0,
    HasInsightSelectors: false,
    IsOrganizationTrail: trail.organisation,
    ...(trail.kmsKeyId === null ? {} : { KmsKeyId: trail.kmsKeyId }),
  };
}

/** The newest first, management events of this Region only. https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html */
function lookup(context: Context): JsonObject {
  const from = Math.max(instant(context, 'StartTime') ?? 0, context.now - retention);
  const to = instant(context, 'EndTime') ?? context.now;
  const attribute = objects(context.input['LookupAttributes'])[0];
  const size = typeof context.input['MaxResults'] === 'number' ? context.input['MaxResults'] : 50;
  const after = optionalText(context, 'NextToken');
  let reached = after === null;
  const found: JsonObject[] = [];
  const recent = context.state.recent[context.account.id] ?? [];
  for (let i = recent.length - 1; i >= 0; i--) {
    const record = recent[i];
    if (record === undefined || record['managementEvent'] !== true || record['awsRegion'] !== context.region) continue;
    // A token is the id of the last event of the page before.
    if (!reached) {
      reached = record['eventID'] === after;
      continue;
    }
    const at = Date.parse(String(record['eventTime']));
    if (at < from || at > to) continue;
    const event = historyOf(record);
    if (attribute !== undefined && !matches(event, attribute)) continue;
    if (found.length === size) return { Events: found, NextToken: String(found.at(-1)?.['EventId']) };
    found.push({ ...event, CloudTrailEvent: JSON.stringify(record) });
  }
  if (!reached) throw fault(context, 'InvalidNextTokenException', 'The token is expired or was not given by this operation.');
  return { Events: found };
}

function instant(context: Context, name: string): number | null {
  const value = context.input[name];
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return null;
  const at = Date.parse(value);
  if (Number.isNaN(at)) throw fault(context, 'InvalidTimeRangeException', `${name} is not a time.`);
  return at;
}

/** What the event history tells of a record, beside its text. */
function historyOf(record: JsonObject): JsonObject {
  const identity = record['userIdentity'] as JsonObject;
  const resources = objects(record['resources']);
  const issuer = (identity['sessionContext'] as JsonObject | undefined)?.['sessionIssuer'] as JsonObject | undefined;
  const sessionName = String(identity['principalId'] ?? '').split(':')[1];
  const name = identity['userName'] ?? sessionName ?? issuer?.['userName'] ?? identity['invokedBy'] ?? null;
  return {
    EventId: record['eventID'] ?? null,
    EventName: record['eventName'] ?? null,
    ReadOnly: String(record['readOnly']),
    ...(identity['accessKeyId'] === undefined ? {} : { AccessKeyId: identity['accessKeyId'] }),
    EventTime: iso(Date.parse(String(record['eventTime']))),
    EventSource: record['eventSource'] ?? null,
    ...(name === null ? {} : { Username: name }),
    Resources: [
      ...resources.map((resource) => ({ ResourceType: resource['type'] ?? null, ResourceName: resource['ARN'] ?? null })),
      ...namedIn(record),
    ],
  };
}

/** The event history knows resources by the names that a call gave them, too. https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Resource.html */
const naming: { readonly [parameter: string]: string } = {
  bucketName: 'AWS::S3::Bucket',
  groupId: 'AWS::EC2::SecurityGroup',
  instanceId: 'AWS::EC2::Instance',
  roleName: 'AWS::IAM::Role',
  userName: 'AWS::IAM::User',
};

function namedIn(record: JsonObject): readonly JsonObject[] {
  const parameters = record['requestParameters'];
  if (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters)) return [];
  return Object.entries(naming).flatMap(([key, type]) => {
    const name = (parameters as JsonObject)[key];
    return typeof name === 'string' ? [{ ResourceType: type, ResourceName: name }] : [];
  });
}

function matches(event: JsonObject, attribute: JsonObject): boolean {
  const key = attribute['AttributeKey'];
  const value = attribute['AttributeValue'];
  if (key === 'ResourceName') return objects(event['Resources']).some((resource) => resource['ResourceName'] === value);
  if (key === 'ResourceType') return objects(event['Resources']).some((resource) => resource['ResourceType'] === value);
  return typeof key === 'string' && event[key] === value;
}
