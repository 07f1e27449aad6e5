import { parseEventTime } from '../../lib/event-time.ts';
import type { Event } from '../../model/event.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { type Layout, layoutOf } from '../layout.ts';
import type { JsonFormat, LineFormat } from '../log-format.ts';
import { decodeHeader } from '../web/decode-uri.ts';
import { webEvent } from '../web/web-event.ts';

const fieldName = /^[A-Za-z][A-Za-z0-9()_-]{0,60}$/;

/**
 * CloudFront's standard logs in W3C's form: `#Fields:` names the columns, in any order.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
 */
export const cloudFrontLines: LineFormat = {
  source: 'aws.cloudfront',
  recognises: isHeader,
  isHeader,
  open(header, from) {
    const fields = fieldsOf(header ?? '');
    const layout = layoutOf(from);
    return (line) => {
      if (line.startsWith('#')) return null;
      if (fields.length === 0) return 'no line "#Fields:" came before';
      const values = line.split(line.includes('\t') ? '\t' : ' ');
      if (values.length !== fields.length) return `${values.length} fields where there should be ${fields.length}`;
      const raw: Record<string, Json> = {};
      fields.forEach((name, i) => {
        const value = values[i] ?? '-';
        if (value !== '-') raw[name] = value;
      });
      return eventOf(raw, layout);
    };
  },
};

/** The same as JSON, which the second version of standard logs writes. */
export const cloudFrontRecords: JsonFormat = {
  source: 'aws.cloudfront',
  recognises: (record) =>
    record['x-edge-location'] !== undefined || (record['cs-uri-stem'] !== undefined && record['x-edge-request-id'] !== undefined),
  event(record, from) {
    const raw: Record<string, Json> = {};
    for (const [name, value] of Object.entries(record)) {
      if (value === null || value === '-' || value === '') continue;
      raw[name] = value;
    }
    return eventOf(raw, layoutOf(from));
  },
};

function isHeader(line: string): boolean {
  return line.startsWith('#Fields:') && line.includes('x-edge-') && fieldsOf(line).length > 2;
}

function fieldsOf(header: string): readonly string[] {
  const names = header.slice('#Fields:'.length).trim().split(/[ \t]/);
  return names.every((name) => fieldName.test(name)) && new Set(names).size === names.length ? names : [];
}

function eventOf(raw: JsonObject, layout: Layout): Event | string {
  const text = (name: string): string => {
    const value = raw[name];
    return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
  };
  const time = timeOf(text('date'), text('time'), raw['timestamp'] ?? raw['timestamp(ms)'] ?? null);
  if (time === null) return 'date and time are missing or no time';
  const request = {
    method: text('cs-method'),
    path: text('cs-uri-stem'),
    query: text('cs-uri-query'),
    host: text('x-host-header') || text('cs(Host)'),
    ip: text('c-ip'),
    status: text('sc-status'),
    userAgent: decodeHeader(text('cs(User-Agent)')),
    referer: decodeHeader(text('cs(Referer)')),
  };
  const name = text('DistributionId') || text('cs(Host)');
  return webEvent('aws.cloudfront', raw, request, time, {
    ...layout,
    service: 'cloudfront.amazonaws.com',
    resource: name === '' ? null : { type: 'AWS::CloudFront::Distribution', name },
  });
}

/** `date` and `time` in UTC; without them seconds or milliseconds since 1970. */
function timeOf(date: string, time: string, stamp: Json): number | null {
  const told = parseEventTime(`${date}T${time}`);
  if (told !== null) return told;
  const number =
    typeof stamp === 'number' ? stamp : typeof stamp === 'string' && /^\d{10,13}(?:\.\d{1,6})?$/.test(stamp) ? Number(stamp) : Number.NaN;
  if (!(number > 0) || number >= 1e14) return null;
  return Math.floor(number < 1e11 ? number * 1000 : number);
}
