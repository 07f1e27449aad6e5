import { partitionOf } from '../../lib/arn.ts';
import { parseAddress } from '../../lib/cidr.ts';
import { clip, clipLine } from '../../lib/clip.ts';
import type { Finding, FindingState, ResourceRef } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Severity } from '../../model/severity.ts';
import { isoTime } from './iso-time.ts';

/** CloudFormation types whose name in ASFF is not simply `Aws`, the service and the resource run together. */
const irregular: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'AWS::::Account': 'AwsAccount',
    'AWS::AccessAnalyzer::Analyzer': 'Other',
    'AWS::DynamoDB::Table': 'AwsDynamoDbTable',
    'AWS::EC2::VPC': 'AwsEc2Vpc',
    'AWS::IAM::ManagedPolicy': 'AwsIamPolicy',
    'AWS::IAM::AccessKey': 'AwsIamAccessKey',
    'AWS::KMS::Key': 'AwsKmsKey',
    'AWS::RDS::DBCluster': 'AwsRdsDbCluster',
    'AWS::RDS::DBInstance': 'AwsRdsDbInstance',
    'AWS::RDS::DBSnapshot': 'AwsRdsDbSnapshot',
    'AWS::SecretsManager::Secret': 'AwsSecretsManagerSecret',
  }),
);

/** https://docs.aws.amazon.com/securityhub/latest/userguide/asff-resources-attributes.html: the types that it lists. */
const regular = new Set([
  'AWS::CloudTrail::Trail',
  'AWS::EC2::Instance',
  'AWS::EC2::NetworkAcl',
  'AWS::EC2::NetworkInterface',
  'AWS::EC2::RouteTable',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::Subnet',
  'AWS::EC2::Volume',
  'AWS::ECR::Repository',
  'AWS::ECS::Cluster',
  'AWS::EKS::Cluster',
  'AWS::IAM::Group',
  'AWS::IAM::Role',
  'AWS::IAM::User',
  'AWS::Lambda::Function',
  'AWS::S3::Bucket',
  'AWS::S3::Object',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
]);

const mixedCase: ReadonlyMap<string, string> = new Map(Object.entries({ CloudTrail: 'CloudTrail', Lambda: 'Lambda' }));

/** ASFF's spelling of a CloudFormation type (`AwsIamUser`); `Other` for what ASFF does not list. */
export function asffType(type: string): string {
  const other = irregular.get(type);
  if (other !== undefined) return other;
  if (!regular.has(type)) return 'Other';
  const [, service = '', resource = ''] = type.split('::');
  return `Aws${mixedCase.get(service) ?? `${service.slice(0, 1)}${service.slice(1).toLowerCase()}`}${resource}`;
}

/** https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Severity.html */
const severities: { readonly [S in Severity]: { readonly Label: string; readonly Normalized: number } } = {
  Informational: { Label: 'INFORMATIONAL', Normalized: 0 },
  Low: { Label: 'LOW', Normalized: 1 },
  Medium: { Label: 'MEDIUM', Normalized: 40 },
  High: { Label: 'HIGH', Normalized: 70 },
  Critical: { Label: 'CRITICAL', Normalized: 90 },
};

/** Types of the taxonomy for ASFF, by the ATT&CK tactic; Security Hub groups by them. */
const tacticTypes: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'initial-access': 'TTPs/Initial Access',
    execution: 'TTPs/Execution',
    persistence: 'TTPs/Persistence',
    'privilege-escalation': 'TTPs/Privilege Escalation',
    'defense-evasion': 'TTPs/Defense Evasion',
    'defense-impairment': 'TTPs/Defense Evasion',
    stealth: 'TTPs/Defense Evasion',
    'credential-access': 'TTPs/Credential Access',
    discovery: 'TTPs/Discovery',
    'lateral-movement': 'TTPs/Lateral Movement',
    collection: 'TTPs/Collection',
    'command-and-control': 'TTPs/Command and Control',
    exfiltration: 'Effects/Data Exfiltration',
    impact: 'Effects/Data Destruction',
  }),
);

/**
 * The finding in the AWS Security Finding Format, within its limits, as BatchImportFindings takes it:
 * https://docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html. `changedAt`: when its life changed last.
 */
export function toAsff(finding: Finding, state?: FindingState, changedAt = finding.lastTime): JsonObject {
  const region = homeRegion(finding.region);
  const partition = partitionOf(region);
  const first = isoTime(finding.firstTime);
  const last = isoTime(finding.lastTime);
  return {
    ...actionOf(finding),
    AwsAccountId: clipLine(finding.account, 12),
    CompanyName: 'jobzero',
    ...(finding.kind === 'compliance' ? { Compliance: { SecurityControlId: clipLine(finding.rule.id, 512), Status: 'FAILED' } } : {}),
    CreatedAt: first,
    Description: orDash(
      clipLine(finding.rule.description === '' ? finding.message : `${finding.message} ${finding.rule.description}`, 1024),
    ),
    // What a provider says anew of these counts only here, once people may have changed them at the top:
    // https://docs.aws.amazon.com/securityhub/latest/userguide/finding-update-batchimportfindings.html
    FindingProviderFields: {
      Severity: { Label: severities[finding.severity].Label, Original: finding.severity },
      Types: typesOf(finding),
    },
    FirstObservedAt: first,
    GeneratorId: orDash(clipLine(finding.rule.id, 512)),
    Id: `jobzero/${clipLine(finding.tenant, 128)}/${finding.id}`,
    LastObservedAt: last,
    ProductArn: `arn:${partition}:securityhub:${clipLine(region, 64)}:${clipLine(finding.account, 12)}:product/${clipLine(finding.account, 12)}/default`,
    ProductFields: {
      'jobzero/count': `${finding.count.atLeast ? 'at least ' : ''}${finding.count.n}`,
      ...(finding.evidence.length === 0 ? {} : { 'jobzero/events': eventIds(finding) }),
      'jobzero/revision': finding.revision,
      ...(finding.rule.techniques.length === 0 ? {} : { 'jobzero/techniques': clipLine(finding.rule.techniques.join(','), 2048) }),
    },
    ProductName: 'jobzero',
    RecordState: state === 'retracted' || state === 'resolved' ? 'ARCHIVED' : 'ACTIVE',
    Resources: resourcesOf(finding),
    SchemaVersion: '2018-10-08',
    Severity: { ...severities[finding.severity], Original: finding.severity },
    Title: orDash(clipLine(finding.rule.title, 256)),
    Types: typesOf(finding),
    // A later import counts only with a later time.
    UpdatedAt: isoTime(Math.max(finding.lastTime, changedAt)),
    ...(state === undefined ? {} : { Workflow: { Status: workflows[state] } }),
  };
}

const workflows: { readonly [S in FindingState]: string } = {
  open: 'NEW',
  acknowledged: 'NOTIFIED',
  suppressed: 'SUPPRESSED',
  resolved: 'RESOLVED',
  retracted: 'RESOLVED',
};

/** ASFF refuses texts without a visible character. */
const orDash = (line: string): string => (line.trim() === '' ? '-' : line);

/** Findings on global services belong to the partition's own Region, since Security Hub is regional. */
function homeRegion(region: string): string {
  return region === '' || region === 'aws-global' ? 'us-east-1' : region;
}

/** As many whole ids of the events in evidence as a product field holds. */
function eventIds(finding: Finding): string {
  let ids = '';
  for (const { id } of finding.evidence) {
    const next = ids === '' ? clipLine(id, 256) : `${ids},${clipLine(id, 256)}`;
    if (next.length > 2048) break;
    ids = next;
  }
  return ids;
}

function typesOf(finding: Finding): string[] {
  if (finding.kind === 'compliance') return ['Software and Configuration Checks/AWS Security Best Practices'];
  if (finding.kind === 'vulnerability') return ['Software and Configuration Checks/Vulnerabilities/CVE'];
  if (finding.kind === 'data-security') return ['Sensitive Data Identifications'];
  const types = new Set(finding.rule.tactics.map((tactic) => tacticTypes.get(tactic) ?? 'Unusual Behaviors'));
  return types.size === 0 ? ['Unusual Behaviors'] : [...types].sort();
}

function resourcesOf(finding: Finding): JsonObject[] {
  const account: ResourceRef = {
    uid: `AWS::::Account:${finding.account}`,
    type: 'AWS::::Account',
    name: finding.account,
    account: finding.account,
    region: finding.region,
  };
  // A finding must have one resource at least, and may have 32.
  return (finding.resources.length === 0 ? [account] : finding.resources.slice(0, 32)).map((resource) => {
    const type = asffType(resource.type);
    return {
      ...(type === 'Other' ? { Details: { Other: { Name: clipLine(resource.name, 1024), Type: clipLine(resource.type, 1024) } } } : {}),
      Id: orDash(clip(resource.uid, 512)),
      Partition: partitionOf(resource.region),
      Region: clipLine(homeRegion(resource.region), 64),
      Type: type,
    };
  });
}

/** The API call of the first match, so that Security Hub shows who did it from where. */
function actionOf(finding: Finding): JsonObject {
  const [first] = finding.evidence;
  if (finding.kind !== 'detection' || first === undefined) return {};
  const address = first.ip === undefined ? null : parseAddress(first.ip);
  return {
    Action: {
      ActionType: 'AWS_API_CALL',
      AwsApiCallAction: {
        Api: orDash(clipLine(first.operation, 128)),
        CallerType: first.ip !== undefined && address === null ? 'domain' : 'remoteIp',
        ...(first.ip !== undefined && address === null ? { DomainDetails: { Domain: orDash(clipLine(first.ip, 128)) } } : {}),
        FirstSeen: isoTime(finding.firstTime),
        LastSeen: isoTime(finding.lastTime),
        ...(first.ip !== undefined && address?.family === 4 ? { RemoteIpDetails: { IpAddressV4: first.ip } } : {}),
        ServiceName: orDash(clipLine(first.service, 128)),
      },
    },
  };
}
