import { z } from 'zod';
import { textAt } from '../../lib/json-at.ts';
import type { ResourceRef } from '../../model/finding.ts';
import type { SourceState } from '../../model/imported.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Report } from '../../model/report.ts';
import type { Severity } from '../../model/severity.ts';
import type { JsonFormat } from '../log-format.ts';
import { kindOf } from './identity.ts';
import { type Around, consoleUrl, resourceByArn, resourceByName } from './names.ts';
import { reportEvent } from './report-event.ts';
import { account, text, time, whyNot } from './shapes.ts';

/** https://docs.aws.amazon.com/inspector/v2/APIReference/API_Finding.html, also in EventBridge's `Inspector2 Finding` */
const Finding = z.looseObject({
  awsAccountId: account,
  findingArn: text.refine((value) => /^arn:[a-z-]+:inspector2:[a-z0-9-]+:\d{12}:finding\/[^/]+$/.test(value), 'is no ARN of a finding'),
  type: text,
  title: text.default(''),
  description: text.default(''),
  severity: text,
  status: text,
  firstObservedAt: time,
  lastObservedAt: time.optional().catch(undefined),
  updatedAt: time.optional().catch(undefined),
  exploitAvailable: text.optional().catch(undefined),
  fixAvailable: text.optional().catch(undefined),
  packageVulnerabilityDetails: z
    .looseObject({
      vulnerabilityId: text.default(''),
      vulnerablePackages: z
        .array(z.looseObject({ name: text.default(''), version: text.default(''), fixedInVersion: text.optional() }))
        .default([]),
    })
    .optional()
    .catch(undefined),
  resources: z.array(z.looseObject({ id: text, type: text, region: text.optional().catch(undefined) })).default([]),
});

/** Findings of Amazon Inspector (the second edition), from EventBridge and as the command line prints them. */
export const inspector: JsonFormat = {
  source: 'aws.inspector',
  recognises: (record) => textAt(record, 'findingArn')?.includes(':inspector2:') === true,
  event(record) {
    const report = inspectorReport(record);
    return typeof report === 'string' ? report : reportEvent('aws.inspector', record, report);
  },
};

const mostPackages = 20;

/** What a finding of Inspector reports; a text says why it is none. */
export function inspectorReport(record: JsonObject): Report | string {
  const parsed = Finding.safeParse(record);
  if (!parsed.success) return whyNot(parsed.error);
  const finding = parsed.data;
  const region = finding.findingArn.split(':')[3] ?? '';
  const around: Around = { account: finding.awsAccountId, region };
  const { vulnerabilityId = '', vulnerablePackages = [] } = finding.packageVulnerabilityDetails ?? {};
  const type = vulnerabilityId === '' ? finding.type : vulnerabilityId;
  const last = finding.lastObservedAt ?? finding.firstObservedAt;
  return {
    source: 'inspector',
    form: 'own',
    uid: finding.findingArn,
    part: '',
    type,
    kind: kindOf('inspector', finding.type),
    title: finding.title || type,
    description: finding.description,
    severity: inspectorSeverity(finding.severity),
    said: finding.severity,
    state: stateOf(finding.status),
    sample: false,
    tactics: [],
    account: finding.awsAccountId,
    region,
    updatedAt: finding.updatedAt ?? last,
    firstTime: finding.firstObservedAt,
    lastTime: Math.max(finding.firstObservedAt, last),
    count: 1,
    resources: finding.resources.slice(0, 50).map((one) => resourceOf(one, around)),
    operation: finding.type,
    service: 'inspector2.amazonaws.com',
    kept: {
      ...(finding.exploitAvailable === undefined ? {} : { exploitAvailable: finding.exploitAvailable }),
      ...(finding.fixAvailable === undefined ? {} : { fixAvailable: finding.fixAvailable }),
      packages: vulnerablePackages.slice(0, mostPackages).map(({ name, version, fixedInVersion }) => ({
        name,
        version,
        ...(fixedInVersion === undefined ? {} : { fixedInVersion }),
      })),
    },
    url: consoleUrl(region, `/inspector/v2/home?region=${region}#/findings/all/${encodeURIComponent(finding.findingArn)}`),
    ref: { ...around, names: { arn: finding.findingArn } },
    trusted: true,
  };
}

/** https://docs.aws.amazon.com/inspector/latest/user/findings-understanding-severity.html; what was not rated yet counts as Medium. */
export function inspectorSeverity(said: string): Severity {
  const known: ReadonlyMap<string, Severity> = new Map([
    ['INFORMATIONAL', 'Informational'],
    ['LOW', 'Low'],
    ['MEDIUM', 'Medium'],
    ['HIGH', 'High'],
    ['CRITICAL', 'Critical'],
  ]);
  return known.get(said) ?? 'Medium';
}

function stateOf(status: string): SourceState {
  return status === 'SUPPRESSED' ? 'suppressed' : status === 'CLOSED' ? 'resolved' : 'active';
}

/** https://docs.aws.amazon.com/inspector/v2/APIReference/API_Resource.html */
const types: ReadonlyMap<string, string> = new Map([
  ['AWS_EC2_INSTANCE', 'AWS::EC2::Instance'],
  ['AWS_ECR_CONTAINER_IMAGE', 'AWS::ECR::Image'],
  ['AWS_ECR_REPOSITORY', 'AWS::ECR::Repository'],
  ['AWS_LAMBDA_FUNCTION', 'AWS::Lambda::Function'],
]);

function resourceOf(
  { id, type, region }: { readonly id: string; readonly type: string; readonly region?: string | undefined },
  around: Around,
): ResourceRef {
  const named = types.get(type) ?? type;
  const place = region === undefined ? around : { ...around, region };
  return id.startsWith('arn:') ? resourceByArn(id, named, place) : resourceByName(named, id, place);
}
