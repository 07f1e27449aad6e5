import { z } from 'zod';
import { asObject, textAt } from '../../lib/json-at.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Report } from '../../model/report.ts';
import type { JsonFormat } from '../log-format.ts';
import { configUid } from './identity.ts';
import { type Around, consoleUrl, resourceByName } from './names.ts';
import { reportEvent } from './report-event.ts';
import { account, region, text, time, whyNot } from './shapes.ts';

/** https://docs.aws.amazon.com/config/latest/developerguide/example-config-rule-compliance-notification.html, also in EventBridge's `Config Rules Compliance Change` */
const Change = z.looseObject({
  awsAccountId: account,
  awsRegion: region,
  configRuleName: text,
  configRuleARN: text.refine((value) => /^arn:[a-z-]+:config:[a-z0-9-]+:\d{12}:config-rule\/[\w/.-]+$/.test(value), 'is no ARN of a rule'),
  resourceType: text,
  resourceId: text,
  newEvaluationResult: z.looseObject({
    complianceType: text,
    resultRecordedTime: time,
    annotation: text.nullish().catch(null),
  }),
});

/** Changes of compliance that AWS Config tells. Rules that Security Hub made for its own controls are told by Security Hub. */
export const config: JsonFormat = {
  source: 'aws.config',
  recognises: (record) => textAt(record, 'configRuleARN') !== null && asObject(record['newEvaluationResult']) !== null,
  event(record) {
    const report = configReport(record);
    if (report === null || typeof report === 'string') return report;
    return reportEvent('aws.config', record, report);
  },
};

/** What a change of compliance reports; null for a rule of Security Hub's, a text says why it is none. */
export function configReport(record: JsonObject): Report | string | null {
  const parsed = Change.safeParse(record);
  if (!parsed.success) return whyNot(parsed.error);
  const change = parsed.data;
  // https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-setup-prereqs.html: its service-linked rules are called so.
  if (change.configRuleName.startsWith('securityhub-')) return null;
  const { complianceType, resultRecordedTime, annotation } = change.newEvaluationResult;
  const around: Around = { account: change.awsAccountId, region: change.awsRegion };
  const resource = resourceByName(change.resourceType, change.resourceId, around);
  return {
    source: 'config',
    form: 'own',
    uid: configUid(change.configRuleARN, change.resourceId),
    part: '',
    type: change.configRuleName,
    kind: 'compliance',
    title: `Not compliant with the rule ${change.configRuleName}`,
    description: annotation ?? '',
    // AWS Config rates nothing.
    severity: 'Medium',
    said: '',
    state: complianceType === 'NON_COMPLIANT' ? 'active' : 'resolved',
    sample: false,
    tactics: [],
    account: change.awsAccountId,
    region: change.awsRegion,
    updatedAt: resultRecordedTime,
    firstTime: resultRecordedTime,
    lastTime: resultRecordedTime,
    count: 1,
    resources: [resource],
    operation: 'compliance change',
    service: 'config.amazonaws.com',
    url: consoleUrl(
      change.awsRegion,
      `/config/home?region=${change.awsRegion}#/rules/details?configRuleName=${encodeURIComponent(change.configRuleName)}`,
    ),
    ref: { ...around, names: { rule: change.configRuleName, type: change.resourceType, id: change.resourceId, arn: change.configRuleARN } },
    trusted: true,
  };
}
