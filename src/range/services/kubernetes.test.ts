import { beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../core/model/json.ts';
import { openRange, type Range } from '../open-range.ts';

const account = '444455556666';
const region = 'us-east-1';
const pod = { cluster: 'shop', namespace: 'web', name: 'cart-1' };
let range: Range;

const root = (action: string, input: JsonObject) =>
  range.perform({ credentials: { kind: 'root', account }, region, action, input, origin: { ip: '198.51.100.7', userAgent: 'kubectl' } });
const actor = (action: string, input: JsonObject) =>
  range.cloud.call({ account, region, action, input, role: 'actor', session: { policy: policyFor('shop'), name: 'a1' } });
const policyFor = (cluster: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['eks:DescribeCluster'], Resource: [`arn:aws:eks:${region}:${account}:cluster/${cluster}`] }],
});
const uidOf = ({ output }: ReturnType<typeof root>) => ((output?.['metadata'] ?? {}) as JsonObject)['uid'] ?? '';
const actorArn = () => Object.values(range.state.accounts[account]?.roles ?? {}).find(({ name }) => name === 'JobzeroActor')?.arn ?? '';

beforeEach(() => {
  let time = Date.UTC(2026, 0, 15, 9);
  range = openRange({ seed: 'clusters', start: time, now: () => (time += 1000) });
  root('eks:CreateCluster', { name: 'shop' });
  root('kubernetes:CreatePod', { ...pod, object: { metadata: { labels: { app: 'cart' } } } });
});

test('a cluster knows a role by its entry, and lets it do what a group or policy of the entry lets it', async () => {
  await expect(actor('kubernetes:GetPod', pod)).rejects.toMatchObject({ kind: 'denied', code: 'Unauthorized' });
  root('eks:CreateAccessEntry', { clusterName: 'shop', principalArn: actorArn() });
  await expect(actor('kubernetes:GetPod', pod)).rejects.toMatchObject({ kind: 'denied', code: 'Forbidden' });
  root('eks:CreateAccessEntry', { clusterName: 'shop', principalArn: actorArn(), kubernetesGroups: ['jobzero-actor'] });
  expect(await actor('kubernetes:GetPod', pod)).toMatchObject({ metadata: { name: 'cart-1', namespace: 'web', resourceVersion: '1' } });
  // IAM lets the session find this one cluster.
  await expect(actor('kubernetes:GetPod', { ...pod, cluster: 'other' })).rejects.toMatchObject({
    kind: 'denied',
    code: 'AccessDeniedException',
  });
});

test('CloudTrail sees nothing of what is done in a cluster', () => {
  const before = range.state.recent[account]?.length;
  expect(root('kubernetes:PatchPod', { ...pod, patch: { metadata: { labels: { seen: 'yes' } } } })).toMatchObject({
    error: null,
    eventId: null,
  });
  expect(root('kubernetes:DeletePod', pod)).toMatchObject({ error: null, eventId: null });
  expect(range.state.recent[account]?.length).toBe(before);
});

test('a patch sets, removes, and is meant for one object', () => {
  const uid = uidOf(root('kubernetes:GetPod', pod));
  const patched = root('kubernetes:PatchPod', { ...pod, patch: { metadata: { uid, labels: { app: null }, annotations: { a: 'b' } } } });
  expect(patched.output?.['metadata']).toEqual({ name: 'cart-1', namespace: 'web', uid, resourceVersion: '2', annotations: { a: 'b' } });
  for (const [action, more] of [
    ['kubernetes:PatchPod', { patch: { metadata: { uid: 'another' } } }],
    ['kubernetes:DeletePod', { preconditions: { resourceVersion: '1' } }],
  ] as const)
    expect(root(action, { ...pod, ...more }).error).toMatchObject({ kind: 'conflict', code: 'Conflict' });
  expect(root('kubernetes:CreatePod', pod).error).toMatchObject({ kind: 'conflict', code: 'AlreadyExists' });
});
