import { arnOf } from '../../lib/arn.ts';
import { isPrivateAddress } from '../../lib/private-address.ts';
import type { Event, Words } from '../../model/event.ts';
import type { ResourceRef } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Layout } from '../layout.ts';
import { recordEvent } from '../record-event.ts';
import { largest } from './fields.ts';

const address = /^[0-9A-Fa-f.:]{2,45}$/;

const protocols: { readonly [number: string]: string } = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmpv6' };

/**
 * Makes an event of a flow's fields, texts by AWS's names; a text says why it is none, null that the interval had no
 * traffic. The time is the start of the flow: the end is only known when the interval is over, and differs with its
 * length, which is a setting.
 */
export function flowEvent(raw: JsonObject, layout: Layout): Event | string | null {
  const status = raw['log-status'];
  if (status === 'NODATA') return null;
  if (status === 'SKIPDATA') return 'SKIPDATA: AWS left out records of this interval, so traffic may be missing';
  for (const name in raw) {
    const most = Object.hasOwn(largest, name) ? largest[name] : undefined;
    if (most !== undefined && !isWhole(String(raw[name]), most)) return `${name} is no whole number up to ${most}`;
  }
  for (const name of ['srcaddr', 'dstaddr'] as const) {
    const value = raw[name];
    if (value !== undefined && !address.test(String(value))) return `${name} is no address`;
  }
  const seconds = raw['start'] ?? raw['end'];
  if (seconds === undefined) return 'a flow without start and end';
  return recordEvent('aws.vpc-flow', raw, Number(seconds) * 1_000, (record) => wordsOf(record, layout));
}

function isWhole(text: string, most: number): boolean {
  if (text.length === 0 || text.length > 16) return false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 48 || c > 57) return false;
  }
  return Number(text) <= most;
}

function wordsOf(raw: JsonObject, layout: Layout): Words {
  const text = (name: string): string | undefined => (raw[name] === undefined ? undefined : String(raw[name]));
  const account = text('account-id') ?? layout.account ?? '';
  const region = text('region') ?? layout.region ?? '';
  const ip = remoteOf(text('pkt-srcaddr') ?? text('srcaddr'), text('pkt-dstaddr') ?? text('dstaddr'));
  const resource = resourceOf(text, account, region);
  const protocol = text('protocol') ?? '';
  const port = text('dstport');
  return {
    operation: `${text('action') ?? 'flow'} ${protocols[protocol] ?? `protocol ${protocol}`}${port === undefined ? '' : `/${port}`}`,
    service: 'vpc-flow',
    account,
    region,
    ...(ip === undefined ? {} : { ip }),
    ...(resource === null ? {} : { resource }),
  };
}

/** The end that is not ours; between two of ours, or two of others, the one that sent. */
function remoteOf(from: string | undefined, to: string | undefined): string | undefined {
  if (from === undefined) return to;
  return to !== undefined && isPrivateAddress(from) && !isPrivateAddress(to) ? to : from;
}

const resources = [
  ['instance-id', 'AWS::EC2::Instance'],
  ['interface-id', 'AWS::EC2::NetworkInterface'],
  ['tgw-attachment-id', 'AWS::EC2::TransitGatewayAttachment'],
] as const;

function resourceOf(text: (name: string) => string | undefined, account: string, region: string): ResourceRef | null {
  for (const [field, type] of resources) {
    const name = text(field);
    if (name !== undefined) return { account, name, region, type, uid: arnOf(type, name, account, region) };
  }
  return null;
}
