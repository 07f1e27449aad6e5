import { z } from 'zod';
import { asObject, textAt, valueAt } from '../../lib/json-at.ts';
import type { Actor, FindingKind, ResourceRef } from '../../model/finding.ts';
import type { FindingSource, SourceState } from '../../model/imported.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { ocsfClasses } from '../../model/ocsf.ts';
import type { Report } from '../../model/report.ts';
import type { Severity } from '../../model/severity.ts';
import type { JsonFormat } from '../log-format.ts';
import { isAttackSequence, withoutAlike } from './attack-sequence.ts';
import { guardDutyTactics } from './guardduty-tactics.ts';
import { configUid, healthUid, kindOf, macieUid } from './identity.ts';
import { type Around, actorOf, consoleUrl, principalAsResource, resourceByArn, resourceByName } from './names.ts';
import { reportEvent } from './report-event.ts';
import { account, region, text, whyNot } from './shapes.ts';

const milliseconds = z.number().int().min(0).max(8.64e15);

/**
 * Findings of OCSF, category 2: https://docs.aws.amazon.com/securityhub/latest/userguide/security-hub-adv-ocsf-findings.html and
 * https://schema.ocsf.io/1.6.0/categories/findings
 */
const Finding = z.looseObject({
  class_uid: z.number(),
  activity_id: z.number().optional().catch(undefined),
  cloud: z.looseObject({ account: z.looseObject({ uid: account }), region }),
  severity_id: z.number(),
  severity: text.optional().catch(undefined),
  status_id: z.number().optional().catch(undefined),
  time: milliseconds,
  metadata: z.looseObject({
    product: z.looseObject({ name: text.default(''), uid: text.default(''), vendor_name: text.default('') }),
    uid: text.optional(),
  }),
  finding_info: z.looseObject({
    uid: text,
    title: text.default(''),
    desc: text.default(''),
    types: z.array(text).default([]),
    created_time: milliseconds.optional().catch(undefined),
    modified_time: milliseconds.optional().catch(undefined),
    first_seen_time: milliseconds.optional().catch(undefined),
    last_seen_time: milliseconds.optional().catch(undefined),
  }),
  compliance: z.looseObject({ control: text.optional(), status_id: z.number().optional() }).optional().catch(undefined),
  vulnerabilities: z
    .array(z.looseObject({ cve: z.looseObject({ uid: text }).optional() }))
    .optional()
    .catch(undefined),
  resources: z
    .array(z.looseObject({ uid: text.optional(), type: text.optional(), name: text.optional(), region: text.optional() }))
    .default([]),
});
type Finding = z.infer<typeof Finding>;

const classes: ReadonlyMap<number, FindingKind> = new Map(
  (Object.entries(ocsfClasses) as [FindingKind, { readonly uid: number }][]).map(([kind, { uid }]) => [uid, kind]),
);

/** Findings of Security Hub's newer edition, and of other products that speak OCSF. */
export const ocsfFinding: JsonFormat = {
  source: 'aws.security-hub',
  recognises: (record) =>
    typeof record['class_uid'] === 'number' && classes.has(record['class_uid']) && asObject(record['finding_info']) !== null,
  event(record) {
    const report = ocsfReport(record);
    if (report === null || typeof report === 'string') return report;
    return reportEvent('aws.security-hub', record, report);
  },
};

const mostResources = 50;
/** `arn:aws:securityhub:us-east-1::productv2/aws/guardduty`: what AWS's own services have; others have an account or a company there. */
const awsProduct = /^arn:[a-z-]+:securityhub:[a-z0-9-]*::productv2\/aws\/([a-z0-9-]+)$/;
const products: ReadonlyMap<string, FindingSource> = new Map([
  ['guardduty', 'guardduty'],
  ['inspector', 'inspector'],
  ['macie', 'macie'],
  ['access-analyzer', 'access-analyzer'],
  ['config', 'config'],
  ['health', 'health'],
]);

/** What a finding of OCSF reports; null for jobzero's own, a text says why it is none. */
export function ocsfReport(record: JsonObject): Report | string | null {
  const parsed = Finding.safeParse(record);
  if (!parsed.success) return whyNot(parsed.error);
  const finding = parsed.data;
  const { finding_info: info, metadata } = finding;
  if (metadata.product.vendor_name === 'jobzero') return null;
  const product = awsProduct.exec(metadata.product.uid)?.[1];
  const source = products.get(product ?? '') ?? 'security-hub';
  const around: Around = { account: finding.cloud.account.uid, region: finding.cloud.region };
  const type = typeOf(finding, source);
  // Whose credentials such an attack was done with AWS does not document here.
  const actor = isAttackSequence(type) ? null : credentialsOf(record, around);
  const resources = resourcesOf(finding, around, actor);
  const updatedAt = info.modified_time ?? finding.time;
  const first = info.first_seen_time ?? info.created_time ?? finding.time;
  const last = info.last_seen_time ?? updatedAt;
  return {
    source,
    form: 'ocsf',
    uid: uidOf(finding, source, around),
    part: '',
    type,
    kind: source === 'guardduty' ? kindOf(source, type) : (classes.get(finding.class_uid) ?? 'detection'),
    title: info.title || type,
    description: info.desc,
    severity: ocsfSeverity(finding.severity_id),
    said: finding.severity ?? String(finding.severity_id),
    state: stateOf(finding),
    sample: false,
    tactics: source === 'guardduty' ? guardDutyTactics(type) : [],
    account: around.account,
    region: around.region,
    updatedAt,
    firstTime: Math.min(first, last),
    lastTime: Math.max(first, last),
    count: 1,
    ...(actor === null ? {} : { actor }),
    resources: isAttackSequence(type) ? withoutAlike(resources, new Set()) : resources,
    ...callOf(record),
    operation: textAt(record, 'evidences', 0, 'api', 'operation')?.slice(0, 256) ?? type,
    service: textAt(record, 'evidences', 0, 'api', 'service', 'name')?.slice(0, 256) ?? 'securityhub.amazonaws.com',
    url: consoleUrl(around.region, `/securityhub/v2/home?region=${around.region}#/findings`),
    ref: { ...around, names: { id: info.uid, product: metadata.product.uid } },
    trusted: product !== undefined,
  };
}

function uidOf({ finding_info: { uid }, metadata, resources }: Finding, source: FindingSource, around: Around): string {
  switch (source) {
    case 'macie':
      return macieUid(around, uid);
    case 'health':
      return healthUid(uid, around.account);
    case 'config':
      return configUid(uid.replace(/\/finding\/[^/]+$/, ''), resources[0]?.uid ?? '');
    case 'guardduty':
    case 'inspector':
    case 'access-analyzer':
      return uid;
    default:
      return `${metadata.product.uid}/${around.account}/${uid}`;
  }
}

function typeOf({ finding_info: { types, title }, vulnerabilities, compliance }: Finding, source: FindingSource): string {
  if (source === 'guardduty' || source === 'macie') return types.find((type) => /^\w+:\w+\//.test(type)) ?? types[0] ?? title;
  return vulnerabilities?.[0]?.cve?.uid ?? compliance?.control ?? types[0] ?? title;
}

/** https://schema.ocsf.io/1.6.0/classes/detection_finding: Unknown 0, Informational 1 to Critical 5, Fatal 6. */
export function ocsfSeverity(id: number): Severity {
  return id >= 5 ? 'Critical' : id === 4 ? 'High' : id === 3 ? 'Medium' : id === 2 ? 'Low' : 'Informational';
}

/** Status New 1, In Progress 2, Suppressed 3, Resolved 4, Archived 5, Deleted 6; activity Close 3; compliance Pass 1. */
function stateOf({ status_id, activity_id, compliance }: Finding): SourceState {
  if (status_id === 3) return 'suppressed';
  if (status_id === 5) return 'archived';
  if (status_id === 4 || status_id === 6 || activity_id === 3 || compliance?.status_id === 1) return 'resolved';
  return 'active';
}

/** Security Hub names the user of an access key in the resource's `data`, in the words of GuardDuty. */
function credentialsOf(record: JsonObject, around: Around): Actor | null {
  const resources = valueAt(record, 'resources');
  for (const resource of Array.isArray(resources) ? (resources as readonly Json[]).slice(0, mostResources) : []) {
    const data = asObject(valueAt(resource, 'data'));
    if (data === null) continue;
    const field = (name: string) => textAt(data, name) ?? '';
    const actor = actorOf(
      { type: field('user_type'), name: field('user_name'), principalId: field('principal_id'), accessKeyId: field('access_key_id') },
      around,
    );
    if (actor !== null) return actor;
  }
  return null;
}

function callOf(record: JsonObject): Partial<Pick<Report, 'ip'>> {
  const ip = textAt(record, 'evidences', 0, 'src_endpoint', 'ip');
  return ip === null ? {} : { ip: ip.slice(0, 64) };
}

function resourcesOf({ resources }: Finding, around: Around, actor: Actor | null): readonly ResourceRef[] {
  const named = resources.slice(0, mostResources).flatMap((one): readonly ResourceRef[] => {
    const { uid = '', type = '', name } = one;
    if (uid === '' || type === 'AWS::IAM::AccessKey' || type === 'AwsIamAccessKey') return [];
    const place = one.region === undefined ? around : { ...around, region: one.region };
    return [uid.startsWith('arn:') ? resourceByArn(uid, type, place, name) : resourceByName(type, uid, place)];
  });
  const principal = principalAsResource(actor, around);
  return [...new Map([...named, ...(principal === null ? [] : [principal])].map((one) => [one.uid, one])).values()];
}
