import { describe, expect, test } from 'vitest';
import { holdsAgainstHostileBytes, readLog } from '../log-format.contract.ts';

const fields =
  'date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query x-edge-request-id x-host-header';
const header = `#Version: 1.0\n#Fields: ${fields}`;
const line = (n: number) =>
  `2026-01-05\t09:00:0${n}\tFRA2-C1\t1045\t192.0.2.${n}\tGET\td111111abcdef8.cloudfront.net\t/search%2520x\t200\thttps://example.com/\tMozilla/5.0%20(X11)\tq=%2527or%25201\trequest${n}==\twww.example.com`;
const record = (n: number, extra: object = {}) =>
  JSON.stringify({
    date: '2026-01-05',
    time: `09:00:0${n}`,
    'x-edge-location': 'FRA2-C1',
    'c-ip': `192.0.2.${n}`,
    'cs-method': 'GET',
    'cs(Host)': 'd111111abcdef8.cloudfront.net',
    'cs-uri-stem': '/a',
    'cs-uri-query': '-',
    'sc-status': '200',
    'cs(User-Agent)': 'curl/8.5',
    'x-edge-request-id': `request${n}`,
    ...extra,
  });

test('lines below their header', () => {
  const { events, setAsides } = readLog(`${header}\n${line(1)}\n`);
  expect(setAsides).toEqual([]);
  expect(events[0]).toMatchObject({ source: 'aws.cloudfront', time: Date.UTC(2026, 0, 5, 9, 0, 1) });
  expect(events[0]?.raw).toMatchObject({
    'x-edge-location': 'FRA2-C1',
    'cs(User-Agent)': 'Mozilla/5.0%20(X11)',
    'cs-user-agent': 'Mozilla/5.0 (X11)',
    'cs-host': 'www.example.com',
    'cs-referer': 'https://example.com/',
    'cs-uri-query': 'q=%2527or%25201',
    'cs-uri-decoded': "/search x?q='or 1",
  });
  expect(events[0]?.words).toMatchObject({
    operation: 'GET /search%2520x',
    service: 'cloudfront.amazonaws.com',
    ip: '192.0.2.1',
    resource: { type: 'AWS::CloudFront::Distribution', name: 'd111111abcdef8.cloudfront.net' },
  });
});

test('columns in another order, and a second header', () => {
  const other = '#Fields: c-ip cs-method cs-uri-stem sc-status x-edge-location date time';
  const { events, setAsides } = readLog(`${header}\n${line(1)}\n${other}\n192.0.2.9 POST /login 401 X 2026-01-05 10:00:00\nshort line\n`);
  expect(events.map((event) => event.raw['c-ip'])).toEqual(['192.0.2.1', '192.0.2.9']);
  expect(setAsides.map((one) => one.reason)).toEqual(['2 fields where there should be 7']);
});

test('records as JSON, with either time', () => {
  expect(readLog(record(1)).events[0]?.raw).not.toHaveProperty('cs-uri-query');
  for (const timestamp of [1_767_603_601, '1767603601', '1767603601.25', 1_767_603_601_000]) {
    const { events } = readLog(record(1, { date: null, time: null, timestamp }));
    expect(Math.floor((events[0]?.time ?? 0) / 1000)).toBe(1_767_603_601);
  }
  expect(readLog(record(1, { date: 'x' })).setAsides[0]?.reason).toMatch(/no time/);
});

describe('hostile bytes: lines', () =>
  // A line of W3C's extended format that begins so is a directive: https://www.w3.org/TR/WD-logfile
  holdsAgainstHostileBytes([line(1), line(2), line(3)], header, (mutated) => mutated.startsWith('#')));
describe('hostile bytes: JSON', () => holdsAgainstHostileBytes([record(1), record(2), record(3)]));
