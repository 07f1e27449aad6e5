import { Buffer } from 'node:buffer';
import { parseArn } from '../../lib/arn.ts';
import { parseEventTime } from '../../lib/event-time.ts';
import type { Event } from '../../model/event.ts';
import type { Json } from '../../model/json.ts';
import { type Layout, layoutOf } from '../layout.ts';
import type { LineFormat } from '../log-format.ts';
import { recordEvent } from '../record-event.ts';
import { splitLine } from '../records/split-line.ts';
import { addressOf, requestLine, webEvent } from '../web/web-event.ts';
import { albFields, clbFields, nlbFields } from './fields.ts';

const service = 'elasticloadbalancing.amazonaws.com';
/** AWS adds fields at the end; more than this is no such entry. */
const mostFields = 64;

type Entry = { readonly [field: string]: string };

/** Entries of Application Load Balancers. What AWS adds behind the fields that are known here is kept, as `more`. */
export const alb: LineFormat = {
  source: 'aws.alb',
  recognises: (line) => /^(?:https?|h2|grpcs?|wss?) \d{4}-\d\d-\d\dT[\d:.]{8,15}Z app\/[^ ]{1,255} /.test(line),
  isHeader: () => false,
  open: (_, from) => taker(albFields, 13, layoutOf(from), (entry, time, raw, layout) => requestOf('aws.alb', entry, time, raw, layout)),
};

/** Entries of Network Load Balancers: connections to their TLS listeners. */
export const nlb: LineFormat = {
  source: 'aws.nlb',
  recognises: (line) => /^tls \d{1,2}\.\d{1,2} \d{4}-\d\d-\d\dT[\d:.]{8,15}Z? net\/[^ ]{1,255} /.test(line),
  isHeader: () => false,
  open: (_, from) => taker(nlbFields, 16, layoutOf(from), connectionOf),
};

/** Entries of Classic Load Balancers; older ones end before the user agent. */
export const clb: LineFormat = {
  source: 'aws.clb',
  recognises: (line) => /^\d{4}-\d\d-\d\dT[\d:.]{8,15}Z [A-Za-z0-9-]{1,32} [^ ]{2,60} [^ ]{1,60} (?:-?[\d.]{1,12} ){3}/.test(line),
  isHeader: () => false,
  open: (_, from) => taker(clbFields, 12, layoutOf(from), (entry, time, raw, layout) => requestOf('aws.clb', entry, time, raw, layout)),
};

type MakeEvent = (entry: Entry, time: number, raw: { readonly [name: string]: Json }, layout: Layout) => Event;

function taker(fields: readonly string[], fewest: number, layout: Layout, make: MakeEvent): (line: string) => Event | string {
  return (line) => {
    const values = splitLine(line, mostFields, false);
    if (typeof values === 'string') return values;
    if (values.length < fewest) return `${values.length} fields where there should be ${fewest} or more`;
    const entry: Record<string, string> = {};
    fields.forEach((name, i) => {
      const value = values[i];
      if (value !== undefined && value !== '-') entry[name] = value;
    });
    const time = parseEventTime(entry['time']);
    if (time === null) return 'time is no time';
    return make(entry, time, values.length > fields.length ? { ...entry, more: values.slice(fields.length) } : entry, layout);
  };
}

function requestOf(
  source: 'aws.alb' | 'aws.clb',
  entry: Entry,
  time: number,
  raw: { readonly [name: string]: Json },
  layout: Layout,
): Event {
  const { method, path, query, host } = requestLine(unescaped(entry['request'] ?? ''));
  const request = {
    method,
    path,
    query,
    host: entry['domain_name'] ?? host,
    ip: addressOf(entry['client:port'] ?? ''),
    status: entry['elb_status_code'] ?? '',
    userAgent: unescaped(entry['user_agent'] ?? ''),
    referer: '',
  };
  return webEvent(source, raw, request, time, { ...placeOf(entry, layout), service, resource: resourceOf(source, entry) });
}

function connectionOf(entry: Entry, time: number, raw: { readonly [name: string]: Json }, layout: Layout): Event {
  const { account = '', region = '' } = placeOf(entry, layout);
  const ip = addressOf(entry['client:port'] ?? '');
  const name = entry['elb'] ?? '';
  const alert = entry['incoming_tls_alert'];
  return recordEvent('aws.nlb', { ...raw, ...(ip === '' ? {} : { 'c-ip': ip }) }, time, () => ({
    operation: 'TLS connection',
    service,
    account,
    region,
    ...(ip === '' ? {} : { ip }),
    ...(alert === undefined ? {} : { error: `TLS alert ${alert}` }),
    ...(name === '' ? {} : { resource: { account, name, region, type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', uid: name } }),
  }));
}

/** Account and Region stand in the ARNs of target group and certificate, else in the object's name. */
function placeOf(entry: Entry, layout: Layout): Layout {
  const arn = parseArn(entry['target_group_arn'] ?? '') ?? parseArn(entry['chosen_cert_arn'] ?? '');
  return arn === null ? layout : { account: arn.account, region: arn.region };
}

function resourceOf(source: 'aws.alb' | 'aws.clb', entry: Entry): { readonly type: string; readonly name: string } | null {
  const name = entry['elb'];
  if (name === undefined) return null;
  return { name, type: source === 'aws.alb' ? 'AWS::ElasticLoadBalancingV2::LoadBalancer' : 'AWS::ElasticLoadBalancing::LoadBalancer' };
}

/** Quotes and bytes that are not printable come as `\x22`; several of them may be one letter in UTF-8. */
function unescaped(text: string): string {
  return text.includes('\\x')
    ? text.replace(/(?:\\x[0-9A-Fa-f]{2})+/g, (bytes) => Buffer.from(bytes.replaceAll('\\x', ''), 'hex').toString('utf8'))
    : text;
}
