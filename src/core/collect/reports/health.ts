import { z } from 'zod';
import { textAt } from '../../lib/json-at.ts';
import type { Actor, ResourceRef } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Report } from '../../model/report.ts';
import type { Severity } from '../../model/severity.ts';
import type { JsonFormat } from '../log-format.ts';
import { healthUid } from './identity.ts';
import { type Around, consoleUrl, resourceByArn, resourceByName } from './names.ts';
import { reportEvent } from './report-event.ts';
import { account, region, text, time, whyNot } from './shapes.ts';

/** https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html */
const Detail = z.looseObject({
  eventArn: text.refine((value) => /^arn:[a-z-]+:health:[a-z0-9-]*:[^:]*:event\/[\w/.-]+$/.test(value), 'is no ARN of an event'),
  service: text,
  eventTypeCode: text,
  statusCode: text.optional().catch(undefined),
  startTime: time,
  lastUpdatedTime: time.optional().catch(undefined),
  endTime: time.optional().catch(undefined),
  eventRegion: region.optional().catch(undefined),
  eventDescription: z.array(z.looseObject({ latestDescription: text.default('') })).default([]),
  affectedEntities: z.array(z.looseObject({ entityValue: text.optional() })).default([]),
  affectedAccount: account.optional().catch(undefined),
  recipientAccountId: account.optional().catch(undefined),
  page: text.optional().catch(undefined),
});

/** Services under which AWS tells of risks to the customer and abuse by them; what is about AWS's own operation is no finding. */
const security: ReadonlySet<string> = new Set(['RISK', 'ABUSE', 'SECURITY']);

/** Events of AWS Health that tell of exposed credentials and of abuse. */
export const health: JsonFormat = {
  source: 'aws.health',
  recognises: (record) => textAt(record, 'eventArn')?.includes(':health:') === true && textAt(record, 'eventTypeCode') !== null,
  event(record) {
    const report = healthReport(record);
    if (report === null || typeof report === 'string') return report;
    return reportEvent('aws.health', record, report);
  },
};

/** What an event of AWS Health reports; null for one that is about AWS's own operation, a text says why it is none. */
export function healthReport(record: JsonObject): Report | string | null {
  const parsed = Detail.safeParse(record);
  if (!parsed.success) return whyNot(parsed.error);
  const detail = parsed.data;
  if (!security.has(detail.service) && !/^AWS_(RISK|ABUSE|SECURITY)_/.test(detail.eventTypeCode)) return null;
  const of = detail.affectedAccount ?? detail.recipientAccountId;
  if (of === undefined) return 'affectedAccount: is no account id';
  const around: Around = { account: of, region: detail.eventRegion ?? 'us-east-1' };
  const entities = detail.affectedEntities.flatMap(({ entityValue }) => (entityValue === undefined ? [] : [entityValue])).slice(0, 50);
  const key = entities.find((entity) => accessKey.test(entity));
  const updatedAt = detail.lastUpdatedTime ?? detail.endTime ?? detail.startTime;
  const isExposed = detail.eventTypeCode.includes('CREDENTIALS_EXPOSED');
  return {
    source: 'health',
    form: 'own',
    uid: healthUid(detail.eventArn, of),
    part: detail.page ?? '',
    type: detail.eventTypeCode,
    kind: 'detection',
    title: isExposed
      ? 'AWS found an access key in public'
      : detail.service === 'ABUSE'
        ? 'AWS reports abuse that comes from the account'
        : detail.eventTypeCode,
    description: detail.eventDescription[0]?.latestDescription ?? '',
    severity: severityOf(detail.eventTypeCode),
    said: '',
    state: detail.statusCode === 'closed' ? 'resolved' : 'active',
    sample: false,
    tactics: isExposed ? ['credential-access'] : detail.service === 'ABUSE' ? ['impact'] : [],
    account: of,
    region: around.region,
    updatedAt,
    firstTime: Math.min(detail.startTime, updatedAt),
    lastTime: Math.max(detail.startTime, updatedAt),
    count: 1,
    ...(key === undefined ? {} : { actor: exposed(key, of) }),
    resources: entities.flatMap((entity) => resourceOf(entity, around)),
    operation: detail.eventTypeCode,
    service: 'health.amazonaws.com',
    ...(key === undefined ? {} : { kept: { accessKeyId: key } }),
    url: consoleUrl('us-east-1', `/health/home#/account/event-log?eventID=${encodeURIComponent(detail.eventArn)}`),
    ref: { ...around, names: { arn: detail.eventArn } },
    trusted: true,
  };
}

const accessKey = /^A[KS]IA[A-Z0-9]{12,124}$/;

/** AWS Health names the key and not its user; who that is, IAM tells when it is asked. */
function exposed(accessKeyId: string, account: string): Actor {
  return { type: 'AccessKey', uid: accessKeyId, name: accessKeyId, accessKeyId, account };
}

/** AWS Health rates nothing: a key in public is as good as stolen; the rest is for a person to read soon. */
function severityOf(type: string): Severity {
  if (type.includes('CREDENTIALS_EXPOSED') || type.includes('CREDENTIALS_COMPROMISED')) return 'Critical';
  return 'High';
}

function resourceOf(entity: string, around: Around): readonly ResourceRef[] {
  if (entity.startsWith('arn:')) return [resourceByArn(entity, typeOfArn(entity), around)];
  if (/^i-[0-9a-f]{8,17}$/.test(entity)) return [resourceByName('AWS::EC2::Instance', entity, around)];
  return [];
}

function typeOfArn(arn: string): string {
  return /^arn:[a-z-]+:ec2:[^:]*:[^:]*:instance\//.test(arn) ? 'AWS::EC2::Instance' : '';
}
