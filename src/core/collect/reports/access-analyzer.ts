import { z } from 'zod';
import { asObject, textAt, valueAt } from '../../lib/json-at.ts';
import type { SourceState } from '../../model/imported.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Report } from '../../model/report.ts';
import type { Severity } from '../../model/severity.ts';
import type { JsonFormat } from '../log-format.ts';
import { accessType, analyzerUid } from './identity.ts';
import { type Around, consoleUrl, resourceByArn } from './names.ts';
import { reportEvent } from './report-event.ts';
import { account, text, time, whyNot } from './shapes.ts';

/**
 * A finding in EventBridge's words (https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-eventbridge.html) or those of the API
 * (https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_FindingSummaryV2.html).
 */
const Finding = z.looseObject({
  id: text.refine((value) => /^[\w-]{1,128}$/.test(value), 'is no id of a finding'),
  accountId: account.optional(),
  resourceOwnerAccount: account.optional(),
  resource: text,
  resourceType: text,
  status: text,
  isDeleted: z.boolean().default(false),
  isPublic: z.boolean().optional().catch(undefined),
  findingType: text.optional().catch(undefined),
  error: text.optional().catch(undefined),
  createdAt: time,
  updatedAt: time,
});

const details = new Set(['Access Analyzer Finding', 'Unused Access Finding for IAM entities', 'Internal Access Finding']);

/** Findings of IAM Access Analyzer from EventBridge: only the envelope names the analyzer. */
export const accessAnalyzer: JsonFormat = {
  source: 'aws.access-analyzer',
  recognises: (record) => {
    const type = record['detail-type'];
    return typeof type === 'string' && details.has(type) && asObject(record['detail']) !== null;
  },
  event(record) {
    const report = accessAnalyzerReport(
      asObject(record['detail']) ?? {},
      textAt(record, 'resources', 0) ?? '',
      String(record['detail-type']),
    );
    return typeof report === 'string' ? report : reportEvent('aws.access-analyzer', record, report);
  },
};

/** What a finding of this analyzer reports; a text says why it is none. */
export function accessAnalyzerReport(record: JsonObject, analyzer: string, detailType = ''): Report | string {
  const named = /^arn:[a-z-]+:access-analyzer:([a-z0-9-]+):(\d{12}):analyzer\/[\w.-]{1,255}$/.exec(analyzer);
  if (named === null) return 'no ARN of an analyzer';
  const parsed = Finding.safeParse(record);
  if (!parsed.success) return whyNot(parsed.error);
  const finding = parsed.data;
  const owner = finding.resourceOwnerAccount ?? finding.accountId;
  if (owner === undefined) return 'accountId: is no account id';
  const [, region = '', home = ''] = named;
  const around: Around = { account: owner, region };
  const access = accessOf(finding, detailType);
  const times = [finding.createdAt, finding.updatedAt];
  return {
    source: 'access-analyzer',
    form: 'own',
    uid: analyzerUid(analyzer, finding.resource),
    part: finding.id,
    type: accessType(access, finding.resourceType),
    kind: 'compliance',
    title: `${titles[access]}: ${finding.resource}`,
    description: '',
    severity: severities[access],
    said: '',
    state: finding.isDeleted ? 'resolved' : stateOf(finding.status),
    sample: false,
    tactics: [],
    account: owner,
    region,
    updatedAt: finding.updatedAt,
    firstTime: Math.min(...times),
    lastTime: Math.max(...times),
    count: 1,
    resources: [resourceByArn(finding.resource, finding.resourceType, around)],
    operation: access,
    service: 'access-analyzer.amazonaws.com',
    kept: { principals: principalsOf(record) },
    url: consoleUrl(region, `/access-analyzer/home?region=${region}#/findings?findingId=${encodeURIComponent(finding.id)}`),
    ref: { account: home, region, names: { analyzer, id: finding.id } },
    trusted: true,
  };
}

export type Access = 'PublicAccess' | 'ExternalAccess' | 'InternalAccess' | 'UnusedAccess' | 'NotAnalyzed';

/** Access Analyzer rates nothing: what everybody can reach is High, another account Medium, the rest work for a quiet day. */
export const severities: { readonly [access in Access]: Severity } = {
  PublicAccess: 'High',
  ExternalAccess: 'Medium',
  InternalAccess: 'Low',
  UnusedAccess: 'Low',
  NotAnalyzed: 'Informational',
};

export const titles: { readonly [access in Access]: string } = {
  PublicAccess: 'Everybody can reach it',
  ExternalAccess: 'Another account can reach it',
  InternalAccess: 'Principals of the organization can reach it',
  UnusedAccess: 'Access that nobody uses',
  NotAnalyzed: 'IAM Access Analyzer could not look at it',
};

function accessOf({ error, isPublic, findingType }: z.infer<typeof Finding>, detailType: string): Access {
  if (error !== undefined && error !== '') return 'NotAnalyzed';
  if (findingType?.startsWith('Unused') === true || detailType.startsWith('Unused')) return 'UnusedAccess';
  if (findingType === 'InternalAccess' || detailType.startsWith('Internal')) return 'InternalAccess';
  return isPublic === true ? 'PublicAccess' : 'ExternalAccess';
}

function stateOf(status: string): SourceState {
  return status === 'ARCHIVED' ? 'archived' : status === 'RESOLVED' ? 'resolved' : 'active';
}

/** Who may reach it: `{ "AWS": "444455556666" }`. */
function principalsOf(record: JsonObject): readonly string[] {
  const principal: Json = valueAt(record, 'principal');
  if (typeof principal !== 'object' || principal === null) return [];
  return Object.values(principal)
    .flatMap((value: Json) => (typeof value === 'string' ? [value.slice(0, 512)] : []))
    .slice(0, 10);
}
