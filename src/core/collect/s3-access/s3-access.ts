import { arnOf } from '../../lib/arn.ts';
import { parseClfTime } from '../../lib/clf-time.ts';
import type { Event, Words } from '../../model/event.ts';
import type { Actor } from '../../model/finding.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { type Layout, layoutOf } from '../layout.ts';
import type { LineFormat } from '../log-format.ts';
import { recordEvent } from '../record-event.ts';
import { splitLine } from '../records/split-line.ts';
import { fewest, fields, wholeNumbers } from './fields.ts';

/** Owner, bucket and time tell such a line from any other. */
const beginning = /^(?:[0-9a-f]{64}|-) [^ ]{3,255} \[\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4}\] /;
/** AWS adds fields at the end; more than this is no such line. */
const mostFields = 64;

/** S3 server access logs. What AWS adds behind the fields that are known here is kept, as `more`. */
export const s3Access: LineFormat = {
  source: 'aws.s3-access',
  recognises: (line) => beginning.test(line),
  isHeader: () => false,
  open(_, from) {
    const layout = layoutOf(from);
    return (line) => {
      const values = splitLine(line, mostFields);
      return typeof values === 'string' ? values : eventOf(values, layout);
    };
  },
};

function eventOf(values: readonly string[], layout: Layout): Event | string {
  if (values.length < fewest) return `${values.length} fields where there should be ${fewest} or more`;
  const raw: Record<string, Json> = {};
  fields.forEach((name, i) => {
    const value = values[i];
    if (value !== undefined && value !== '-') raw[name] = value;
  });
  if (values.length > fields.length) raw['more'] = values.slice(fields.length);
  const status = raw['http_status'];
  if (status !== undefined && !/^[1-9]\d\d$/.test(String(status))) return 'http_status is no status';
  for (const name of wholeNumbers) {
    const value = raw[name];
    if (value !== undefined && !/^\d{1,15}$/.test(String(value))) return `${name} is no whole number`;
  }
  const time = parseClfTime(String(raw['time'] ?? ''));
  return time === null ? 'time is no time' : recordEvent('aws.s3-access', raw, time, (record) => wordsOf(record, layout));
}

function wordsOf(raw: JsonObject, layout: Layout): Words {
  const text = (name: string): string | undefined => (raw[name] === undefined ? undefined : String(raw[name]));
  const account = layout.account ?? '';
  const region = text('source_region') ?? layout.region ?? '';
  const ip = text('remote_ip');
  const userAgent = text('user_agent');
  const error = text('error_code');
  const requester = text('requester');
  const bucket = text('bucket');
  return {
    operation: text('operation') ?? '',
    service: 's3.amazonaws.com',
    account,
    region,
    ...(ip === undefined ? {} : { ip }),
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(error === undefined ? {} : { error }),
    ...(requester === undefined ? {} : { actor: actorOf(requester) }),
    ...(bucket === undefined
      ? {}
      : { resource: { account, name: bucket, region, type: 'AWS::S3::Bucket', uid: arnOf('AWS::S3::Bucket', bucket, account, region) } }),
  };
}

/** An ARN, a canonical user id, or the name of an AWS service. */
function actorOf(requester: string): Actor {
  const arn = /^arn:[a-z-]+:(?:iam|sts)::(\d{12}):(user|assumed-role|federated-user|root)/.exec(requester);
  const type = arn?.[2] === 'user' ? 'IAMUser' : arn?.[2] === 'assumed-role' ? 'AssumedRole' : 'Unknown';
  return {
    ...(arn?.[1] === undefined ? {} : { account: arn[1] }),
    name: requester.replace(/^.*[/:]/, ''),
    type: requester.endsWith('.amazonaws.com') ? 'AWSService' : type,
    uid: requester,
  };
}
