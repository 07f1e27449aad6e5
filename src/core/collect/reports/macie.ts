import { z } from 'zod';
import { textAt } from '../../lib/json-at.ts';
import type { ResourceRef } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Report } from '../../model/report.ts';
import type { Severity } from '../../model/severity.ts';
import type { JsonFormat } from '../log-format.ts';
import { kindOf, macieUid } from './identity.ts';
import { type Around, consoleUrl, resourceByArn } from './names.ts';
import { reportEvent } from './report-event.ts';
import { account, region, text, time, whyNot } from './shapes.ts';

/** https://docs.aws.amazon.com/macie/latest/APIReference/findings-describe.html, also in EventBridge's `Macie Finding` */
const Finding = z.looseObject({
  accountId: account,
  region,
  id: text.refine((value) => /^[\w-]{1,128}$/.test(value), 'is no id of a finding'),
  type: text,
  title: text.default(''),
  description: text.default(''),
  severity: z.looseObject({ description: text, score: z.number().optional() }),
  createdAt: time,
  updatedAt: time,
  archived: z.boolean().default(false),
  sample: z.boolean().default(false),
  count: z.number().default(1),
  resourcesAffected: z.looseObject({
    s3Bucket: z
      .looseObject({
        arn: text,
        name: text.default(''),
        publicAccess: z.looseObject({ effectivePermission: text.optional() }).optional().catch(undefined),
      })
      .optional(),
    s3Object: z.looseObject({ bucketArn: text.optional(), key: text.optional(), path: text.optional() }).optional().catch(undefined),
  }),
  classificationDetails: z
    .looseObject({
      result: z
        .looseObject({
          sensitiveData: z.array(z.looseObject({ category: text.default(''), totalCount: z.number().default(0) })).default([]),
        })
        .optional(),
    })
    .optional()
    .catch(undefined),
});

/** Findings of Amazon Macie, from EventBridge and as the command line prints them. */
export const macie: JsonFormat = {
  source: 'aws.macie',
  recognises: (record) =>
    (record['category'] === 'CLASSIFICATION' || record['category'] === 'POLICY') &&
    typeof record['resourcesAffected'] === 'object' &&
    textAt(record, 'type') !== null,
  event(record) {
    const report = macieReport(record);
    return typeof report === 'string' ? report : reportEvent('aws.macie', record, report);
  },
};

/** What a finding of Macie reports; a text says why it is none. */
export function macieReport(record: JsonObject): Report | string {
  const parsed = Finding.safeParse(record);
  if (!parsed.success) return whyNot(parsed.error);
  const finding = parsed.data;
  const around: Around = { account: finding.accountId, region: finding.region };
  const { s3Bucket, s3Object } = finding.resourcesAffected;
  const found = finding.classificationDetails?.result?.sensitiveData ?? [];
  const resources: ResourceRef[] = [];
  if (s3Bucket !== undefined) resources.push(resourceByArn(s3Bucket.arn, 'AWS::S3::Bucket', around));
  const object = s3Object?.path ?? (s3Object?.key === undefined ? undefined : `${s3Bucket?.name ?? ''}/${s3Object.key}`);
  if (object !== undefined)
    resources.push(resourceByArn(`arn:${s3Bucket?.arn.split(':')[1] ?? 'aws'}:s3:::${object}`, 'AWS::S3::Object', around, object));
  const access = s3Bucket?.publicAccess?.effectivePermission;
  return {
    source: 'macie',
    form: 'own',
    uid: macieUid(around, finding.id),
    part: '',
    type: finding.type,
    kind: kindOf('macie', finding.type),
    title: finding.title || finding.type,
    description: finding.description,
    severity: macieSeverity(finding.severity.description),
    said: finding.severity.description,
    state: finding.archived ? 'archived' : 'active',
    sample: finding.sample,
    tactics: [],
    account: finding.accountId,
    region: finding.region,
    updatedAt: finding.updatedAt,
    firstTime: Math.min(finding.createdAt, finding.updatedAt),
    lastTime: Math.max(finding.createdAt, finding.updatedAt),
    count: Math.max(1, Math.trunc(finding.count)),
    resources,
    operation: finding.type,
    service: 'macie2.amazonaws.com',
    kept: {
      ...(access === undefined ? {} : { publicAccess: access }),
      ...(found.length === 0
        ? {}
        : { data: found.slice(0, 20).map(({ category, totalCount }) => ({ category, n: Math.trunc(totalCount) })) }),
    },
    url: consoleUrl(finding.region, `/macie/home?region=${finding.region}#findings?itemId=${encodeURIComponent(finding.id)}`),
    ref: { ...around, names: { id: finding.id } },
    trusted: true,
  };
}

/** https://docs.aws.amazon.com/macie/latest/user/findings-severity.html */
export function macieSeverity(said: string): Severity {
  return said === 'High' ? 'High' : said === 'Low' ? 'Low' : 'Medium';
}
