import { describe, expect, test } from 'vitest';
import { eventsOfText } from '../log-reader.ts';
import { readAll } from '../read-all.testing.ts';

const v2 = 'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
const good = '2 111122223333 eni-0a1b2c3d4e5f60718 198.51.100.7 10.0.0.5 51234 22 6 20 4249 1767603600 1767603660 REJECT OK';
const nodata = '2 111122223333 eni-0a1b2c3d4e5f60718 - - - - - - - 1767603600 1767603660 - NODATA';
const skipped = '2 111122223333 eni-0a1b2c3d4e5f60718 - - - - - - - 1767603600 1767603660 - SKIPDATA';
const object =
  'AWSLogs/111122223333/vpcflowlogs/eu-west-1/2026/01/05/111122223333_vpcflowlogs_eu-west-1_fl-0123_20260105T0900Z_1a2b.log.gz';

test('a line below its header, with AWS names and what the object says', () => {
  const { events, texts } = readAll(`${v2}\n${good}\n`, object);
  expect(events).toHaveLength(1);
  const [event] = events;
  expect(event?.source).toBe('aws.vpc-flow');
  expect(event?.time).toBe(Date.UTC(2026, 0, 5, 9));
  expect(event?.raw).toEqual({
    version: '2',
    'account-id': '111122223333',
    'interface-id': 'eni-0a1b2c3d4e5f60718',
    srcaddr: '198.51.100.7',
    dstaddr: '10.0.0.5',
    srcport: '51234',
    dstport: '22',
    protocol: '6',
    packets: '20',
    bytes: '4249',
    start: '1767603600',
    end: '1767603660',
    action: 'REJECT',
    'log-status': 'OK',
  });
  expect(event?.words).toEqual({
    operation: 'REJECT tcp/22',
    service: 'vpc-flow',
    account: '111122223333',
    region: 'eu-west-1',
    ip: '198.51.100.7',
    resource: {
      account: '111122223333',
      name: 'eni-0a1b2c3d4e5f60718',
      region: 'eu-west-1',
      type: 'AWS::EC2::NetworkInterface',
      uid: 'arn:aws:ec2:eu-west-1:111122223333:network-interface/eni-0a1b2c3d4e5f60718',
    },
  });
  // The text kept is enough to read it again.
  expect(eventsOfText(texts[0] ?? '', object).map((one) => one.key)).toEqual([event?.key]);
});

test('the default format needs no header, in an object and in a message of CloudWatch Logs', () => {
  expect(readAll(`${good}\n`).events).toHaveLength(1);
  const batch = {
    messageType: 'DATA_MESSAGE',
    owner: '444455556666',
    logGroup: 'g',
    logStream: 's',
    logEvents: [{ timestamp: 1, message: good }],
  };
  const { events, setAsides } = readAll(JSON.stringify(batch));
  expect(setAsides).toEqual([]);
  expect(events.map((event) => event.raw['dstport'])).toEqual(['22']);
});

test('fields in any order, new ones too, by the header; a header may come again with others', () => {
  const text = [
    'dstport srcaddr start action pkt-srcaddr flow-direction instance-id shiny-new',
    '443 10.0.0.5 1767603600 ACCEPT 10.0.0.6 egress i-0abc x',
    'start srcaddr dstaddr region',
    '1767603601 2001:db8::1 2001:db8::2 us-east-1',
  ].join('\r\n');
  const { events, setAsides } = readAll(text, 'AWSLogs/aws-account-id=444455556666/aws-service=vpcflowlogs/aws-region=eu-central-1/x.log');
  expect(setAsides).toEqual([]);
  expect(events.map((event) => event.raw)).toEqual([
    {
      dstport: '443',
      srcaddr: '10.0.0.5',
      start: '1767603600',
      action: 'ACCEPT',
      'pkt-srcaddr': '10.0.0.6',
      'flow-direction': 'egress',
      'instance-id': 'i-0abc',
      'shiny-new': 'x',
    },
    { start: '1767603601', srcaddr: '2001:db8::1', dstaddr: '2001:db8::2', region: 'us-east-1' },
  ]);
  expect(events.map((event) => [event.words.account, event.words.region])).toEqual([
    ['444455556666', 'eu-central-1'],
    ['444455556666', 'us-east-1'],
  ]);
  expect(events[0]?.words.resource?.uid).toBe('arn:aws:ec2:eu-central-1:444455556666:instance/i-0abc');
});

test.each([
  ['no traffic is nothing', nodata, []],
  ['skipped records are told', skipped, [expect.stringContaining('SKIPDATA')]],
  ['a field too few', good.replace(' OK', ''), ['13 fields where there should be 14']],
  ['two spaces', good.replace(' 22 ', '  22 '), ['15 fields where there should be 14']],
  ['a port that is none', good.replace(' 22 ', ' 65536 '), ['dstport is no whole number up to 65535']],
  ['a negative number', good.replace(' 20 ', ' -1 '), ['packets is no whole number up to 9007199254740991']],
  ['an address that is none', good.replace('10.0.0.5', 'ten.0'), ['dstaddr is no address']],
  ['no time', good.replace('1767603600 1767603660', '- -'), ['a flow without start and end']],
  ['an hour too late for any clock', good.replace('1767603600', '9999999999999999'), ['start is no whole number up to 253402300799']],
])('%s, and the neighbours stand', (_, line, reasons) => {
  const { events, setAsides } = readAll([v2, good, line, good].join('\n'));
  expect(events).toHaveLength(2);
  expect(setAsides.map((one) => one.reason)).toEqual(reasons);
  for (const one of setAsides) expect(one.place.offset).toBe(v2.length + good.length + 2);
});

test('a row of Parquet is the same event as its line', () => {
  const row = {
    version: 2,
    account_id: '111122223333',
    interface_id: 'eni-0a1b2c3d4e5f60718',
    srcaddr: '198.51.100.7',
    dstaddr: '10.0.0.5',
    srcport: 51234,
    dstport: 22,
    protocol: 6,
    packets: 20,
    bytes: 4249,
    start: 1767603600,
    end: 1767603660,
    action: 'REJECT',
    log_status: 'OK',
    vpc_id: '-',
    tcp_flags: null,
  };
  const idle = { interface_id: 'eni-1', start: 1767603600, end: 1767603660, log_status: 'NODATA', srcport: null };
  const rows = readAll(`${JSON.stringify(row)}\n${JSON.stringify(idle)}\n${JSON.stringify({ ...row, dstport: 'x' })}\n`);
  expect(rows.events.map((event) => event.key)).toEqual(readAll(good).events.map((event) => event.key));
  expect(rows.setAsides.map((one) => one.reason)).toEqual(['dstport is no whole number up to 65535']);
});

test('flows of a transit gateway', () => {
  const { events } = readAll(
    'version resource-type account-id tgw-id tgw-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end log-status\n' +
      '6 TransitGateway 111122223333 tgw-0a1 tgw-attach-0b2 10.1.0.5 10.2.0.6 40000 443 6 1 60 1767603600 1767603660 OK\n',
  );
  expect(events.map((event) => [event.words.operation, event.words.resource?.name])).toEqual([['flow tcp/443', 'tgw-attach-0b2']]);
});

describe('who the other end is', () => {
  test.each([
    ['198.51.100.7', '10.0.0.5', '198.51.100.7'],
    ['10.0.0.5', '198.51.100.7', '198.51.100.7'],
    ['10.0.0.5', '10.0.0.6', '10.0.0.5'],
    ['fd00::1', '2001:db8::1', '2001:db8::1'],
  ])('%s to %s: %s', (from, to, other) => {
    const { events } = readAll(`${v2}\n${good.replace('198.51.100.7 10.0.0.5', `${from} ${to}`)}`);
    expect(events.map((event) => event.words.ip)).toEqual([other]);
  });
});
