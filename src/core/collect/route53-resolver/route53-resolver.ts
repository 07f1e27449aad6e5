import { arnOf } from '../../lib/arn.ts';
import { parseEventTime } from '../../lib/event-time.ts';
import type { Event, Words } from '../../model/event.ts';
import type { ResourceRef } from '../../model/finding.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { JsonFormat } from '../log-format.ts';
import { recordEvent } from '../record-event.ts';
import { rememberSifts } from '../sifters.ts';
import { namesOf } from './names-of.ts';
import { querySifter } from './query-sifter.ts';

const siftOf = rememberSifts((_, sieve, open) => querySifter(sieve, open));

/**
 * Query logs of Route 53 Resolver, one JSON object a line.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs-format.html
 */
export const route53Resolver: JsonFormat = {
  source: 'aws.route53-resolver',
  recognises: (record) => typeof record['query_name'] === 'string' && record['query_timestamp'] !== undefined,
  event: queryEvent,
  sift: (sieve, open) => siftOf('', sieve, open),
};

function queryEvent(record: JsonObject): Event | string {
  const time = parseEventTime(record['query_timestamp']);
  if (time === null) return 'query_timestamp is no time';
  const name = record['query_name'];
  return typeof name === 'string'
    ? recordEvent('aws.route53-resolver', { ...record, ...namesOf(name) }, time, wordsOf, record)
    : 'query_name is no text';
}

function wordsOf(raw: JsonObject): Words {
  const account = text(raw['account_id']) ?? '';
  const region = text(raw['region']) ?? '';
  const ip = text(raw['srcaddr']);
  const code = text(raw['rcode']);
  const resource = resourceOf(raw['srcids'], account, region);
  return {
    operation: text(raw['query_type']) ?? '',
    service: 'route53resolver.amazonaws.com',
    account,
    region,
    ...(ip === undefined ? {} : { ip }),
    ...(code === undefined || code === 'NOERROR' ? {} : { error: code }),
    ...(resource === null ? {} : { resource }),
  };
}

const askers = [
  ['instance', 'AWS::EC2::Instance'],
  ['resolver_network_interface', 'AWS::EC2::NetworkInterface'],
  ['resolver_endpoint', 'AWS::Route53Resolver::ResolverEndpoint'],
] as const;

function resourceOf(ids: Json | undefined, account: string, region: string): ResourceRef | null {
  if (typeof ids !== 'object' || ids === null || Array.isArray(ids)) return null;
  for (const [member, type] of askers) {
    const name = text((ids as JsonObject)[member]);
    if (name !== undefined) return { account, name, region, type, uid: arnOf(type, name, account, region) };
  }
  return null;
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
