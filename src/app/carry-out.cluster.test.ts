import { afterEach, beforeEach, expect, test } from 'vitest';
import { isolatePod } from '../../content/playbooks/aws/eks/isolate-pod.ts';
import { removeRoleBinding } from '../../content/playbooks/aws/eks/remove-role-binding.ts';
import { stopWorkload } from '../../content/playbooks/aws/eks/stop-workload.ts';
import { findingUnderTest } from '../core/lib/finding-under-test.ts';
import type { Action, Playbook, Target } from '../core/model/plan.ts';
import type { Cloud } from '../core/ports/cloud.ts';
import { memoryDurable } from '../core/ports/durable.memory.ts';
import { memoryStore } from '../core/ports/store.memory.ts';
import { account, awsBeside, type ClusterUnderTest, openCluster, placeOf, put, region } from '../edge/aws/kubernetes/cluster-under-test.ts';
import { openAws } from '../edge/aws/open-aws.ts';
import { defineCarryOut } from './carry-out.ts';
import { dispatch } from './dispatch.ts';
import type { Scenario } from './playbook-scenarios/scenario-under-test.ts';
import { type Attacked, askUndo, doneIn, idOfAction, plan, prepareStore, tenant } from './playbook-scenarios/world-under-test.ts';
import { defineUndo } from './undo-action.ts';

/** Playbooks of clusters over the wire: the AWS edge, TLS, tokens and a server that speaks the interface of Kubernetes. */

const uid = `arn:aws:eks:${region}:${account}:cluster/shop`;
const podPath = '/api/v1/namespaces/web/pods/cart-1';
const podTarget: Target = { account, region, uid, params: { cluster: 'shop', namespace: 'web', name: 'cart-1' } };
const bindings = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';

let cluster: ClusterUnderTest;
let place: object;

beforeEach(async () => {
  cluster = await openCluster();
  place = placeOf(cluster);
  const pod = { metadata: { name: 'cart-1', namespace: 'web', labels: { app: 'cart' } }, spec: { nodeName: 'n1' } };
  put(cluster.objects, podPath, pod);
});
afterEach(async () => {
  await cluster.close();
});

/** An agent on the node that enforces network policies without more. */
function enforced(): void {
  put(cluster.objects, '/api/v1/namespaces/kube-system/pods/calico-1', {
    metadata: { name: 'calico-1', namespace: 'kube-system', labels: { 'k8s-app': 'calico-node' } },
    spec: { nodeName: 'n1', containers: [] },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  });
}

interface Worker {
  carryOut(): Promise<Action>;
  undo(): Promise<Action>;
}

async function workerFor(playbook: Playbook, target: Target): Promise<Worker> {
  let time = Date.UTC(2026, 0, 15, 9);
  const now = () => (time += 10);
  const store = memoryStore();
  const cloud: Cloud = openAws({
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'self' },
    roles: { reader: 'reads', actor: 'acts', undoer: 'undoes' },
    transport: awsBeside(() => place).transport,
    pacer: { take: async () => {}, passed: () => {}, throttled: () => {} },
    maxAttempts: 1,
  });
  const durable = memoryDurable({
    within: store.within,
    sleep: async (milliseconds) => {
      time += milliseconds;
    },
    onError: (error) => {
      throw error;
    },
  });
  const deps = { cloud, clock: { now }, playbooks: () => playbook };
  defineCarryOut(durable, deps);
  defineUndo(durable, deps);
  await durable.launch();
  const finding = findingUnderTest({ id: 'f'.repeat(32), rule: { id: 'aws.eks-audit.x' }, severity: 'Medium', account, region });
  const after: Attacked = { scenario: { playbook } as Scenario, snapshot: '', finding, target, at: now() };
  await prepareStore(store, after, ['alice', 'bob'], now());
  const id = idOfAction(after);
  const run = async () => {
    await dispatch({ store, durable, tenant });
    await durable.settled();
    return (await doneIn({ store } as Parameters<typeof doneIn>[0], { id })).action;
  };
  return {
    carryOut: async () => {
      await plan(store, after, id, 'alice', now());
      return run();
    },
    undo: async () => {
      await askUndo(store, id, now(), false);
      return run();
    },
  };
}

const policies = () => [...cluster.objects.keys()].filter((path) => path.includes('/networkpolicies/'));
const labels = () => cluster.objects.get(podPath).metadata.labels;
const changes = () => cluster.asked.filter((one) => / (create|patch|delete) /.test(one) && !one.includes('selfsubjectaccessreviews'));

test('isolates a pod by the role that acts, and the role that undoes brings it back', async () => {
  enforced();
  const worker = await workerFor(isolatePod, podTarget);
  expect(await worker.carryOut()).toMatchObject({ state: 'verified', reason: 'Done and seen to be so.' });
  expect(policies()).toHaveLength(1);
  expect(cluster.objects.get(policies()[0] ?? '')).toMatchObject({ spec: { policyTypes: ['Ingress', 'Egress'] } });
  expect(labels()).toEqual({ app: 'cart', 'jobzero/isolated': expect.stringMatching(/^[0-9a-f]{16}$/) });
  expect(changes().map((one) => one.split(' ').slice(0, 2).join(' '))).toEqual(['acts patch', 'acts create']);
  expect(await worker.undo()).toMatchObject({ state: 'undone' });
  expect([labels(), policies()]).toEqual([{ app: 'cart' }, []]);
  expect(changes().map((one) => one.split(' ')[0])).toEqual(['acts', 'acts', 'undoes', 'undoes']);
});

test('done where nothing is seen to enforce it is said to be done and not seen', async () => {
  const worker = await workerFor(isolatePod, podTarget);
  expect(await worker.carryOut()).toMatchObject({ state: 'unverified', reason: 'Done, but not seen to be so in time.' });
  expect(policies()).toHaveLength(1);
  expect(await worker.undo()).toMatchObject({ state: 'undone' });
  expect([labels(), policies()]).toEqual([{ app: 'cart' }, []]);
});

test('what another policy allows is not taken away, and so it is not seen to be isolated', async () => {
  enforced();
  put(cluster.objects, '/apis/networking.k8s.io/v1/namespaces/web/networkpolicies/shop', {
    metadata: { name: 'shop' },
    spec: { podSelector: { matchLabels: { app: 'cart' } }, ingress: [{}] },
  });
  expect(await (await workerFor(isolatePod, podTarget)).carryOut()).toMatchObject({ state: 'unverified' });
});

test('a pod that has got the name meanwhile is not what was isolated', async () => {
  enforced();
  const worker = await workerFor(isolatePod, podTarget);
  await worker.carryOut();
  put(cluster.objects, podPath, { metadata: { name: 'cart-1', namespace: 'web', uid: 'another', labels: { app: 'cart' } }, spec: {} });
  expect(await worker.undo()).toMatchObject({ state: 'undo-asks', reason: expect.stringContaining('nothing was touched') });
  expect(policies()).toHaveLength(1);
});

test.each<[string, () => void | Promise<void>, RegExp]>([
  [
    'may not make network policies',
    () => void cluster.forbidden.add('create networkpolicies'),
    /may not do one of these in the cluster shop: .*create networkpolicies/,
  ],
  [
    'is not known to the cluster',
    () => void cluster.unknown.add('acts'),
    /kubernetes:GetOwnAccess failed \(denied, Unauthorized\): .* no access entry/,
  ],
  [
    'cannot reach it',
    async () => {
      const closed = await openCluster();
      await closed.close();
      place = placeOf(closed, { resourcesVpcConfig: { endpointPublicAccess: false } });
    },
    /from inside of its network only, and not from here/,
  ],
])('where the role that acts %s, nothing is begun and that is said', async (_, change, says) => {
  await change();
  expect(await (await workerFor(isolatePod, podTarget)).carryOut()).toMatchObject({
    state: 'refused',
    reason: expect.stringMatching(says),
  });
  expect(changes()).toEqual([]);
});

test('a binding is deleted as it was read, and made again with what was in it', async () => {
  const target = { ...podTarget, params: { cluster: 'shop', name: 'helper' } };
  const written = {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: 'helper', namespace: 'web' }],
  };
  put(cluster.objects, `${bindings}/helper`, { metadata: { name: 'helper', labels: { a: 'b' } }, ...written });
  const worker = await workerFor(removeRoleBinding, target);
  expect(await worker.carryOut()).toMatchObject({ state: 'verified' });
  expect(cluster.objects.has(`${bindings}/helper`)).toBe(false);
  expect(await worker.undo()).toMatchObject({ state: 'undone' });
  expect(cluster.objects.get(`${bindings}/helper`)).toMatchObject({ metadata: { name: 'helper', labels: { a: 'b' } }, ...written });
});

test('a binding that somebody changes between look and deletion stays', async () => {
  const target = { ...podTarget, params: { cluster: 'shop', name: 'helper' } };
  put(cluster.objects, `${bindings}/helper`, { metadata: { name: 'helper' }, roleRef: {}, subjects: [] });
  const { asked } = cluster;
  // Right before the deletion, as another person would.
  const push = asked.push.bind(asked);
  asked.push = (...items) => {
    const found = cluster.objects.get(`${bindings}/helper`);
    if (items[0]?.includes(' delete '))
      put(cluster.objects, `${bindings}/helper`, { ...found, subjects: [{ kind: 'Group', name: 'ops' }] });
    return push(...items);
  };
  const worker = await workerFor(removeRoleBinding, target);
  // The look saw another binding than the one that is there now.
  expect(await worker.carryOut()).toMatchObject({ state: 'failed', reason: expect.stringContaining('(conflict, Conflict)') });
  expect(cluster.objects.get(`${bindings}/helper`).subjects).toEqual([{ kind: 'Group', name: 'ops' }]);
});

const apps = '/apis/apps/v1/namespaces/web';

/** A pod that a replica set of a deployment has started; `uid` of the replica set as the pod tells it. */
function deployed(owner = 'uid-of-cart-7d9', replicas: number | undefined = 3): void {
  const by = (kind: string, name: string, of: string) => [{ apiVersion: 'apps/v1', kind, name, uid: of, controller: true }];
  const metadata = { name: 'cart-1', namespace: 'web', ownerReferences: by('ReplicaSet', 'cart-7d9', owner) };
  put(cluster.objects, podPath, { metadata, spec: { nodeName: 'n1' } });
  put(cluster.objects, `${apps}/replicasets/cart-7d9`, {
    metadata: { name: 'cart-7d9', namespace: 'web', ownerReferences: by('Deployment', 'cart', 'uid-of-cart') },
    spec: { replicas: 3 },
  });
  put(cluster.objects, `${apps}/deployments/cart`, {
    metadata: { name: 'cart', namespace: 'web' },
    spec: { replicas, template: { spec: { containers: [{ image: 'example/cart' }] } } },
  });
}
const workloadTarget = (resource: string, name: string): Target => ({
  ...podTarget,
  params: { cluster: 'shop', namespace: 'web', resource, name },
});
const specOf = (path: string) => cluster.objects.get(path).spec;

test('what starts a pod is stopped by its number alone, and has it again after an undo', async () => {
  deployed();
  const worker = await workerFor(stopWorkload, workloadTarget('pods', 'cart-1'));
  expect(await worker.carryOut()).toMatchObject({ state: 'verified' });
  expect(specOf(`${apps}/deployments/cart`)).toEqual({ replicas: 0, template: { spec: { containers: [{ image: 'example/cart' }] } } });
  expect(changes()).toEqual([`acts patch ${apps}/deployments/cart/scale`]);
  // Its pods are gone meanwhile.
  cluster.objects.delete(podPath);
  expect(await worker.undo()).toMatchObject({ state: 'undone' });
  expect(specOf(`${apps}/deployments/cart`)).toMatchObject({ replicas: 3 });
});

test('a pod that says it is of somebody else stops nothing of theirs', async () => {
  deployed('uid-of-another');
  expect(await (await workerFor(stopWorkload, workloadTarget('pods', 'cart-1'))).carryOut()).toMatchObject({
    state: 'refused',
    reason: expect.stringContaining('nothing that we know has started it'),
  });
  expect(changes()).toEqual([]);
});

test('a workload that has got the name meanwhile is left as it is', async () => {
  deployed();
  const worker = await workerFor(stopWorkload, workloadTarget('deployments', 'cart'));
  await worker.carryOut();
  put(cluster.objects, `${apps}/deployments/cart`, { metadata: { name: 'cart', namespace: 'web', uid: 'another' }, spec: { replicas: 0 } });
  expect(await worker.undo()).toMatchObject({ state: 'undo-asks' });
  expect(specOf(`${apps}/deployments/cart`)).toEqual({ replicas: 0 });
});

test('while it has pods still it is done and not seen', async () => {
  deployed();
  const found = cluster.objects.get(`${apps}/deployments/cart`);
  put(cluster.objects, `${apps}/deployments/cart`, { ...found, status: { replicas: 3 } });
  expect(await (await workerFor(stopWorkload, workloadTarget('deployments', 'cart'))).carryOut()).toMatchObject({ state: 'unverified' });
});

test.each([
  ['jobs', 'import', { suspend: false, template: {} }, { suspend: true, template: {} }],
  ['cronjobs', 'report', { schedule: '* * * * *' }, { schedule: '* * * * *', suspend: true }],
])('of %s it is suspended, and goes on after an undo', async (resource, name, spec, stopped) => {
  const path = `/apis/batch/v1/namespaces/web/${resource}/${name}`;
  put(cluster.objects, path, { metadata: { name, namespace: 'web' }, spec });
  const worker = await workerFor(stopWorkload, workloadTarget(resource, name));
  expect(await worker.carryOut()).toMatchObject({ state: 'verified' });
  expect(specOf(path)).toEqual(stopped);
  expect(await worker.undo()).toMatchObject({ state: 'undone' });
  expect(specOf(path)).toEqual({ ...spec, suspend: false });
});

test('a daemon set fits no node, and fits those of before after an undo', async () => {
  const path = `${apps}/daemonsets/agent`;
  const spec = { template: { spec: { nodeSelector: { 'kubernetes.io/os': 'linux' } } } };
  put(cluster.objects, path, { metadata: { name: 'agent', namespace: 'web' }, spec });
  const worker = await workerFor(stopWorkload, workloadTarget('daemonsets', 'agent'));
  expect(await worker.carryOut()).toMatchObject({ state: 'verified' });
  expect(specOf(path).template.spec.nodeSelector).toEqual({ 'kubernetes.io/os': 'linux', 'jobzero/stopped': 'true' });
  expect(await worker.undo()).toMatchObject({ state: 'undone' });
  expect(specOf(path)).toEqual(spec);
});

test('who may not scale is told so before anything is touched', async () => {
  deployed();
  cluster.forbidden.add('patch deployments/scale');
  expect(await (await workerFor(stopWorkload, workloadTarget('pods', 'cart-1'))).carryOut()).toMatchObject({
    state: 'refused',
    reason: expect.stringContaining('patch deployments/scale'),
  });
  expect(changes()).toEqual([]);
});
