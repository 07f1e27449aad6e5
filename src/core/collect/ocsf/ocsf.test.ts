import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { holdsAgainstHostileBytes, readLog } from '../log-format.contract.ts';
import { unflatten } from './unflatten.ts';

const time = Date.UTC(2026, 0, 5, 9);
const only = (record: JsonObject) => {
  const { events, setAsides } = readLog(JSON.stringify(record));
  expect(setAsides).toEqual([]);
  expect(events).toHaveLength(1);
  return events[0];
};

describe('CloudTrail, out of Security Lake', () => {
  const original = {
    eventVersion: '1.08',
    userIdentity: {
      type: 'AssumedRole',
      principalId: 'AROAEXAMPLE:bob',
      arn: 'arn:aws:sts::111122223333:assumed-role/ops/bob',
      accountId: '111122223333',
      accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
      sessionContext: {
        sessionIssuer: { type: 'Role', arn: 'arn:aws:iam::111122223333:role/ops', userName: 'ops' },
        attributes: { creationDate: '2026-01-05T08:00:00Z', mfaAuthenticated: 'false' },
      },
    },
    eventTime: '2026-01-05T09:00:00Z',
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    awsRegion: 'eu-west-1',
    sourceIPAddress: '192.0.2.10',
    userAgent: 'aws-cli/2',
    requestParameters: { name: 'audit' },
    responseElements: null,
    requestID: 'r1',
    eventID: 'e1',
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: '111122223333',
    eventCategory: 'Management',
  };
  const shared = {
    class_uid: 6003,
    activity_id: 3,
    time,
    cloud: { region: 'eu-west-1', provider: 'AWS' },
    src_endpoint: { ip: '192.0.2.10' },
    http_request: { user_agent: 'aws-cli/2' },
  };
  const unmapped = {
    recipientAccountId: '111122223333',
    managementEvent: 'true',
    readOnly: 'false',
    'userIdentity.sessionContext.sessionIssuer.type': 'Role',
    'userIdentity.sessionContext.sessionIssuer.userName': 'ops',
  };
  const metadata = (version: string) => ({
    version,
    uid: 'e1',
    event_code: 'AwsApiCall',
    product: { name: 'CloudTrail', vendor_name: 'AWS', version: '1.08', feature: { name: 'Management' } },
  });
  const session = { issuer: 'arn:aws:iam::111122223333:role/ops', created_time: Date.UTC(2026, 0, 5, 8) };
  const credential_uid = 'ASIAIOSFODNN7EXAMPLE';
  const old: JsonObject = {
    ...shared,
    metadata: metadata('1.0.0'),
    api: { operation: 'StopLogging', service: { name: 'cloudtrail.amazonaws.com' }, request: { uid: 'r1' }, response: { error: null } },
    actor: {
      session: { ...session, mfa: false },
      user: { type: 'AssumedRole', uuid: original.userIdentity.arn, uid: 'AROAEXAMPLE:bob', account_uid: '111122223333', credential_uid },
    },
    unmapped: { ...unmapped, 'requestParameters.name': 'audit' },
  };
  const recent: JsonObject = {
    ...shared,
    metadata: metadata('1.1.0'),
    api: { operation: 'StopLogging', service: { name: 'cloudtrail.amazonaws.com' }, request: { uid: 'r1', data: '{"name":"audit"}' } },
    actor: {
      session: { ...session, is_mfa: false },
      user: {
        type: 'AssumedRole',
        uid: original.userIdentity.arn,
        uid_alt: 'AROAEXAMPLE:bob',
        account: { uid: '111122223333' },
        credential_uid,
      },
    },
    unmapped,
  };

  test.each([
    ['1.0', old],
    ['1.1', recent],
    ['1.1, unmapped as text', { ...recent, unmapped: JSON.stringify(unmapped) }],
    ['1.6, time as digits', { ...recent, metadata: metadata('1.6.0'), time: String(time) }],
  ])('%s is the record that it was made of', (_, record) => {
    const event = only(record);
    const { responseElements: _none, ...kept } = original;
    expect(event?.source).toBe('aws.cloudtrail');
    expect(event?.raw).toEqual(kept);
    const first = only(original);
    expect([event?.key, event?.time]).toEqual([first?.key, first?.time]);
    expect(event?.words).toEqual(first?.words);
  });

  test.each<[string, JsonObject, object]>([
    [
      'a refusal',
      { api: { operation: 'X', service: { name: 's' }, response: { error: 'AccessDenied', message: 'no' } } },
      { errorCode: 'AccessDenied', errorMessage: 'no' },
    ],
    [
      'a service that calls',
      { src_endpoint: { domain: 'ec2.amazonaws.com' }, actor: { invoked_by: 'ec2.amazonaws.com' } },
      { sourceIPAddress: 'ec2.amazonaws.com' },
    ],
    [
      'the account of the cloud',
      { unmapped: {}, cloud: { region: 'r', account: { uid: '444455556666' } } },
      { recipientAccountId: '444455556666' },
    ],
  ])('%s', (_, extra, members) => {
    expect(only({ ...recent, ...extra })?.raw).toMatchObject(members);
  });

  describe('hostile bytes', () => {
    const line = (n: number) => JSON.stringify({ ...recent, metadata: { ...metadata('1.1.0'), uid: `e${n}` } });
    holdsAgainstHostileBytes([line(1), line(2), line(3)]);
  });
});

test('a flow', () => {
  const event = only({
    class_uid: 4001,
    time,
    start_time: time,
    end_time: time + 60_000,
    metadata: { version: '1.1.0', product: { name: 'Amazon VPC', version: '5' } },
    cloud: { account: { uid: '111122223333' }, region: 'eu-west-1', zone: 'euw1-az1' },
    src_endpoint: { ip: '198.51.100.7', port: 51234 },
    dst_endpoint: { ip: '10.0.0.5', port: 22, interface_uid: 'eni-0a1b2c3d', instance_uid: 'i-0123456789abcdef0', vpc_uid: 'vpc-1' },
    connection_info: { protocol_num: 6, tcp_flags: 2, direction: 'Inbound' },
    traffic: { packets: 20, bytes: 4249 },
    disposition: 'Blocked',
    status_code: 'OK',
  });
  expect(event?.source).toBe('aws.vpc-flow');
  expect(event?.raw).toMatchObject({
    version: '5',
    'account-id': '111122223333',
    srcaddr: '198.51.100.7',
    dstport: '22',
    protocol: '6',
    action: 'REJECT',
    start: String(time / 1000),
    'flow-direction': 'ingress',
    'instance-id': 'i-0123456789abcdef0',
  });
});

test('a query', () => {
  const event = only({
    class_uid: 4003,
    time,
    metadata: { version: '1.1.0', product: { name: 'Route 53', version: '1.1' } },
    cloud: { account: { uid: '111122223333' }, region: 'eu-west-1' },
    query: { hostname: 'example.com.', type: 'A', class: 'IN' },
    answers: [{ rdata: '192.0.2.1', type: 'A', class: 'IN' }],
    rcode: 'NoError',
    src_endpoint: { ip: '10.0.0.5', port: 5353, vpc_uid: 'vpc-1', instance_uid: 'i-0123456789abcdef0' },
    connection_info: { protocol_name: 'udp' },
  });
  expect(event?.source).toBe('aws.route53-resolver');
  expect(event?.raw).toMatchObject({
    query_name: 'example.com.',
    answers: [{ Rdata: '192.0.2.1' }],
    transport: 'UDP',
    srcids: { instance: 'i-0123456789abcdef0' },
  });
});

test('an audit event of EKS', () => {
  const event = only({
    class_uid: 6003,
    time,
    metadata: { version: '1.1.0', uid: 'a1', product: { name: 'Amazon EKS', vendor_name: 'AWS' } },
    api: { operation: 'create', response: { code: 201 }, request: { uid: 'a1' } },
    actor: { user: { name: 'alice', groups: [{ name: 'developers' }] } },
    http_request: { user_agent: 'kubectl/v1', url: { path: '/api/v1/namespaces/shop/pods' } },
    src_endpoint: { ip: '192.0.2.10' },
    resources: [{ name: 'cart', type: 'pods', namespace: 'shop' }],
    unmapped: { 'requestObject.spec.hostPID': 'true', 'objectRef.apiVersion': 'v1', stage: 'ResponseComplete' },
  });
  expect(event?.source).toBe('aws.eks-audit');
  expect(event?.raw).toMatchObject({
    verb: 'create',
    auditID: 'a1',
    user: { username: 'alice', groups: ['developers'] },
    objectRef: { resource: 'pods', name: 'cart', namespace: 'shop', apiVersion: 'v1' },
    requestObject: { spec: { hostPID: 'true' } },
    responseStatus: { code: 201 },
    sourceIP: '192.0.2.10',
  });
});

test('HTTP Activity has the words of web logs', () => {
  const event = only({
    class_uid: 4002,
    activity_id: 3,
    time,
    metadata: { version: '1.3.0', product: { name: 'AWS WAF' } },
    http_request: {
      http_method: 'get',
      url: { path: '/search', query_string: 'q=%27%20or%201=1', hostname: 'www.example.com' },
      http_headers: [{ name: 'User-Agent', value: 'curl/8' }],
    },
    http_response: { code: 403 },
    src_endpoint: { ip: '192.0.2.10' },
  });
  expect(event?.source).toBe('ocsf');
  expect(event?.raw).toMatchObject({
    'cs-method': 'GET',
    'cs-uri-decoded': "/search?q=' or 1=1",
    'cs-host': 'www.example.com',
    'c-ip': '192.0.2.10',
    'sc-status': '403',
    'cs-user-agent': 'curl/8',
  });
});

test('a sign-in stays as it is', () => {
  const record = {
    class_uid: 3002,
    activity_id: 1,
    activity_name: 'Logon',
    time,
    status_id: 2,
    status_detail: 'Bad password',
    metadata: { version: '1.6.0', product: { name: 'Example SSO' } },
    user: { name: 'alice', email_addr: 'alice@example.com' },
    src_endpoint: { ip: '203.0.113.5' },
  };
  expect(only(record)?.raw).toEqual(record);
  expect(only(record)?.words).toMatchObject({
    operation: 'Logon',
    service: 'Example SSO',
    ip: '203.0.113.5',
    error: 'Bad password',
    actor: { name: 'alice' },
  });
});

test('findings are no events, and what has no time is set aside', () => {
  const finding = { class_uid: 2004, time, metadata: { version: '1.6.0' } };
  expect(readLog(JSON.stringify(finding))).toMatchObject({ events: [], setAsides: [{}] });
  expect(readLog(JSON.stringify({ class_uid: 3002, time: 'x', metadata: {} })).setAsides[0]?.reason).toMatch(/time/);
});

test('any paths unflatten to an object that has every value once', () => {
  const name = fc.constantFrom('a', 'b', 'a.b', 'a.b.c', '__proto__', '__proto__.x', 'constructor', '', '.', 'a..b');
  fc.assert(
    fc.property(fc.dictionary(name, fc.string()), (flat) => {
      const nested = JSON.stringify(unflatten(flat));
      for (const value of Object.values(flat)) expect(nested).toContain(JSON.stringify(value));
      expect(({} as { x?: unknown }).x).toBeUndefined();
    }),
  );
});
