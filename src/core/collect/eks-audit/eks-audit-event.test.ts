import { describe, expect, test } from 'vitest';
import type { Event } from '../../model/event.ts';
import type { JsonObject } from '../../model/json.ts';
import { holdsAgainstHostileBytes, readLog } from '../log-format.contract.ts';
import { eksAuditEvent } from './eks-audit-event.ts';

const record = (id: string, extra: JsonObject = {}): JsonObject => ({
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'RequestResponse',
  auditID: `00000000-0000-4000-8000-00000000000${id}`,
  stage: 'ResponseComplete',
  requestURI: '/api/v1/namespaces/shop/pods',
  verb: 'create',
  user: {
    username: 'deployer',
    uid: 'aws-iam-authenticator:111122223333:AROAEXAMPLEEXAMPLE01',
    groups: ['system:authenticated'],
    extra: {
      accessKeyId: ['ASIAIOSFODNN7EXAMPLE'],
      arn: ['arn:aws:sts::111122223333:assumed-role/deploy/ci'],
      canonicalArn: ['arn:aws:iam::111122223333:role/deploy'],
      principalId: ['AROAEXAMPLEEXAMPLE01'],
      sessionName: ['ci'],
    },
  },
  sourceIPs: ['203.0.113.9', '192.0.2.10'],
  userAgent: 'kubectl/v1.33.0',
  objectRef: { resource: 'pods', namespace: 'shop', apiVersion: 'v1' },
  responseStatus: { metadata: {}, code: 201 },
  responseObject: { metadata: { name: 'cart-x7k2p' } },
  requestReceivedTimestamp: '2026-01-05T09:00:00.123456Z',
  stageTimestamp: '2026-01-05T09:00:01.000000Z',
  annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': '' },
  ...extra,
});

const inGroup = { object: 'x', logGroup: '/aws/eks/prod/cluster', owner: '444455556666' };

function event(extra: JsonObject = {}, from: Parameters<typeof eksAuditEvent>[1] = inGroup): Event {
  const made = eksAuditEvent(record('1', extra), from);
  if (typeof made === 'string') throw new Error(made);
  return made;
}

test('an id that the caller chose a second time hides nothing', () => {
  expect(event({ requestObject: { spec: { hostPID: true } } }).key).not.toBe(event().key);
});

test('the time is that of the request, the key that of the record, however it comes', () => {
  expect(event().time).toBe(Date.UTC(2026, 0, 5, 9, 0, 0, 123));
  expect(event().key).toBe(event({}, { object: 'y' }).key);
  expect(event({ stage: 'Panic' }).key).not.toBe(event().key);
  expect(event({ requestReceivedTimestamp: null }).time).toBe(Date.UTC(2026, 0, 5, 9, 0, 1));
  expect(eksAuditEvent(record('1', { requestReceivedTimestamp: 'x', stageTimestamp: 'y' }), inGroup)).toMatch(/no times/);
});

test('what the record says only with dots or at the end of a list has members of its own', () => {
  expect(event().raw).toMatchObject({
    cluster: 'prod',
    principal: 'arn:aws:iam::111122223333:role/deploy',
    sourceIP: '192.0.2.10',
    decision: 'allow',
    reason: '',
  });
  expect(event({}, { object: 'x', logGroup: 'kube' }).raw['cluster']).toBe('');
  expect(event({ user: { username: 'alice' } }).raw['principal']).toBe('alice');
});

test('who, what, to what', () => {
  expect(event().words).toEqual({
    operation: 'create pods',
    service: 'kubernetes',
    account: '444455556666',
    region: '',
    ip: '192.0.2.10',
    userAgent: 'kubectl/v1.33.0',
    actor: {
      accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
      account: '111122223333',
      issuer: 'arn:aws:iam::111122223333:role/deploy',
      name: 'deployer',
      principalId: 'AROAEXAMPLEEXAMPLE01:ci',
      type: 'AssumedRole',
      uid: 'arn:aws:sts::111122223333:assumed-role/deploy/ci',
    },
    resource: { account: '444455556666', name: 'cart-x7k2p', region: '', type: 'kubernetes/pods', uid: 'prod/shop/pods/cart-x7k2p' },
  });
});

test.each([
  ['system:anonymous', 'Anonymous'],
  ['system:serviceaccount:shop:default', 'ServiceAccount'],
  ['system:node:ip-192-0-2-1.ec2.internal', 'Node'],
  ['system:kube-scheduler', 'System'],
  ['alice', 'KubernetesUser'],
])('%s is a %s of its cluster', (username, type) => {
  expect(event({ user: { username } }).words.actor).toEqual({ name: username, type, uid: `prod/${username}` });
});

test.each<[string, JsonObject, object]>([
  ['a refusal', { responseStatus: { code: 403, reason: 'Forbidden' } }, { error: 'Forbidden' }],
  ['a failure without a reason', { responseStatus: { code: 500 } }, { error: '500' }],
  ['a subresource', { objectRef: { resource: 'pods', subresource: 'exec', name: 'p' } }, { operation: 'create pods/exec' }],
  ['no resource', { objectRef: null, verb: 'get', requestURI: '/version?timeout=32s' }, { operation: 'get /version' }],
])('%s', (_, extra, words) => {
  expect(event(extra).words).toMatchObject(words);
});

describe('delivered', () => {
  const batch = {
    messageType: 'DATA_MESSAGE',
    owner: '111122223333',
    logGroup: '/aws/eks/prod/cluster',
    logStream: 'kube-apiserver-audit-0123456789abcdef',
    subscriptionFilters: ['all'],
    logEvents: [
      { id: '1', timestamp: 1, message: JSON.stringify(record('1')) },
      { id: '2', timestamp: 1, message: 'I0105 09:00:00.000000       1 controller.go:1] of another part of the control plane' },
      { id: '3', timestamp: 1, message: JSON.stringify(record('3')) },
    ],
  };

  test('by CloudWatch Logs: the cluster is that of the log group, and texts of other parts are passed over', () => {
    const { events, setAsides } = readLog(JSON.stringify(batch));
    expect(events.map((one) => one.raw['cluster'])).toEqual(['prod', 'prod']);
    expect(new Set(events.map((one) => one.key)).size).toBe(2);
    expect(events.map((one) => one.words.account)).toEqual(['111122223333', '111122223333']);
    expect(setAsides).toEqual([]);
  });

  test('as a list of the API server', () => {
    const list = { kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items: [record('1'), record('2')] };
    expect(readLog(JSON.stringify(list)).events).toHaveLength(2);
  });
});

describe('hostile bytes', () => {
  holdsAgainstHostileBytes([JSON.stringify(record('1')), JSON.stringify(record('2')), JSON.stringify(record('3'))]);
});
