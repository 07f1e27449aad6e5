import { z } from 'zod';
import { asObject, textAt, valueAt } from '../../lib/json-at.ts';
import type { Actor, ResourceRef } from '../../model/finding.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Report } from '../../model/report.ts';
import type { Severity } from '../../model/severity.ts';
import type { JsonFormat } from '../log-format.ts';
import { attackSequence } from './attack-sequence.ts';
import { camelKeys } from './camel-keys.ts';
import { guardDutyTactics } from './guardduty-tactics.ts';
import { workloadOf } from './guardduty-workload.ts';
import { type Around, actorOf, consoleUrl, principalAsResource, resourceByArn, resourceByName } from './names.ts';
import { reportEvent } from './report-event.ts';
import { account, region, text, time, whyNot } from './shapes.ts';

/** https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Finding.html */
const Finding = z.looseObject({
  accountId: account,
  arn: text.refine(
    (value) => /^arn:[a-z-]+:guardduty:[^:]*:\d{12}:detector\/[\w-]{1,300}\/finding\/[\w-]{1,300}$/.test(value),
    'is no ARN of a finding',
  ),
  id: text,
  region,
  type: text,
  title: text.default(''),
  description: text.default(''),
  severity: z.number(),
  createdAt: time,
  updatedAt: time,
  resource: z.looseObject({ resourceType: text.default('') }),
  service: z.looseObject({
    serviceName: z.literal('guardduty'),
    archived: z.boolean().default(false),
    count: z.number().default(1),
    eventFirstSeen: time.optional().catch(undefined),
    eventLastSeen: time.optional().catch(undefined),
    detectorId: text.default(''),
  }),
});

/** Findings of GuardDuty, from EventBridge, from exports to a bucket (lines of JSON) and as the command line prints them. */
export const guardDuty: JsonFormat = {
  source: 'aws.guardduty',
  recognises: (record) =>
    textAt(record, 'service', 'serviceName') === 'guardduty' || textAt(record, 'Service', 'ServiceName') === 'guardduty',
  event(record) {
    const report = guardDutyReport(record);
    return typeof report === 'string' ? report : reportEvent('aws.guardduty', record, report);
  },
};

/** What a finding of GuardDuty reports; a text says why it is none. */
export function guardDutyReport(record: JsonObject): Report | string {
  const body = 'Service' in record ? camelKeys(record) : record;
  const parsed = Finding.safeParse(body);
  if (!parsed.success) return whyNot(parsed.error);
  const finding = parsed.data;
  const { service } = finding;
  const around: Around = { account: finding.accountId, region: finding.region };
  const sequence = attackSequence(valueAt(body, 'service', 'detection'), around);
  const { kept: ofAction, ...action } = actionOf(body);
  // Such a pod has the addresses of its machine, and no network policy holds it back.
  const onHost = valueAt(body, 'resource', 'kubernetesDetails', 'kubernetesWorkloadDetails', 'hostNetwork') === true;
  const kept: JsonObject = { ...ofAction, ...sequence?.kept, ...(onHost ? { hostNetwork: true } : {}) };
  const [actor = null, ...otherActors] = sequence?.actors ?? [accessKeyOf(body, around)];
  const resources = sequence?.resources ?? resourcesOf(body, around, actor);
  const first = service.eventFirstSeen ?? finding.createdAt;
  const last = service.eventLastSeen ?? finding.updatedAt;
  return {
    source: 'guardduty',
    form: 'own',
    uid: finding.arn,
    part: '',
    type: finding.type,
    kind: 'detection',
    title: finding.title || finding.type,
    description: finding.description,
    severity: guardDutySeverity(finding.severity),
    said: String(finding.severity),
    state: service.archived ? 'archived' : 'active',
    sample: isSample(body),
    tactics: sequence?.tactics ?? guardDutyTactics(finding.type),
    account: finding.accountId,
    region: finding.region,
    updatedAt: finding.updatedAt,
    firstTime: Math.min(first, last),
    lastTime: Math.max(first, last),
    count: Math.max(1, Math.trunc(service.count)),
    ...(actor === null ? {} : { actor }),
    ...(otherActors.length === 0 ? {} : { otherActors: otherActors.flatMap((one) => one ?? []) }),
    resources,
    ...action,
    ...(sequence?.ip === undefined ? {} : { ip: sequence.ip }),
    ...(Object.keys(kept).length === 0 ? {} : { kept }),
    operation: action.operation ?? finding.type,
    service: action.service ?? 'guardduty.amazonaws.com',
    url: consoleUrl(
      finding.region,
      `/guardduty/home?region=${finding.region}#/findings?macros=current&fId=${encodeURIComponent(finding.id)}`,
    ),
    ref: { ...around, names: { detector: finding.arn.split('/')[1] ?? '', id: finding.arn.split('/')[3] ?? '' } },
    trusted: true,
  };
}

/** Critical 9 to 10, High 7 to 8.9, Medium 4 to 6.9, Low below: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html */
export function guardDutySeverity(said: number): Severity {
  return said >= 9 ? 'Critical' : said >= 7 ? 'High' : said >= 4 ? 'Medium' : 'Low';
}

/** https://docs.aws.amazon.com/guardduty/latest/ug/sample_findings.html: marked in `additionalInfo`, in older findings as a text of JSON. */
function isSample(body: JsonObject): boolean {
  const info = valueAt(body, 'service', 'additionalInfo');
  if (valueAt(info, 'sample') === true) return true;
  const value = textAt(info, 'value');
  return value !== null && /"sample"\s*:\s*true/.test(value.slice(0, 10_000));
}

function accessKeyOf(body: JsonObject, around: Around): Actor | null {
  const details = asObject(valueAt(body, 'resource', 'accessKeyDetails'));
  if (details === null) return null;
  const field = (name: string) => textAt(details, name) ?? '';
  return actorOf(
    { type: field('userType'), name: field('userName'), principalId: field('principalId'), accessKeyId: field('accessKeyId') },
    around,
  );
}

type Action = Partial<Pick<Report, 'operation' | 'service' | 'ip' | 'userAgent' | 'error' | 'kept'>>;

/** What was done, by the type of action; of those that several hosts took part in, the first. */
function actionOf(body: JsonObject): Action {
  const action = valueAt(body, 'service', 'action');
  const api = asObject(valueAt(action, 'awsApiCallAction'));
  const network = valueAt(action, 'networkConnectionAction');
  const dns = textAt(action, 'dnsRequestAction', 'domain');
  const probe = valueAt(action, 'portProbeAction', 'portProbeDetails', 0);
  const kubernetes = asObject(valueAt(action, 'kubernetesApiCallAction'));
  const login = valueAt(action, 'rdsLoginAttemptAction');
  const ip = [api, network, probe, kubernetes, login].map(addressIn).find((one) => one !== null) ?? null;
  const error = textAt(api, 'errorCode');
  const userAgent = textAt(api, 'userAgentDetails', 'fullUserAgent') ?? textAt(kubernetes, 'userAgent');
  const role = textAt(body, 'service', 'resourceRole');
  const kept: JsonObject = { ...(role === null ? {} : { resourceRole: role }), ...(dns === null ? {} : { domain: dns }) };
  const call =
    api !== null
      ? { operation: textAt(api, 'api') ?? '', service: textAt(api, 'serviceName') ?? '' }
      : kubernetes !== null
        ? {
            operation: `${textAt(kubernetes, 'verb') ?? ''} ${textAt(kubernetes, 'requestUri') ?? ''}`.trim(),
            service: 'eks.amazonaws.com',
          }
        : { operation: '', service: '' };
  return {
    ...(call.operation === '' ? {} : { operation: call.operation }),
    ...(call.service === '' ? {} : { service: call.service }),
    ...(ip === null ? {} : { ip }),
    ...(error === null || error === '' ? {} : { error }),
    ...(userAgent === null || userAgent === '' ? {} : { userAgent }),
    ...(Object.keys(kept).length === 0 ? {} : { kept }),
  };
}

function addressIn(action: Json | null): string | null {
  return textAt(action, 'remoteIpDetails', 'ipAddressV4') ?? textAt(action, 'remoteIpDetails', 'ipAddressV6');
}

/** What it is about: the things named first, then whose credentials were used. */
function resourcesOf(body: JsonObject, around: Around, actor: Actor | null): readonly ResourceRef[] {
  const resource = valueAt(body, 'resource');
  const found: (ResourceRef | null)[] = [
    byName(resource, 'AWS::EC2::Instance', around, 'instanceDetails', 'instanceId'),
    ...listOf(resource, 'instanceDetails', 'networkInterfaces').map((one) =>
      byName(one, 'AWS::EC2::NetworkInterface', around, 'networkInterfaceId'),
    ),
    ...listOf(resource, 's3BucketDetails').map((one) => {
      const arn = textAt(one, 'arn');
      return arn === null ? byName(one, 'AWS::S3::Bucket', around, 'name') : resourceByArn(arn, 'AWS::S3::Bucket', around);
    }),
    byArn(resource, 'AWS::EKS::Cluster', around, 'eksClusterDetails', 'arn'),
    ...workloadOf(body, around),
    byArn(resource, 'AWS::ECS::Cluster', around, 'ecsClusterDetails', 'arn'),
    byArn(resource, 'AWS::RDS::DBInstance', around, 'rdsDbInstanceDetails', 'dbInstanceArn'),
    byArn(resource, 'AWS::Lambda::Function', around, 'lambdaDetails', 'functionArn'),
    byArn(resource, 'AWS::EC2::Snapshot', around, 'ebsSnapshotDetails', 'snapshotArn'),
    byArn(resource, 'AWS::EC2::Image', around, 'ec2ImageDetails', 'imageArn'),
    ...listOf(resource, 'ebsVolumeDetails', 'scannedVolumeDetails').map((one) => byArn(one, 'AWS::EC2::Volume', around, 'volumeArn')),
    ...affected(body, around),
    principalAsResource(actor, around),
  ];
  const known = new Map(found.flatMap((one) => (one === null || one.uid === '' ? [] : [[one.uid, one] as const])));
  return [...known.values()].slice(0, mostResources);
}

/** What a call changed: CloudFormation type -> name or ARN. */
function affected(body: JsonObject, around: Around): readonly ResourceRef[] {
  const named = asObject(valueAt(body, 'service', 'action', 'awsApiCallAction', 'affectedResources')) ?? {};
  return Object.entries(named).flatMap(([type, name]) =>
    typeof name === 'string' && name !== '' ? [resourceByName(type.slice(0, 128), name.slice(0, 1_024), around)] : [],
  );
}

const mostResources = 50;

function byName(value: Json | null, type: string, around: Around, ...path: readonly string[]): ResourceRef | null {
  const name = textAt(value, ...path);
  return name === null || name === '' ? null : resourceByName(type, name, around);
}

function byArn(value: Json | null, type: string, around: Around, ...path: readonly string[]): ResourceRef | null {
  const arn = textAt(value, ...path);
  return arn === null || !arn.startsWith('arn:') ? null : resourceByArn(arn, type, around);
}

function listOf(value: Json | null, ...path: readonly string[]): readonly Json[] {
  const list = valueAt(value, ...path);
  return Array.isArray(list) ? list.slice(0, mostResources) : [];
}
