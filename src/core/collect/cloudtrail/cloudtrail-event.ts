import { arnOf } from '../../lib/arn.ts';
import { parseEventTime } from '../../lib/event-time.ts';
import type { Event, Words } from '../../model/event.ts';
import type { Actor, ResourceRef } from '../../model/finding.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { JsonFormat } from '../log-format.ts';
import { hashOfRecord } from '../record-event.ts';

/** CloudTrail's records: calls, and insights, which have the call inside `insightDetails`. */
export const cloudTrail: JsonFormat = {
  source: 'aws.cloudtrail',
  recognises: (record) =>
    (typeof record['eventName'] === 'string' && typeof record['eventSource'] === 'string') ||
    (typeof record['eventVersion'] === 'string' && (record['eventID'] !== undefined || record['insightDetails'] !== undefined)),
  event: cloudTrailEvent,
};

/** Turns a record into an event; a text says why it is none. */
export function cloudTrailEvent(raw: JsonObject): Event | string {
  if ((typeof raw['eventName'] !== 'string' || typeof raw['eventSource'] !== 'string') && !isInsight(raw))
    return 'no CloudTrail record: eventName or eventSource is missing';
  const time = parseEventTime(raw['eventTime']);
  return time === null ? 'eventTime is missing or no time' : new CloudTrailEvent(new RecordFields(raw), raw, time);
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-insights-fields-insight-details.html */
function isInsight(raw: JsonObject): boolean {
  const details = object(raw['insightDetails']);
  return typeof details['eventName'] === 'string' && typeof details['eventSource'] === 'string';
}

/** Where words find the values that they are made of: in a parsed record, or in one that was only scanned. */
export interface Fields {
  /** The value at `wordPaths[field]`; undefined where there is none. */
  value(field: number): Json | undefined;
}

/** Members that words are made of, by the numbers under which `Fields` are asked for them. */
const paths: string[] = [];
/** Paths of the members that words are made of: members separated by dots. */
export const wordPaths: readonly string[] = paths;

const field = (path: string): number => paths.push(path) - 1;
const eventId = field('eventID');
const managementEvent = field('managementEvent');
const eventCategory = field('eventCategory');
const recipient = field('recipientAccountId');
const awsRegion = field('awsRegion');
const sourceAddress = field('sourceIPAddress');
const agent = field('userAgent');
const errorCode = field('errorCode');
const eventName = field('eventName');
const eventSource = field('eventSource');
const insightName = field('insightDetails.eventName');
const insightSource = field('insightDetails.eventSource');
const identityType = field('userIdentity.type');
const invokedBy = field('userIdentity.invokedBy');
const principal = field('userIdentity.principalId');
const identityArn = field('userIdentity.arn');
const identityAccount = field('userIdentity.accountId');
const identityName = field('userIdentity.userName');
const accessKey = field('userIdentity.accessKeyId');
const issuerArn = field('userIdentity.sessionContext.sessionIssuer.arn');
const listedResources = field('resources');

/** A parsed record's fields; of the record itself only, never of what every object has. */
class RecordFields implements Fields {
  private readonly raw: JsonObject;

  constructor(raw: JsonObject) {
    this.raw = raw;
  }

  value(field: number): Json | undefined {
    let value: Json | undefined = this.raw;
    for (const name of segments[field] ?? []) value = object(value)[name];
    return value;
  }
}

/** A class, because millions are made and few are asked for more than their record. */
class CloudTrailEvent implements Event {
  readonly source = 'aws.cloudtrail';
  readonly time: number;
  private readonly fields: Fields;
  private read: JsonObject | (() => JsonObject);
  private made: Words | null = null;
  private named: string | null = null;

  /** `raw` may be a way to get the record, for when somebody asks. */
  constructor(fields: Fields, raw: JsonObject | (() => JsonObject), time: number) {
    this.fields = fields;
    this.read = raw;
    this.time = time;
  }

  get raw(): JsonObject {
    if (typeof this.read === 'function') this.read = this.read();
    return this.read;
  }

  get key(): string {
    this.named ??= this.nameOf(this.fields.value(eventId));
    return this.named;
  }

  private nameOf(id: Json | undefined): string {
    return typeof id === 'string' && id !== '' && id.length <= 128 ? `${accountOf(this.fields)}/${id}` : `sha256/${hashOfRecord(this.raw)}`;
  }

  get words(): Words {
    this.made ??= wordsOf(this.fields);
    return this.made;
  }
}

/**
 * The event of a record that was scanned and not parsed: `fields` has the values at `wordPaths`, `time` is in
 * milliseconds since 1970, and the record is parsed when somebody asks for it.
 */
export function scannedEvent(fields: Fields, time: number, raw: () => JsonObject): Event {
  return new CloudTrailEvent(fields, raw, time);
}

/** The account whose trail recorded it; older records name only the caller's. */
function accountOf(fields: Fields): string {
  return text(fields.value(recipient)) ?? text(fields.value(identityAccount)) ?? '';
}

function wordsOf(fields: Fields): Words {
  const account = accountOf(fields);
  const region = text(fields.value(awsRegion)) ?? '';
  const id = text(fields.value(eventId));
  const ip = text(fields.value(sourceAddress));
  const userAgent = text(fields.value(agent));
  const error = text(fields.value(errorCode));
  const actor = actorOf(fields);
  const resource = resourceOf(fields, account, region);
  const words: { -readonly [name in keyof Words]: Words[name] } = {
    operation: text(fields.value(eventName)) ?? text(fields.value(insightName)) ?? '',
    service: text(fields.value(eventSource)) ?? text(fields.value(insightSource)) ?? '',
    account,
    region,
  };
  if (id !== null && id !== '') words.id = id;
  if (fields.value(managementEvent) !== false && fields.value(eventCategory) !== 'Data') words.isManagement = true;
  if (ip !== null) words.ip = ip;
  if (userAgent !== null) words.userAgent = userAgent;
  if (error !== null) words.error = error;
  if (actor !== null) words.actor = actor;
  if (resource !== null) words.resource = resource;
  return words;
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html */
function actorOf(fields: Fields): Actor | null {
  const service = text(fields.value(invokedBy));
  const type = text(fields.value(identityType)) ?? (service === null ? null : 'AWSService');
  const principalId = text(fields.value(principal));
  const account = text(fields.value(identityAccount));
  const uid = text(fields.value(identityArn)) ?? principalId ?? service ?? account;
  if (type === null && uid === null) return null;
  const name = text(fields.value(identityName)) ?? (uid === null ? '' : lastPart(uid));
  const issuer = text(fields.value(issuerArn));
  const accessKeyId = text(fields.value(accessKey));
  // In canonical order, as all that becomes part of a finding: it is printed and hashed faster.
  const actor: { -readonly [name in keyof Actor]?: Actor[name] } = {};
  if (accessKeyId !== null) actor.accessKeyId = accessKeyId;
  if (account !== null) actor.account = account;
  if (issuer !== null) actor.issuer = issuer;
  actor.name = name;
  if (principalId !== null) actor.principalId = principalId;
  return Object.assign(actor, { type: type ?? 'Unknown', uid: uid ?? '', name });
}

/** What stands behind the last slash or colon. */
function lastPart(arn: string): string {
  return arn.slice(Math.max(arn.lastIndexOf('/'), arn.lastIndexOf(':')) + 1);
}

/** Request parameters that name what a call is about, the more telling ones first, with CloudFormation types. */
const telling: readonly (readonly [parameter: string, type: string])[] = [
  ['bucketName', 'AWS::S3::Bucket'],
  ['functionName', 'AWS::Lambda::Function'],
  ['layerName', 'AWS::Lambda::LayerVersion'],
  ['userName', 'AWS::IAM::User'],
  ['roleName', 'AWS::IAM::Role'],
  ['roleArn', 'AWS::IAM::Role'],
  ['groupName', 'AWS::IAM::Group'],
  ['policyArn', 'AWS::IAM::ManagedPolicy'],
  ['trailName', 'AWS::CloudTrail::Trail'],
  ['instanceId', 'AWS::EC2::Instance'],
  ['groupId', 'AWS::EC2::SecurityGroup'],
  ['snapshotId', 'AWS::EC2::Snapshot'],
  ['imageId', 'AWS::EC2::Image'],
  ['volumeId', 'AWS::EC2::Volume'],
  ['vpcId', 'AWS::EC2::VPC'],
  ['detectorId', 'AWS::GuardDuty::Detector'],
  ['dBSnapshotIdentifier', 'AWS::RDS::DBSnapshot'],
  ['dBInstanceIdentifier', 'AWS::RDS::DBInstance'],
  ['secretId', 'AWS::SecretsManager::Secret'],
  ['keyId', 'AWS::KMS::Key'],
];

const tellingFields = telling.map(([parameter, type]) => ({ at: field(`requestParameters.${parameter}`), type }));
const segments = paths.map((path) => path.split('.'));

function resourceOf(fields: Fields, account: string, region: string): ResourceRef | null {
  const listed = fields.value(listedResources);
  if (Array.isArray(listed)) {
    for (const item of listed) {
      const uid = text(object(item)['ARN']);
      if (uid !== null)
        return {
          account: text(object(item)['accountId']) ?? account,
          name: lastPart(uid),
          region,
          type: text(object(item)['type']) ?? '',
          uid,
        };
    }
  }
  for (const { at, type } of tellingFields) {
    const name = text(fields.value(at));
    if (name !== null && name !== '') return { account, name, region, type, uid: arnOf(type, name, account, region) };
  }
  return null;
}

function object(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function text(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
