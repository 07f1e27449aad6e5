import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { holdsAgainstHostileBytes, readLog } from '../log-format.contract.ts';

const record = (n: number, extra: JsonObject = {}) =>
  JSON.stringify({
    timestamp: 1_767_603_600_000 + n,
    formatVersion: 1,
    webaclId: 'arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/shop/3f6b1c2d',
    terminatingRuleId: 'SqlInjection',
    terminatingRuleType: 'REGULAR',
    action: 'BLOCK',
    httpSourceName: 'ALB',
    httpRequest: {
      clientIp: `192.0.2.${n}`,
      country: 'DE',
      headers: [
        { name: 'Host', value: 'www.example.com' },
        { name: 'User-Agent', value: 'curl/8.5' },
      ],
      uri: '/search',
      args: '?q=%27%20or%201=1',
      httpMethod: 'GET',
      requestId: `r${n}`,
    },
    responseCodeSent: null,
    ...extra,
  });

test('a blocked request', () => {
  const { events } = readLog(record(1));
  expect(events[0]?.raw).toMatchObject({
    action: 'BLOCK',
    'sc-status': '403',
    'cs-uri-decoded': "/search?q=' or 1=1",
    'cs-host': 'www.example.com',
    'cs-user-agent': 'curl/8.5',
    'c-ip': '192.0.2.1',
  });
  expect(events[0]?.words).toMatchObject({
    account: '111122223333',
    region: 'eu-west-1',
    resource: { name: 'shop', type: 'AWS::WAFv2::WebACL', uid: 'arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/shop/3f6b1c2d' },
  });
});

test.each<[string, JsonObject, string]>([
  ['an allowed request has no status here', { action: 'ALLOW' }, ''],
  ['what it answered itself', { responseCodeSent: 429 }, '429'],
])('%s', (_, extra, status) => {
  expect(readLog(record(1, extra)).events[0]?.raw['sc-status']).toBe(status);
});

test('without a time it is set aside', () => {
  expect(readLog(record(1, { timestamp: 'x' })).setAsides).toHaveLength(1);
});

describe('hostile bytes', () => holdsAgainstHostileBytes([record(1), record(2), record(3)]));
