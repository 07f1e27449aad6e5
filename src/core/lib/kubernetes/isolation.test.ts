import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../model/json.ts';
import { denies, denyingSpec, enforcedBy, isIsolated, isolationLabel, openedBy } from './isolation.ts';

const policy = 'jobzero-isolated-1';
const ours = { metadata: { name: policy }, spec: denyingSpec('1') };
const agent = (app: string, more: JsonObject = {}): JsonObject => ({
  metadata: { name: 'x', namespace: 'kube-system', labels: { 'k8s-app': app } },
  spec: { containers: [{ name: 'c', args: ['--enable-network-policy=true'] }] },
  ready: true,
  ...more,
});
const resolved = { spec: { policyRef: { name: policy, namespace: 'web' } } };
const seen = (more: JsonObject = {}): JsonObject => ({
  pod: { metadata: { name: 'cart-1', labels: { app: 'cart', [isolationLabel]: '1' } } },
  policies: [ours],
  endpoints: [resolved],
  agents: [agent('aws-node')],
  ...more,
});

test('isolated is a pod with its label, its policy and something that enforces it', () => {
  expect(isIsolated(seen(), policy, '1')).toBe(true);
});

test.each<[string, JsonObject]>([
  ['no label', { pod: { metadata: { labels: { app: 'cart' } } } }],
  ['the label of another', { pod: { metadata: { labels: { [isolationLabel]: '2' } } } }],
  ['no policy', { policies: [] }],
  ['a policy that somebody has opened', { policies: [{ ...ours, spec: { ...denyingSpec('1'), egress: [{}] } }] }],
  ['a policy for one way only', { policies: [{ ...ours, spec: { ...denyingSpec('1'), policyTypes: ['Ingress'] } }] }],
  ['another policy that allows something', { policies: [ours, { metadata: { name: 'all' }, spec: { podSelector: {}, ingress: [{}] } }] }],
  ['nothing that enforces policies', { agents: [] }],
  ['an agent that is not ready', { agents: [agent('aws-node', { ready: false })] }],
  [
    'an agent that is not told to',
    { agents: [agent('aws-node', { spec: { containers: [{ args: ['--enable-network-policy=false'] }] } })] },
  ],
  [
    'a pod of anybody that says it is an agent',
    { agents: [agent('cilium', { metadata: { namespace: 'web', labels: { 'k8s-app': 'cilium' } } })] },
  ],
  ['a controller that does not know the policy', { endpoints: [] }],
  ['a controller that knows another policy', { endpoints: [{ spec: { policyRef: { name: 'other' } } }] }],
])('with %s it is not seen to be isolated', (_, more) => {
  expect(isIsolated(seen(more), policy, '1')).toBe(false);
});

test.each([
  ['calico-node', 'Calico'],
  ['cilium', 'Cilium'],
])('%s needs no controller of Amazon', (app, says) => {
  const answer = seen({ agents: [agent('aws-node', { ready: false }), agent(app)], endpoints: [] });
  expect([enforcedBy(answer, policy), isIsolated(answer, policy, '1')]).toEqual([says, true]);
});

test('before there is a policy the agent is enough', () => {
  expect(enforcedBy(seen({ endpoints: [] }), null)).toBe('the VPC CNI');
});

test.each<[string, Json, boolean]>([
  ['no selector', {}, true],
  ['its label', { matchLabels: { app: 'cart' } }, true],
  ['another label', { matchLabels: { app: 'shop' } }, false],
  ['one of several values', { matchExpressions: [{ key: 'app', operator: 'In', values: ['cart', 'shop'] }] }, true],
  ['other values', { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['cart'] }] }, false],
  ['values that an absent label has not', { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['a'] }] }, true],
  ['a label that is there', { matchExpressions: [{ key: 'app', operator: 'Exists' }] }, true],
  ['a label that is not there', { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, false],
  ['an operator that nobody knows', { matchExpressions: [{ key: 'app', operator: 'Like' }] }, true],
  ['a label by a name that every object has', { matchExpressions: [{ key: 'constructor', operator: 'Exists' }] }, false],
])('a policy with %s selects the pod or not', (_, podSelector, selected) => {
  const other = { metadata: { name: 'other' }, spec: { podSelector, egress: [{}] } };
  expect(openedBy(seen({ policies: [ours, other] }))).toEqual(selected ? ['other'] : []);
});

test('what allows nothing opens nothing', () => {
  expect(openedBy(seen({ policies: [ours, { metadata: { name: 'none' }, spec: { podSelector: {}, ingress: [] } }] }))).toEqual([]);
});

test('the server may fill in empty lists, and turn the order round', () => {
  const { podSelector } = denyingSpec('1');
  expect(denies({ podSelector: podSelector ?? null, policyTypes: ['Egress', 'Ingress'], ingress: [], egress: [] }, '1')).toBe(true);
  expect(denies(denyingSpec('2'), '1')).toBe(false);
});

test.each<[Json]>([[null], ['x'], [[]], [{ agents: [null, 1], policies: [{}], pod: 1, endpoints: 'x' }]])(
  '%j is nothing that is seen',
  (answer) => {
    expect([isIsolated(answer, policy, '1'), enforcedBy(answer, null), openedBy(answer)]).toEqual([false, null, []]);
  },
);
