import { parseArn } from '../../lib/arn.ts';
import { listAt, textAt, valueAt } from '../../lib/json-at.ts';
import type { JsonObject } from '../../model/json.ts';
import type { JsonFormat } from '../log-format.ts';
import { webEvent } from '../web/web-event.ts';

/** Records of AWS WAF: https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html */
export const waf: JsonFormat = {
  source: 'aws.waf',
  recognises: (record) =>
    typeof record['webaclId'] === 'string' && typeof record['httpRequest'] === 'object' && record['httpRequest'] !== null,
  event(record) {
    const time = record['timestamp'];
    if (typeof time !== 'number' || !Number.isSafeInteger(time) || time < 0 || time > 8.64e15) return 'timestamp is missing or no time';
    const text = (name: string) => textAt(record, 'httpRequest', name) ?? '';
    const query = text('args');
    const request = {
      method: text('httpMethod'),
      path: text('uri'),
      query: query.startsWith('?') ? query.slice(1) : query,
      host: text('host') || headerOf(record, 'host'),
      ip: text('clientIp'),
      status: statusOf(record),
      userAgent: headerOf(record, 'user-agent'),
      referer: headerOf(record, 'referer'),
    };
    const arn = parseArn(String(record['webaclId']));
    return webEvent('aws.waf', record, request, time, {
      ...(arn === null ? {} : { account: arn.account, region: arn.region }),
      service: 'wafv2.amazonaws.com',
      resource: {
        type: 'AWS::WAFv2::WebACL',
        name: arn?.resource.split('/').at(-2) ?? String(record['webaclId']),
        arn: String(record['webaclId']),
      },
    });
  },
};

/** What it answered itself; unless it says otherwise a blocked request is answered with 403. */
function statusOf(record: JsonObject): string {
  const sent = valueAt(record, 'responseCodeSent');
  if (typeof sent === 'number') return String(sent);
  return record['action'] === 'BLOCK' ? '403' : '';
}

function headerOf(record: JsonObject, name: string): string {
  for (const header of listAt(record, 'httpRequest', 'headers'))
    if (textAt(header, 'name')?.toLowerCase() === name) return textAt(header, 'value') ?? '';
  return '';
}
