import { asObject, listAt, textAt, valueAt } from '../../lib/json-at.ts';
import { CloudError, type CloudErrorKind } from '../../model/errors.ts';
import { type FindingSource, findingSources } from '../../model/imported.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Report } from '../../model/report.ts';
import type { Cloud } from '../../ports/cloud.ts';
import { accessAnalyzerReport } from './access-analyzer.ts';
import { asffReport } from './asff.ts';
import { healthOfMembers, ofAnalyzer, ofEvaluation, ofHealth, qualifier } from './ask-for-finding.ts';
import { configReport } from './config.ts';
import { guardDutyReport } from './guardduty.ts';
import { healthReport } from './health.ts';
import { inspectorReport } from './inspector.ts';
import { macieReport } from './macie.ts';
import { ocsfReport } from './ocsf-finding.ts';
import { reportTime } from './report-time.ts';

/** One service in one account and Region, and from when on its findings are wanted. */
export interface SourceReading {
  readonly cloud: Cloud;
  readonly account: string;
  readonly region: string;
  /** Changed at this time or later, in milliseconds since 1970; 0 is all that is open. */
  readonly since: number;
}

/** A finding, or why something that a service answered is none; null for what is rightly passed over. */
export type ReadReport = Report | string | null;

/** How findings of one service are listed. */
export interface SourceReader {
  readonly source: FindingSource;
  /** Every IAM action that it calls, and that asking for one finding calls. */
  readonly calls: readonly string[];
  /** `organization`: one account tells of all; `account`: one Region tells of all; `region`: each tells of its own. */
  readonly per: 'organization' | 'account' | 'region';
  /** Throws CloudError. */
  read(reading: SourceReading): AsyncIterable<ReadReport>;
}

/** What came of reading one service: a value, since a service that is off or may not be read is expected. */
export type SourceOutcome =
  | { readonly read: true }
  | { readonly read: false; readonly kind: CloudErrorKind; readonly code: string; readonly action: string };

type Call = (action: string, input?: JsonObject) => Promise<Json>;
const callOf =
  ({ cloud, account }: SourceReading, region: string): Call =>
  (action, input = {}) =>
    cloud.call({ account, region, action, input, role: 'reader' });

/** GetFindings of GuardDuty and Macie take so many ids, DescribeEventDetails so many ARNs. */
const atOnce = { findings: 50, events: 10 } as const;

function* chunks<T>(list: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < list.length; at += size) yield list.slice(at, at + size);
}

const texts = (list: readonly Json[]) => list.flatMap((one) => (typeof one === 'string' ? [one] : []));
const objects = (list: readonly Json[]): readonly JsonObject[] =>
  list.flatMap((one) => {
    const object = asObject(one);
    return object === null ? [] : [object];
  });

const mostPages = 20_000;

/** The members of a list that is too long to be held, page by page. `token` is the name under which it is sent and answered. */
async function* inPages(
  call: Call,
  action: string,
  input: JsonObject,
  list: string,
  token: 'NextToken' | 'nextToken',
): AsyncGenerator<JsonObject> {
  let next: string | null = null;
  for (let page = 0; ; page++) {
    const answer: Json = await call(action, next === null ? input : { ...input, [token]: next });
    yield* objects(listAt(answer, list));
    const following = textAt(answer, token);
    if (following === null || following === '') return;
    if (following === next || page >= mostPages)
      throw new CloudError('unavailable', 'EndlessList', action, `${action}: the pages do not end`);
    next = following;
  }
}

async function* readGuardDuty(reading: SourceReading): AsyncGenerator<ReadReport> {
  const call = callOf(reading, reading.region);
  for (const DetectorId of texts(listAt(await call('guardduty:ListDetectors'), 'DetectorIds'))) {
    const Criterion: JsonObject =
      reading.since === 0 ? { 'service.archived': { Equals: ['false'] } } : { updatedAt: { GreaterThanOrEqual: reading.since } };
    const ids = texts(listAt(await call('guardduty:ListFindings', { DetectorId, FindingCriteria: { Criterion } }), 'FindingIds'));
    for (const FindingIds of chunks(ids, atOnce.findings))
      for (const one of objects(listAt(await call('guardduty:GetFindings', { DetectorId, FindingIds }), 'Findings')))
        yield guardDutyReport(one);
  }
}

async function* readSecurityHub(reading: SourceReading): AsyncGenerator<ReadReport> {
  const call = callOf(reading, reading.region);
  const { since } = reading;
  // What passes and never failed is none of ours; later, what passes again is.
  const first = {
    RecordState: [{ Value: 'ACTIVE', Comparison: 'EQUALS' }],
    ComplianceStatus: [{ Value: 'PASSED', Comparison: 'NOT_EQUALS' }],
  };
  const changed = { UpdatedAt: [{ Start: new Date(since).toISOString(), End: '2100-01-01T00:00:00Z' }] };
  const input = { Filters: since === 0 ? first : changed, MaxResults: 100 };
  for await (const one of inPages(call, 'securityhub:GetFindings', input, 'Findings', 'NextToken')) yield asffReport(one);
}

/** The newer edition is another subscription: without it there is nothing to read, which is no fault. */
async function* readSecurityHubV2(reading: SourceReading): AsyncGenerator<ReadReport> {
  const call = callOf(reading, reading.region);
  const { since } = reading;
  const active = { StringFilters: [{ FieldName: 'status', Filter: { Value: 'New', Comparison: 'EQUALS' } }] };
  const changed = {
    DateFilters: [
      { FieldName: 'finding_info.modified_time_dt', Filter: { Start: new Date(since).toISOString(), End: '2100-01-01T00:00:00Z' } },
    ],
  };
  const input = { Filters: { CompositeFilters: [since === 0 ? active : changed] }, MaxResults: 100 };
  for await (const one of inPages(call, 'securityhub:GetFindingsV2', input, 'Findings', 'NextToken')) yield ocsfReport(one);
}

async function* readInspector(reading: SourceReading): AsyncGenerator<ReadReport> {
  const call = callOf(reading, reading.region);
  const { since } = reading;
  const filterCriteria: JsonObject =
    since === 0
      ? { findingStatus: [{ comparison: 'EQUALS', value: 'ACTIVE' }] }
      : { updatedAt: [{ startInclusive: new Date(since).toISOString() }] };
  for await (const one of inPages(call, 'inspector2:ListFindings', { filterCriteria, maxResults: 100 }, 'findings', 'nextToken'))
    yield inspectorReport(one);
}

async function* readMacie(reading: SourceReading): AsyncGenerator<ReadReport> {
  const call = callOf(reading, reading.region);
  const criterion: JsonObject = reading.since === 0 ? { archived: { eq: ['false'] } } : { updatedAt: { gte: reading.since } };
  const ids = texts(listAt(await call('macie2:ListFindings', { findingCriteria: { criterion } }), 'findingIds'));
  for (const findingIds of chunks(ids, atOnce.findings))
    for (const one of objects(listAt(await call('macie2:GetFindings', { findingIds }), 'findings'))) yield macieReport(one);
}

async function* readAccessAnalyzer(reading: SourceReading): AsyncGenerator<ReadReport> {
  const call = callOf(reading, reading.region);
  for (const analyzer of objects(listAt(await call('access-analyzer:ListAnalyzers'), 'analyzers'))) {
    const arn = textAt(analyzer, 'arn') ?? '';
    // Only the list of external access says who may reach it; the others come without that.
    const isExternal = !/_(UNUSED|INTERNAL)_ACCESS$/.test(textAt(analyzer, 'type') ?? '');
    const action = isExternal ? 'access-analyzer:ListFindings' : 'access-analyzer:ListFindingsV2';
    const filter: JsonObject = reading.since === 0 ? { filter: { status: { eq: ['ACTIVE'] } } } : {};
    for (const one of objects(listAt(await call(action, { analyzerArn: arn, ...filter }), 'findings')))
      if ((reportTime(one['updatedAt']) ?? reading.since) >= reading.since) yield accessAnalyzerReport(ofAnalyzer(one), arn);
  }
}

async function* readConfig(reading: SourceReading): AsyncGenerator<ReadReport> {
  const call = callOf(reading, reading.region);
  const { account, region, since } = reading;
  for (const rule of objects(listAt(await call('config:DescribeConfigRules'), 'ConfigRules'))) {
    const [name, arn] = [textAt(rule, 'ConfigRuleName') ?? '', textAt(rule, 'ConfigRuleArn') ?? ''];
    if (name.startsWith('securityhub-')) continue;
    const ComplianceTypes = since === 0 ? ['NON_COMPLIANT'] : ['NON_COMPLIANT', 'COMPLIANT', 'NOT_APPLICABLE'];
    const input = { ConfigRuleName: name, ComplianceTypes, Limit: 100 };
    for await (const result of inPages(call, 'config:GetComplianceDetailsByConfigRule', input, 'EvaluationResults', 'NextToken')) {
      if ((reportTime(valueAt(result, 'ResultRecordedTime')) ?? since) < since) continue;
      const names = {
        arn,
        rule: name,
        type: textAt(result, ...qualifier, 'ResourceType') ?? '',
        id: textAt(result, ...qualifier, 'ResourceId') ?? '',
      };
      yield configReport(ofEvaluation(result, { account, region, names }));
    }
  }
}

async function* readHealth(reading: SourceReading): AsyncGenerator<ReadReport> {
  // One endpoint for all Regions: https://docs.aws.amazon.com/health/latest/ug/health-api.html
  const call = callOf(reading, 'us-east-1');
  const services = ['RISK', 'ABUSE', 'SECURITY'];
  const filter: JsonObject =
    reading.since === 0
      ? { services, eventStatusCodes: ['open', 'upcoming'] }
      : { services, lastUpdatedTimes: [{ from: new Date(reading.since).toISOString() }] };
  const arns = objects(listAt(await call('health:DescribeEvents', { filter }), 'events')).flatMap((one) => textAt(one, 'arn') ?? []);
  for (const eventArns of chunks(arns, atOnce.events)) {
    const details = listAt(await call('health:DescribeEventDetails', { eventArns }), 'successfulSet');
    const entities = listAt(await call('health:DescribeAffectedEntities', { filter: { eventArns } }), 'entities');
    for (const one of details) {
      const arn = textAt(one, 'event', 'arn');
      const of = entities.filter((entity) => textAt(entity, 'eventArn') === arn);
      yield healthReport(ofHealth(one, of, reading.account));
    }
  }
}

/**
 * The events of all accounts, from the management account or one that it delegated this to, once the organization's view was turned on:
 * https://docs.aws.amazon.com/health/latest/ug/aggregate-events.html. Whose they are is asked of each event.
 */
async function* readHealthOfAll(reading: SourceReading): AsyncGenerator<ReadReport> {
  const call = callOf(reading, 'us-east-1');
  const { since, account: home } = reading;
  const changed: JsonObject = since === 0 ? {} : { lastUpdatedTime: { from: new Date(since).toISOString() } };
  const filter: JsonObject = { services: ['RISK', 'ABUSE', 'SECURITY'], ...changed };
  for (const event of objects(listAt(await call('health:DescribeEventsForOrganization', { filter }), 'events'))) {
    const eventArn = textAt(event, 'arn') ?? '';
    // The filter knows no status: at first only what is open is wanted.
    if (since === 0 && textAt(event, 'statusCode') === 'closed') continue;
    const affected = texts(listAt(await call('health:DescribeAffectedAccountsForOrganization', { eventArn }), 'affectedAccounts'));
    for (const accounts of chunks(affected, atOnce.events))
      for (const report of await healthOfMembers(
        call,
        home,
        accounts.map((awsAccountId) => ({ eventArn, awsAccountId })),
      ))
        yield report;
  }
}

/** All services whose findings come in; those of Security Hub in both of its forms. */
export const sourceReaders: readonly SourceReader[] = [
  {
    source: 'guardduty',
    per: 'region',
    calls: ['guardduty:ListDetectors', 'guardduty:ListFindings', 'guardduty:GetFindings'],
    read: readGuardDuty,
  },
  { source: 'security-hub', per: 'region', calls: ['securityhub:GetFindings'], read: readSecurityHub },
  { source: 'security-hub', per: 'region', calls: ['securityhub:GetFindingsV2'], read: readSecurityHubV2 },
  { source: 'inspector', per: 'region', calls: ['inspector2:ListFindings'], read: readInspector },
  { source: 'macie', per: 'region', calls: ['macie2:ListFindings', 'macie2:GetFindings'], read: readMacie },
  {
    source: 'access-analyzer',
    per: 'region',
    calls: [
      'access-analyzer:ListAnalyzers',
      'access-analyzer:ListFindings',
      'access-analyzer:ListFindingsV2',
      'access-analyzer:GetFindingV2',
    ],
    read: readAccessAnalyzer,
  },
  {
    source: 'config',
    per: 'region',
    calls: ['config:DescribeConfigRules', 'config:GetComplianceDetailsByConfigRule', 'config:GetComplianceDetailsByResource'],
    read: readConfig,
  },
  {
    source: 'health',
    per: 'account',
    calls: ['health:DescribeEvents', 'health:DescribeEventDetails', 'health:DescribeAffectedEntities', 'iam:GetAccessKeyLastUsed'],
    read: readHealth,
  },
  {
    source: 'health',
    per: 'organization',
    calls: [
      'health:DescribeEventsForOrganization',
      'health:DescribeAffectedAccountsForOrganization',
      'health:DescribeEventDetailsForOrganization',
      'health:DescribeAffectedEntitiesForOrganization',
    ],
    read: readHealthOfAll,
  },
];

/** Every IAM action that reading other services' findings calls, sorted. */
export const sourceReads: readonly string[] = [...new Set(sourceReaders.flatMap(({ calls }) => calls))].sort();

/** What came of a reading that failed. */
export function outcomeOf(error: unknown): SourceOutcome {
  if (!(error instanceof CloudError)) throw error;
  const { kind, code, action } = error;
  return { read: false, kind, code, action };
}

/** One sentence on a service that was not read. */
export function whyUnread(source: FindingSource, { kind, code, action }: Extract<SourceOutcome, { readonly read: false }>): string {
  const name = findingSources[source];
  // https://docs.aws.amazon.com/health/latest/ug/health-api.html
  if (source === 'health' && code.startsWith('SubscriptionRequired'))
    return 'AWS Health cannot be read: its API needs a Business, Enterprise On-Ramp or Enterprise support plan. What it sends by EventBridge comes in all the same.';
  switch (kind) {
    case 'denied':
      return `${name} may not be read: ${action} was refused (${code}).`;
    case 'unsupported':
      return `${name} cannot be read: ${action} is not available here (${code}).`;
    default:
      return `${name} was not read: ${action} failed (${code}).`;
  }
}
