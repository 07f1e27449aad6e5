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
  return time === null ? 'eventTime is missing or no time' : new CloudTrailEvent(raw, time);
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-insights-fields-insight-details.html */
function isInsight(raw: JsonObject): boolean {
  const details = object(raw['insightDetails']);
  return typeof details['eventName'] === 'string' && typeof details['eventSource'] === 'string';
}

/** A class, because millions are made and few are asked for more than their record. */
class CloudTrailEvent implements Event {
  readonly source = 'aws.cloudtrail';
  readonly raw: JsonObject;
  readonly time: number;
  private made: Words | null = null;

  constructor(raw: JsonObject, time: number) {
    this.raw = raw;
    this.time = time;
  }

  get key(): string {
    const id = this.raw['eventID'];
    return typeof id === 'string' && id !== '' && id.length <= 128 ? `${accountOf(this.raw)}/${id}` : `sha256/${hashOfRecord(this.raw)}`;
  }

  get words(): Words {
    this.made ??= wordsOf(this.raw);
    return this.made;
  }
}

/** The account whose trail recorded it; older records name only the caller's. */
function accountOf(raw: JsonObject): string {
  return text(raw['recipientAccountId']) ?? text(object(raw['userIdentity'])['accountId']) ?? '';
}

function wordsOf(raw: JsonObject): Words {
  const account = accountOf(raw);
  const region = text(raw['awsRegion']) ?? '';
  const ip = text(raw['sourceIPAddress']);
  const userAgent = text(raw['userAgent']);
  const error = text(raw['errorCode']);
  const actor = actorOf(raw);
  const resource = resourceOf(raw, account, region);
  const insight = object(raw['insightDetails']);
  return {
    operation: text(raw['eventName']) ?? text(insight['eventName']) ?? '',
    service: text(raw['eventSource']) ?? text(insight['eventSource']) ?? '',
    account,
    region,
    ...(ip === null ? {} : { ip }),
    ...(userAgent === null ? {} : { userAgent }),
    ...(error === null ? {} : { error }),
    ...(actor === null ? {} : { actor }),
    ...(resource === null ? {} : { resource }),
  };
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html */
function actorOf(raw: JsonObject): Actor | null {
  const identity = object(raw['userIdentity']);
  const issuer = object(object(identity['sessionContext'])['sessionIssuer']);
  const type = text(identity['type']) ?? (text(identity['invokedBy']) === null ? null : 'AWSService');
  const principalId = text(identity['principalId']);
  const uid = text(identity['arn']) ?? principalId ?? text(identity['invokedBy']) ?? text(identity['accountId']);
  if (type === null && uid === null) return null;
  const name = text(identity['userName']) ?? uid?.replace(/^.*[/:]/, '') ?? '';
  const role = text(issuer['arn']);
  const accessKeyId = text(identity['accessKeyId']);
  const account = text(identity['accountId']);
  // In canonical order, as all that becomes part of a finding: it is printed and hashed faster.
  return {
    ...(accessKeyId === null ? {} : { accessKeyId }),
    ...(account === null ? {} : { account }),
    ...(role === null ? {} : { issuer: role }),
    name,
    ...(principalId === null ? {} : { principalId }),
    type: type ?? 'Unknown',
    uid: uid ?? '',
  };
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

function resourceOf(raw: JsonObject, account: string, region: string): ResourceRef | null {
  const listed = raw['resources'];
  if (Array.isArray(listed)) {
    for (const item of listed) {
      const uid = text(object(item)['ARN']);
      if (uid !== null)
        return {
          account: text(object(item)['accountId']) ?? account,
          name: uid.replace(/^.*[/:]/, ''),
          region,
          type: text(object(item)['type']) ?? '',
          uid,
        };
    }
  }
  const parameters = object(raw['requestParameters']);
  for (const [parameter, type] of telling) {
    const name = text(parameters[parameter]);
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
