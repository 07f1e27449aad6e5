import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { holdsAgainstHostileBytes, readLog } from '../log-format.contract.ts';

const rest = (n: number, extra: JsonObject = {}) =>
  JSON.stringify({
    requestId: `00000000-0000-4000-8000-00000000000${n}`,
    ip: `192.0.2.${n}`,
    caller: '-',
    user: '-',
    requestTime: '05/Jan/2026:09:00:00 +0000',
    httpMethod: 'GET',
    resourcePath: '/pets',
    status: '403',
    protocol: 'HTTP/1.1',
    responseLength: '21',
    ...extra,
  });
const line = (n: number) =>
  `192.0.2.${n} - - [05/Jan/2026:09:00:00 +0000]"GET /pets?x=1 HTTP/1.1" 200 123 00000000-0000-4000-8000-00000000000${n}`;

test('the form that the console proposes', () => {
  const { events } = readLog(rest(1));
  expect(events[0]).toMatchObject({ source: 'aws.api-gateway', time: Date.UTC(2026, 0, 5, 9) });
  expect(events[0]?.raw).toMatchObject({
    resourcePath: '/pets',
    'cs-uri-stem': '/pets',
    'c-ip': '192.0.2.1',
    'sc-status': '403',
    'cs-method': 'GET',
  });
});

test.each<[string, JsonObject, object]>([
  [
    'names as the variables have them',
    {
      requestId: 'a',
      'identity.sourceIp': '192.0.2.1',
      httpMethod: 'POST',
      path: '/x',
      status: 401,
      requestTimeEpoch: 1_767_603_600_000,
      'identity.userAgent': 'curl/8',
    },
    { 'c-ip': '192.0.2.1', 'cs-method': 'POST', 'sc-status': '401', 'cs-user-agent': 'curl/8' },
  ],
  [
    'an HTTP API, its identity apart',
    {
      requestId: 'a',
      identity: { sourceIp: '192.0.2.1' },
      routeKey: 'GET /pets/{id}',
      status: '200',
      requestTime: '05/Jan/2026:09:00:00 +0000',
    },
    { 'c-ip': '192.0.2.1', 'cs-method': 'GET', 'cs-uri-stem': '/pets/{id}' },
  ],
])('%s', (_, record, members) => {
  const { events } = readLog(JSON.stringify(record));
  expect(events[0]?.time).toBe(Date.UTC(2026, 0, 5, 9));
  expect(events[0]?.raw).toMatchObject(members);
});

test('lines of the common log format', () => {
  const { events, setAsides } = readLog(`${line(1)}\n${line(2)}\n`);
  expect(setAsides).toEqual([]);
  expect(events[0]?.raw).toMatchObject({ 'cs-uri-stem': '/pets', 'cs-uri-query': 'x=1', 'c-ip': '192.0.2.1', 'sc-status': '200' });
});

test('through CloudWatch Logs: the time of receipt where there is none, the group as the name', () => {
  const message = JSON.stringify({ requestId: 'a', ip: '192.0.2.1', httpMethod: 'GET', path: '/', status: '200' });
  const batch = { owner: '111122223333', logGroup: 'api/prod', logStream: 's', logEvents: [{ timestamp: 1_767_603_600_000, message }] };
  const { events } = readLog(JSON.stringify(batch));
  expect(events[0]).toMatchObject({ time: 1_767_603_600_000 });
  expect(events[0]?.words).toMatchObject({ account: '111122223333', resource: { name: 'api/prod' } });
});

test('without a time it is set aside', () => {
  expect(readLog(rest(1, { requestTime: 'soon' })).setAsides[0]?.reason).toMatch(/requestTime/);
});

describe('hostile bytes: JSON', () => holdsAgainstHostileBytes([rest(1), rest(2), rest(3)]));
describe('hostile bytes: lines', () => holdsAgainstHostileBytes([line(1), line(2), line(3)]));
