import { asObject, listAt, textAt, valueAt } from '../../lib/json-at.ts';
import type { FindingSource, ReportForm, ReportRef } from '../../model/imported.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Report } from '../../model/report.ts';
import type { Cloud } from '../../ports/cloud.ts';
import { accessAnalyzerReport } from './access-analyzer.ts';
import { asffReport } from './asff.ts';
import { configReport } from './config.ts';
import { guardDutyReport } from './guardduty.ts';
import { healthReport } from './health.ts';
import { inspectorReport } from './inspector.ts';
import { macieReport } from './macie.ts';
import { ocsfReport } from './ocsf-finding.ts';

/**
 * What AWS itself says of a finding now, in this form; null when it knows none of this id, or what it answers is none. Throws CloudError.
 * Whoever can write to a queue cannot write this answer.
 */
export async function askForFinding(cloud: Cloud, source: FindingSource, form: ReportForm, ref: ReportRef): Promise<Report | null> {
  const { account, names } = ref;
  const ask = (action: string, input: JsonObject, region = ref.region) => cloud.call({ account, region, action, input, role: 'reader' });
  const made = (report: Report | string | null) => (report === null || typeof report === 'string' ? null : report);
  if (form === 'asff') {
    const is = (value = '') => [{ Value: value, Comparison: 'EQUALS' }];
    const answer = await ask('securityhub:GetFindings', { Filters: { Id: is(names['id']), ProductArn: is(names['product']) } });
    return made(
      firstOf(answer, 'Findings', asffReport, (one) => textAt(one, 'Id') === names['id'] && textAt(one, 'ProductArn') === names['product']),
    );
  }
  if (form === 'ocsf') {
    const field = (FieldName: string, Value = '') => ({ FieldName, Filter: { Value, Comparison: 'EQUALS' } });
    const StringFilters = [field('finding_info.uid', names['id']), field('metadata.product.uid', names['product'])];
    const answer = await ask('securityhub:GetFindingsV2', {
      Filters: { CompositeOperator: 'AND', CompositeFilters: [{ Operator: 'AND', StringFilters }] },
    });
    return made(firstOf(answer, 'Findings', ocsfReport, (one) => textAt(one, 'finding_info', 'uid') === names['id']));
  }
  switch (source) {
    case 'guardduty': {
      const answer = await ask('guardduty:GetFindings', { DetectorId: names['detector'] ?? '', FindingIds: [names['id'] ?? ''] });
      return made(firstOf(answer, 'Findings', guardDutyReport));
    }
    case 'inspector': {
      const findingArn = [{ comparison: 'EQUALS', value: names['arn'] ?? '' }];
      return made(firstOf(await ask('inspector2:ListFindings', { filterCriteria: { findingArn } }), 'findings', inspectorReport));
    }
    case 'macie':
      return made(firstOf(await ask('macie2:GetFindings', { findingIds: [names['id'] ?? ''] }), 'findings', macieReport));
    case 'access-analyzer': {
      const analyzer = names['analyzer'] ?? '';
      const answer = asObject(await ask('access-analyzer:GetFindingV2', { analyzerArn: analyzer, id: names['id'] ?? '' }));
      return answer === null ? null : made(accessAnalyzerReport(ofAnalyzer(answer), analyzer));
    }
    case 'config': {
      const answer = await ask('config:GetComplianceDetailsByResource', {
        ResourceType: names['type'] ?? '',
        ResourceId: names['id'] ?? '',
      });
      const result = listAt(answer, 'EvaluationResults').find((one) => textAt(one, ...qualifier, 'ConfigRuleName') === names['rule']);
      return result === undefined ? null : made(configReport(ofEvaluation(result, ref)));
    }
    case 'health': {
      const arn = names['arn'] ?? '';
      if (names['account'] !== undefined) {
        const filters = [{ eventArn: arn, awsAccountId: names['account'] }];
        return made((await healthOfMembers((action, input) => ask(action, input, 'us-east-1'), account, filters))[0] ?? null);
      }
      // One endpoint for all Regions: https://docs.aws.amazon.com/health/latest/ug/health-api.html
      const details = await ask('health:DescribeEventDetails', { eventArns: [arn] }, 'us-east-1');
      const found = valueAt(details, 'successfulSet', 0);
      if (found === null) return null;
      const entities = await ask('health:DescribeAffectedEntities', { filter: { eventArns: [arn] } }, 'us-east-1');
      return made(healthReport(ofHealth(found, listAt(entities, 'entities'), account)));
    }
    // Security Hub has no other words than these two.
    case 'security-hub':
      return null;
    default:
      return source satisfies never;
  }
}

function firstOf(
  answer: Json,
  list: string,
  report: (record: JsonObject) => Report | string | null,
  isWanted: (record: Json) => boolean = () => true,
): Report | string | null {
  const first = asObject(listAt(answer, list).find(isWanted));
  return first === null ? null : report(first);
}

/** The API tells who may reach it in a list of details: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_GetFindingV2.html */
export function ofAnalyzer(finding: JsonObject): JsonObject {
  const external = asObject(valueAt(finding, 'findingDetails', 0, 'externalAccessDetails'));
  return external === null ? finding : { ...external, ...finding };
}

export const qualifier = ['EvaluationResultIdentifier', 'EvaluationResultQualifier'] as const;

/** https://docs.aws.amazon.com/config/latest/APIReference/API_EvaluationResult.html */
export function ofEvaluation(result: Json, { account, region, names }: ReportRef): JsonObject {
  return {
    awsAccountId: account,
    awsRegion: region,
    configRuleName: textAt(result, ...qualifier, 'ConfigRuleName') ?? '',
    configRuleARN: names['arn'] ?? '',
    resourceType: textAt(result, ...qualifier, 'ResourceType') ?? '',
    resourceId: textAt(result, ...qualifier, 'ResourceId') ?? '',
    newEvaluationResult: {
      complianceType: textAt(result, 'ComplianceType') ?? '',
      resultRecordedTime: valueAt(result, 'ResultRecordedTime'),
      annotation: textAt(result, 'Annotation'),
    },
  };
}

/** What the organization's view tells of events of these members; they are asked for again in the account `home` that has the view. */
export async function healthOfMembers(
  call: (action: string, input: JsonObject) => Promise<Json>,
  home: string,
  filters: readonly { readonly eventArn: string; readonly awsAccountId: string }[],
): Promise<readonly (Report | string | null)[]> {
  const details = listAt(
    await call('health:DescribeEventDetailsForOrganization', { organizationEventDetailFilters: filters }),
    'successfulSet',
  );
  const entities = listAt(await call('health:DescribeAffectedEntitiesForOrganization', { organizationEntityFilters: filters }), 'entities');
  return details.map((one) => {
    const [member, arn] = [textAt(one, 'awsAccountId') ?? '', textAt(one, 'event', 'arn') ?? ''];
    const of = entities.filter((entity) => textAt(entity, 'eventArn') === arn && textAt(entity, 'awsAccountId') === member);
    const report = healthReport(ofHealth(one, of, member));
    if (report === null || typeof report === 'string') return report;
    return { ...report, ref: { ...report.ref, account: home, names: { arn, account: member } } };
  });
}

/** https://docs.aws.amazon.com/health/latest/APIReference/API_EventDetails.html */
export function ofHealth(details: Json, entities: readonly Json[], account: string): JsonObject {
  const event = asObject(valueAt(details, 'event')) ?? {};
  return {
    ...event,
    eventArn: valueAt(event, 'arn'),
    eventRegion: valueAt(event, 'region'),
    eventDescription: [{ latestDescription: textAt(details, 'eventDescription', 'latestDescription') ?? '' }],
    affectedEntities: entities.flatMap((one) => {
      const entityValue = textAt(one, 'entityValue');
      return entityValue === null ? [] : [{ entityValue }];
    }),
    affectedAccount: account,
    page: '1',
  };
}
