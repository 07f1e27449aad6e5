import { describe, expect, test } from 'vitest';
import { holdsAgainstHostileBytes, readLog } from '../log-format.contract.ts';

const albLine = (n: number, request = 'GET https://www.example.com:443/a?b=%27 HTTP/1.1', more = '') =>
  `https 2026-01-05T09:00:0${n}.186641Z app/web/50dc6c495c0c9188 192.0.2.${n}:2817 10.0.0.1:80 0.086 0.048 0.037 403 403 0 57 "${request}" "curl/8.5 \\x22x\\x22" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:111122223333:targetgroup/t/73e2d6bc24d8a067 "Root=1-58337281-1d84f3d73c47ec4e58577259" "www.example.com" "arn:aws:acm:us-east-2:111122223333:certificate/12345678" 1 2026-01-05T09:00:00.000000Z "authenticate,forward" "-" "-" "10.0.0.1:80" "403" "-" "-" TID_1234${more}`;
const clbLine = (n: number) =>
  `2026-01-05T09:00:0${n}.945958Z my-loadbalancer 192.0.2.${n}:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29 "GET http://www.example.com:80/x HTTP/1.1" "curl/7.38.0" - -`;
const nlbLine = (n: number) =>
  `tls 2.0 2026-01-05T09:00:0${n} net/front/c6e77e28c25b2234 g3d4b5e8bb8464cd 192.0.2.${n}:51341 10.0.0.9:443 5 2 98 246 - arn:aws:acm:us-east-2:111122223333:certificate/2a108f19 - ECDHE-RSA-AES128-SHA tlsv12 - front.example.com h2 h2 "h2","http/1.1" 2026-01-05T09:00:00`;

test('an entry of an Application Load Balancer', () => {
  const { events, setAsides } = readLog(`${albLine(1)}\n`);
  expect(setAsides).toEqual([]);
  expect(events[0]?.source).toBe('aws.alb');
  expect(events[0]?.time).toBe(Date.UTC(2026, 0, 5, 9, 0, 1, 186));
  expect(events[0]?.raw).toMatchObject({
    elb: 'app/web/50dc6c495c0c9188',
    elb_status_code: '403',
    conn_trace_id: 'TID_1234',
    'cs-method': 'GET',
    'cs-uri-stem': '/a',
    'cs-uri-query': 'b=%27',
    'cs-uri-decoded': "/a?b='",
    'cs-host': 'www.example.com',
    'c-ip': '192.0.2.1',
    'sc-status': '403',
    'cs-user-agent': 'curl/8.5 "x"',
  });
  expect(events[0]?.words).toEqual({
    operation: 'GET /a',
    service: 'elasticloadbalancing.amazonaws.com',
    account: '111122223333',
    region: 'us-east-2',
    ip: '192.0.2.1',
    userAgent: 'curl/8.5 "x"',
    error: '403',
    resource: {
      account: '111122223333',
      name: 'app/web/50dc6c495c0c9188',
      region: 'us-east-2',
      type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
      uid: 'app/web/50dc6c495c0c9188',
    },
  });
});

test.each<[string, string, object]>([
  [
    'letters that are several bytes',
    'GET http://example.com:80/caf\\xC3\\xA9?a=\\xFF HTTP/1.1',
    { 'cs-uri-stem': '/café', 'cs-uri-query': 'a=\uFFFD' },
  ],
  ['a request that was none', '- http://www.example.com:80- ', { 'cs-method': '', 'cs-uri-stem': '' }],
  ['no request at all', '- - - ', { 'cs-method': '', 'cs-uri-stem': '' }],
  ['a path with spaces', 'GET http://example.com:80/a b c HTTP/1.1', { 'cs-uri-stem': '/a b c' }],
])('%s', (_, request, members) => {
  expect(readLog(`${albLine(1, request)}\n`).events[0]?.raw).toMatchObject(members);
});

test('fields that AWS has added since are kept, and older entries end sooner', () => {
  const more = ' "new.example.com" "-" "-" added "two words"';
  expect(readLog(`${albLine(1, undefined, more)}\n`).events[0]?.raw).toMatchObject({
    transformed_host: 'new.example.com',
    more: ['added', 'two words'],
  });
  expect(readLog(`${albLine(1).split(' "curl')[0]}\n`).events[0]?.raw['user_agent']).toBeUndefined();
  expect(readLog(`${albLine(1)}\n${albLine(2).slice(0, 120)}\n`).setAsides[0]?.reason).toMatch(/fields where|does not close/);
});

test('Classic and Network Load Balancers', () => {
  const classic = readLog(`${clbLine(1)}\n`, [], 'AWSLogs/111122223333/elasticloadbalancing/us-west-2/2026/01/05/x.log').events[0];
  expect(classic).toMatchObject({ source: 'aws.clb', raw: { 'cs-uri-stem': '/x', 'cs-host': 'www.example.com', 'c-ip': '192.0.2.1' } });
  expect(classic?.words).toMatchObject({ account: '111122223333', region: 'us-west-2' });
  const network = readLog(`${nlbLine(1)}\n`).events[0];
  expect(network).toMatchObject({
    source: 'aws.nlb',
    raw: { tls_protocol_version: 'tlsv12', domain_name: 'front.example.com', 'c-ip': '192.0.2.1' },
  });
  expect(network?.words).toMatchObject({ operation: 'TLS connection', account: '111122223333', ip: '192.0.2.1' });
});

describe('hostile bytes: Application', () => holdsAgainstHostileBytes([albLine(1), albLine(2), albLine(3)]));
describe('hostile bytes: Classic', () => holdsAgainstHostileBytes([clbLine(1), clbLine(2), clbLine(3)]));
describe('hostile bytes: Network', () => holdsAgainstHostileBytes([nlbLine(1), nlbLine(2), nlbLine(3)]));
