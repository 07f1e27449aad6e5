import { z } from 'zod';
import { asObject, listAt, textAt, valueAt } from '../../lib/json-at.ts';
import type { Actor, FindingKind, ResourceRef } from '../../model/finding.ts';
import type { FindingSource, SourceState } from '../../model/imported.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Report } from '../../model/report.ts';
import type { Severity } from '../../model/severity.ts';
import type { JsonFormat } from '../log-format.ts';
import { type AttackSequence, attackSequence, isAttackSequence, type KeyHolder, withoutAlike } from './attack-sequence.ts';
import { camelKeys } from './camel-keys.ts';
import { guardDutyTactics } from './guardduty-tactics.ts';
import { accessType, configUid, healthUid, kindOf, macieUid } from './identity.ts';
import { type Around, actorOf, consoleUrl, principalAsResource, resourceByArn } from './names.ts';
import { reportEvent } from './report-event.ts';
import { account, text, time, whyNot } from './shapes.ts';

/** https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html */
const Finding = z.looseObject({
  AwsAccountId: account,
  Id: text.refine((value) => value !== '', 'is empty'),
  ProductArn: text.refine((value) => productArn.test(value), 'is no ARN of a product'),
  GeneratorId: text.default(''),
  Title: text.default(''),
  Description: text.default(''),
  Types: z.array(text).default([]),
  CreatedAt: time,
  UpdatedAt: time,
  FirstObservedAt: time.optional().catch(undefined),
  LastObservedAt: time.optional().catch(undefined),
  RecordState: text.default('ACTIVE'),
  Sample: z.boolean().optional().catch(undefined),
  Severity: z
    .looseObject({ Label: text.optional(), Normalized: z.number().optional(), Original: text.optional().catch(undefined) })
    .default({}),
  Workflow: z.looseObject({ Status: text.default('NEW') }).default({ Status: 'NEW' }),
  Compliance: z.looseObject({ Status: text.optional(), SecurityControlId: text.optional() }).optional().catch(undefined),
  Vulnerabilities: z
    .array(z.looseObject({ Id: text }))
    .optional()
    .catch(undefined),
  Resources: z.array(z.looseObject({ Id: text, Type: text.default('Other'), Region: text.optional() })).default([]),
});
type Finding = z.infer<typeof Finding>;

const productArn = /^arn:[a-z-]+:securityhub:([a-z0-9-]+):(\d{12})?:product\/([^/]+)\/([^/]+)$/;
const mostResources = 50;

/** Findings of Security Hub in the AWS Security Finding Format, from EventBridge and as the command line prints them. */
export const asff: JsonFormat = {
  source: 'aws.security-hub',
  recognises: (record) =>
    typeof record['ProductArn'] === 'string' && typeof record['AwsAccountId'] === 'string' && record['Types'] !== undefined,
  event(record) {
    const report = asffReport(record);
    if (report === null || typeof report === 'string') return report;
    return reportEvent('aws.security-hub', record, report);
  },
};

/** What a finding of Security Hub reports; null for one that jobzero itself has put there, a text says why it is none. */
export function asffReport(record: JsonObject): Report | string | null {
  const parsed = Finding.safeParse(record);
  if (!parsed.success) return whyNot(parsed.error);
  const finding = parsed.data;
  if (finding.Id.startsWith('jobzero/')) return null;
  const [, region = '', , company = '', product = ''] = productArn.exec(finding.ProductArn) ?? [];
  const around: Around = { account: finding.AwsAccountId, region };
  const isAws = company === 'aws' && finding.ProductArn.includes('::product/');
  const source = isAws ? (products.get(product) ?? 'security-hub') : 'security-hub';
  const type = typeOf(finding, record, source);
  const sequence = source === 'guardduty' ? sequenceOf(record, around) : null;
  const [actor = null, ...otherActors] = sequence?.actors ?? (isAttackSequence(type) ? [] : [credentialsOf(record, around)]);
  const resources = resourcesOf(finding, around, [actor, ...otherActors]);
  const first = finding.FirstObservedAt ?? finding.CreatedAt;
  const last = finding.LastObservedAt ?? finding.UpdatedAt;
  const call = callOf(record);
  return {
    source,
    form: 'asff',
    uid: uidOf(finding, record, source, around),
    part: '',
    type,
    kind: source === 'security-hub' ? kindByTypes(finding) : kindOf(source, typeForKind(finding, type)),
    title: finding.Title || type,
    description: finding.Description,
    severity: asffSeverity(finding.Severity.Label, finding.Severity.Normalized),
    said: finding.Severity.Label ?? String(finding.Severity.Normalized ?? ''),
    state: stateOf(finding),
    sample: finding.Sample === true || isSample(record),
    tactics: sequence?.tactics ?? (source === 'guardduty' ? guardDutyTactics(type) : []),
    account: finding.AwsAccountId,
    region,
    updatedAt: finding.UpdatedAt,
    firstTime: Math.min(first, last),
    lastTime: Math.max(first, last),
    count: 1,
    ...(actor === null ? {} : { actor }),
    ...(otherActors.length === 0 ? {} : { otherActors: otherActors.flatMap((one) => one ?? []) }),
    resources: isAttackSequence(type) ? withoutAlike(resources, sequence?.touched ?? new Set()) : resources,
    ...call,
    ...(sequence?.ip === undefined ? {} : { ip: sequence.ip }),
    ...(sequence === null || Object.keys(sequence.kept).length === 0 ? {} : { kept: sequence.kept }),
    operation: call.operation ?? type,
    service: call.service ?? 'securityhub.amazonaws.com',
    url: consoleUrl(
      region,
      `/securityhub/home?region=${region}#/findings?search=${encodeURIComponent(`Id=\\operator\\:EQUALS\\:${finding.Id}`)}`,
    ),
    ref: { ...around, names: { id: finding.Id, product: finding.ProductArn } },
    // Whoever may call BatchImportFindings in an account can put findings of the account's own products there.
    trusted: isAws,
  };
}

/** AWS's own products by the last part of their ARN: https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-internal-providers.html */
const products: ReadonlyMap<string, FindingSource> = new Map([
  ['guardduty', 'guardduty'],
  ['inspector', 'inspector'],
  ['macie', 'macie'],
  ['access-analyzer', 'access-analyzer'],
  ['config', 'config'],
  ['health', 'health'],
]);

function uidOf(finding: Finding, record: JsonObject, source: FindingSource, around: Around): string {
  switch (source) {
    case 'macie':
      return macieUid(around, finding.Id);
    case 'config':
      return configUid(textAt(record, 'ProductFields', 'aws/config/ConfigRuleArn') ?? finding.GeneratorId, finding.Resources[0]?.Id ?? '');
    case 'health':
      return healthUid(finding.Id, finding.AwsAccountId);
    // GuardDuty and Inspector have ARNs, and the id of Access Analyzer's is analyzer and resource. Others are told apart by product as well.
    case 'guardduty':
    case 'inspector':
    case 'access-analyzer':
      return finding.Id;
    default:
      return `${finding.ProductArn}/${finding.AwsAccountId}/${finding.Id}`;
  }
}

/** The type as the service itself says it. Security Hub puts it at the end of its own taxonomy, with a hyphen for the slash. */
function typeOf(finding: Finding, record: JsonObject, source: FindingSource): string {
  const last = finding.Types[0]?.split('/').at(-1) ?? '';
  switch (source) {
    case 'guardduty':
    case 'macie':
      return serviceType(finding.Types[0] ?? '') || finding.GeneratorId;
    case 'inspector':
      return (
        finding.Vulnerabilities?.[0]?.Id ?? (/reachab/i.test(finding.Types.join(' ')) ? 'NETWORK_REACHABILITY' : 'PACKAGE_VULNERABILITY')
      );
    case 'access-analyzer': {
      const isPublic = textAt(record, 'ProductFields', 'isPublic') === 'true' || /public access/i.test(finding.Title);
      const access = /unused/i.test(last)
        ? 'UnusedAccess'
        : /internal/i.test(last)
          ? 'InternalAccess'
          : isPublic
            ? 'PublicAccess'
            : 'ExternalAccess';
      return accessType(access, cloudFormationType(finding.Resources[0]?.Type ?? 'Other'));
    }
    case 'config':
      return textAt(record, 'ProductFields', 'aws/config/ConfigRuleName') ?? finding.Title;
    case 'health':
      return /\/(AWS_[A-Z0-9_]+?)(?:\/|_[0-9]|$)/.exec(finding.Id)?.[1] ?? (finding.Title || 'AWS_HEALTH_EVENT');
    default:
      return finding.Compliance?.SecurityControlId ?? (last || finding.GeneratorId);
  }
}

/** `TTPs/Discovery:IAMUser-AnomalousBehavior` and `TTPs/AttackSequence:IAM/CompromisedCredentials`: the rest after the taxonomy, of which no word has a colon. */
function serviceType(type: string): string {
  const parts = type.split('/');
  const from = parts.findIndex((part) => part.includes(':'));
  if (from < 0) return parts.at(-1) ?? '';
  const rest = parts.slice(from).join('/');
  return rest.replace(/^([^-/]*:[^-/]*)-/, '$1/');
}

const typeForKind = (finding: Finding, type: string) =>
  type === 'NETWORK_REACHABILITY' || finding.Vulnerabilities !== undefined
    ? finding.Vulnerabilities === undefined
      ? type
      : 'PACKAGE_VULNERABILITY'
    : type;

/** https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-type-taxonomy.html */
function kindByTypes({ Types, Compliance }: Finding): FindingKind {
  const [type = ''] = Types;
  if (Compliance?.Status !== undefined || Compliance?.SecurityControlId !== undefined) return 'compliance';
  if (type.startsWith('Software and Configuration Checks/Vulnerabilities')) return 'vulnerability';
  if (type.startsWith('Software and Configuration Checks')) return 'compliance';
  if (type.startsWith('Sensitive Data Identifications')) return 'data-security';
  return 'detection';
}

/** https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Severity.html */
export function asffSeverity(label: string | undefined, normalized: number | undefined): Severity {
  const known: ReadonlyMap<string, Severity> = new Map([
    ['INFORMATIONAL', 'Informational'],
    ['LOW', 'Low'],
    ['MEDIUM', 'Medium'],
    ['HIGH', 'High'],
    ['CRITICAL', 'Critical'],
  ]);
  const labelled = known.get(label ?? '');
  if (labelled !== undefined) return labelled;
  const n = normalized ?? 0;
  return n >= 90 ? 'Critical' : n >= 70 ? 'High' : n >= 40 ? 'Medium' : n >= 1 ? 'Low' : 'Informational';
}

function stateOf({ RecordState, Workflow, Compliance }: Finding): SourceState {
  if (Workflow.Status === 'SUPPRESSED') return 'suppressed';
  if (Workflow.Status === 'RESOLVED' || Compliance?.Status === 'PASSED') return 'resolved';
  return RecordState === 'ARCHIVED' ? 'archived' : 'active';
}

/** GuardDuty's samples keep their mark in a text: in older findings a whole, in newer ones a field of its own. */
function isSample(record: JsonObject): boolean {
  const fields = asObject(valueAt(record, 'ProductFields')) ?? {};
  const value = (name: string) => textAt(fields, name) ?? '';
  return (
    value('aws/guardduty/service/additionalInfo/sample') === 'true' ||
    /"sample"\s*:\s*true/.test(
      `${value('aws/guardduty/service/additionalInfo/value')} ${value('aws/guardduty/service/additionalInfo')}`.slice(0, 10_000),
    )
  );
}

/** Whose access key it is about. */
function credentialsOf(record: JsonObject, around: Around): Actor | null {
  const [first] = keysOf(record);
  return first === undefined ? null : actorOf(first, around);
}

/** The access keys among the resources: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsIamAccessKeyDetails.html */
function keysOf(record: JsonObject): readonly (KeyHolder & { readonly accessKeyId: string })[] {
  return listAt(record, 'Resources')
    .slice(0, mostResources)
    .flatMap((resource) => {
      const details = asObject(valueAt(resource, 'Details', 'AwsIamAccessKey'));
      if (details === null) return [];
      const field = (name: string) => textAt(details, name) ?? '';
      const id = /^AWS::IAM::AccessKey:(A[A-Z0-9]{15,127})$/.exec(textAt(resource, 'Id') ?? '')?.[1] ?? '';
      return [
        {
          type: field('PrincipalType'),
          name: field('PrincipalName') || field('UserName'),
          principalId: field('PrincipalId'),
          accessKeyId: field('AccessKeyId') || id,
        },
      ];
    });
}

/**
 * Who did an attack of several steps; what it was done to is among the finding's resources.
 * https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Sequence.html
 */
function sequenceOf(record: JsonObject, around: Around): AttackSequence | null {
  const detection = asObject(valueAt(record, 'Detection'));
  if (detection === null) return null;
  return attackSequence(camelKeys(detection), around, new Map(keysOf(record).map((one) => [one.accessKeyId, one])));
}

type Call = Partial<Pick<Report, 'operation' | 'service' | 'ip' | 'error'>>;

function callOf(record: JsonObject): Call {
  const action = valueAt(record, 'Action');
  const field = (name: string) => textAt(record, 'ProductFields', `aws/guardduty/service/action/${name}`);
  const api = textAt(action, 'AwsApiCallAction', 'Api') ?? field('awsApiCallAction/api');
  const service = textAt(action, 'AwsApiCallAction', 'ServiceName') ?? field('awsApiCallAction/serviceName');
  const ip =
    textAt(action, 'AwsApiCallAction', 'RemoteIpDetails', 'IpAddressV4') ??
    textAt(action, 'NetworkConnectionAction', 'RemoteIpDetails', 'IpAddressV4') ??
    field('awsApiCallAction/remoteIpDetails/ipAddressV4') ??
    field('networkConnectionAction/remoteIpDetails/ipAddressV4');
  const error = field('awsApiCallAction/errorCode');
  return {
    ...(api === null || api === '' ? {} : { operation: api.slice(0, 256) }),
    ...(service === null || service === '' ? {} : { service: service.slice(0, 256) }),
    ...(ip === null ? {} : { ip: ip.slice(0, 64) }),
    ...(error === null || error === '' ? {} : { error: error.slice(0, 256) }),
  };
}

function resourcesOf(finding: Finding, around: Around, actors: readonly (Actor | null)[]): readonly ResourceRef[] {
  const named = finding.Resources.slice(0, mostResources).flatMap(({ Id, Type, Region }) => {
    if (Type === 'AwsIamAccessKey') return [];
    if (Type === 'AwsAccount') return [resourceByArn(Id, 'AWS::::Account', around, around.account)];
    return [resourceByArn(Id, cloudFormationType(Type), Region === undefined ? around : { ...around, region: Region })];
  });
  const principals = actors.flatMap((actor) => principalAsResource(actor, around) ?? []);
  return [...new Map([...named, ...principals].map((one) => [one.uid, one])).values()];
}

const irregular: ReadonlyMap<string, string> = new Map([
  ['AwsDynamoDbTable', 'AWS::DynamoDB::Table'],
  ['AwsEc2Vpc', 'AWS::EC2::VPC'],
  ['AwsIamPolicy', 'AWS::IAM::ManagedPolicy'],
  ['AwsKmsKey', 'AWS::KMS::Key'],
  ['AwsRdsDbCluster', 'AWS::RDS::DBCluster'],
  ['AwsRdsDbInstance', 'AWS::RDS::DBInstance'],
  ['AwsRdsDbSnapshot', 'AWS::RDS::DBSnapshot'],
  ['AwsSecretsManagerSecret', 'AWS::SecretsManager::Secret'],
  ['AwsCloudTrailTrail', 'AWS::CloudTrail::Trail'],
  ['AwsEcrContainerImage', 'AWS::ECR::Image'],
  ['AwsSnsTopic', 'AWS::SNS::Topic'],
  ['AwsSqsQueue', 'AWS::SQS::Queue'],
]);
const services: ReadonlyMap<string, string> = new Map(
  ['EC2', 'IAM', 'S3', 'ECR', 'ECS', 'EKS', 'EFS', 'RDS', 'KMS', 'Lambda', 'Redshift', 'ElasticLoadBalancingV2'].map((name) => [
    name.toLowerCase(),
    name,
  ]),
);

/** `AwsEc2Instance` is `AWS::EC2::Instance`; what it does not know stays as it is. */
function cloudFormationType(type: string): string {
  const known = irregular.get(type);
  if (known !== undefined) return known;
  const [, service = '', resource = ''] = /^Aws([A-Z][a-z0-9]+)([A-Z]\w*)$/.exec(type) ?? [];
  const named = services.get(service.toLowerCase());
  return named === undefined ? type : `AWS::${named}::${resource}`;
}
