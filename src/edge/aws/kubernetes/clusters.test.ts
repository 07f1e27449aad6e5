import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { CloudError } from '../../../core/model/errors.ts';
import type { Json, JsonObject } from '../../../core/model/json.ts';
import type { Cloud, CloudRole } from '../../../core/ports/cloud.ts';
import { openAws } from '../open-aws.ts';
import { newAuthority } from './certificate-under-test.ts';
import { askCluster } from './cluster-request.ts';
import { account, awsBeside, type ClusterUnderTest, openCluster, placeOf, put, region, tokenParts } from './cluster-under-test.ts';

let cluster: ClusterUnderTest;
let place: object;
let cloud: Cloud;
let asked: string[];

const unpaced = { take: async () => {}, passed: () => {}, throttled: () => {} };
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'self' };
const roles = { reader: 'reads', actor: 'acts', undoer: 'undoes' };
const pod = { cluster: 'shop', namespace: 'web', name: 'cart-1' };
const podPath = '/api/v1/namespaces/web/pods/cart-1';
const policies = '/apis/networking.k8s.io/v1/namespaces/web/networkpolicies';

function open(options: { readonly maxAttempts?: number; readonly as?: string } = {}): Cloud {
  const beside = awsBeside(() => place, options.as);
  asked = beside.asked;
  return openAws({ credentials, roles, transport: beside.transport, pacer: unpaced, maxAttempts: options.maxAttempts ?? 1 });
}

async function call(action: string, input: JsonObject, role: CloudRole = 'actor', of = cloud): Promise<Json> {
  const session = role === 'reader' ? {} : { session: { policy: { Version: '2012-10-17', Statement: [] }, name: 'a1' } };
  return of.call({ account, region, action, input, role, ...session });
}

async function refused(action: string, input: JsonObject, role?: CloudRole, of = cloud): Promise<CloudError> {
  const thrown: unknown = await call(action, input, role, of).catch((error: unknown) => error);
  if (thrown instanceof CloudError) return thrown;
  throw new Error(`answered ${JSON.stringify(thrown)}`);
}

beforeAll(async () => {
  cluster = await openCluster();
});
afterAll(async () => {
  await cluster.close();
});
beforeEach(() => {
  cluster.objects.clear();
  cluster.forbidden.clear();
  cluster.unknown.clear();
  cluster.asked.length = 0;
  cluster.next = null;
  place = placeOf(cluster);
  cloud = open();
  put(cluster.objects, podPath, { metadata: { name: 'cart-1', namespace: 'web', labels: { app: 'cart' } }, spec: { nodeName: 'n1' } });
});

test('the cluster knows each role by its own token, and its place is asked once', async () => {
  await call('kubernetes:GetPod', pod, 'reader');
  await call('kubernetes:GetPod', pod, 'actor');
  await call('kubernetes:GetPod', pod, 'undoer');
  expect(cluster.asked).toEqual(['reads', 'acts', 'undoes'].map((role) => `${role} get ${podPath}`));
  expect(asked.filter((one) => one.startsWith('eks'))).toEqual(['eks /clusters/shop']);
});

test.each([
  ['eu-central-1', 'sts.eu-central-1.amazonaws.com'],
  ['us-east-1', 'sts.us-east-1.amazonaws.com'],
  ['us-gov-west-1', 'sts.us-gov-west-1.amazonaws.com'],
  ['cn-north-1', 'sts.cn-north-1.amazonaws.com.cn'],
])('a token of %s is a call of STS there, signed for this cluster and for 60 seconds', async (as, host) => {
  let token: URL | null = null;
  cluster.next = (request, response) => {
    token = tokenParts(request.headers.authorization ?? '');
    response.end('{"kind":"Pod"}');
  };
  await open({ as }).call({ account, region: as, action: 'kubernetes:GetPod', input: pod, role: 'reader' });
  const url = token as unknown as URL;
  expect([url.protocol, url.host, url.pathname]).toEqual(['https:', host, '/']);
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    Action: 'GetCallerIdentity',
    Version: '2011-06-15',
    'X-Amz-Expires': '60',
    'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
    'X-Amz-Security-Token': 'token+of/reads==',
    'X-Amz-Credential': expect.stringMatching(new RegExp(`^ASIA[0-9A-F]{16}/\\d{8}/${as}/sts/aws4_request$`)),
  });
});

test('a token that is made for another cluster is not taken', async () => {
  const other = await openCluster('other');
  try {
    place = placeOf(other);
    expect(await refused('kubernetes:GetPod', pod)).toMatchObject({ kind: 'denied', code: 'Unauthorized' });
  } finally {
    await other.close();
  }
});

test('whoever has no certificate of the authority is told nothing', async () => {
  place = placeOf({ endpoint: cluster.endpoint, authority: newAuthority('cluster') });
  const error = await refused('kubernetes:GetPod', pod);
  expect(error).toMatchObject({ kind: 'denied', code: 'UntrustedEndpoint' });
  expect(error.message).toContain('no certificate of its authority');
  expect(cluster.asked).toEqual([]);
  // What DescribeCluster says is asked again after that.
  place = placeOf(cluster);
  expect(await call('kubernetes:GetPod', pod)).toMatchObject({ metadata: { name: 'cart-1' } });
});

test.each([
  ['no authority', { certificateAuthority: {} }],
  ['an authority that is none', { certificateAuthority: { data: Buffer.from('all').toString('base64') } }],
  ['no TLS', { endpoint: 'http://127.0.0.1:1' }],
  ['no endpoint', { endpoint: null }],
])('a cluster with %s is asked nothing', async (_, more) => {
  place = placeOf(cluster, more);
  expect(await refused('kubernetes:GetPod', pod)).toMatchObject({ kind: 'unavailable', code: 'ClusterNotReady' });
  expect(cluster.asked).toEqual([]);
});

test('a redirect is not followed: the token would go with it', async () => {
  cluster.next = (_, response) => void response.writeHead(307, { location: `${cluster.endpoint}${podPath}` }).end();
  expect(await refused('kubernetes:GetPod', pod)).toMatchObject({ kind: 'invalid', code: 'Redirected' });
  expect(cluster.asked).toEqual([]);
});

test('an endpoint that is not reached is said, with why, after one look', async () => {
  const closed = await openCluster();
  await closed.close();
  const vpc = { resourcesVpcConfig: { endpointPublicAccess: false, endpointPrivateAccess: true } };
  place = placeOf(closed, vpc);
  const error = await refused('kubernetes:GetPod', pod, 'actor', open({ maxAttempts: 5 }));
  expect(error).toMatchObject({ kind: 'unavailable', code: 'EndpointNotReached' });
  expect(error.message).toContain('reached from inside of its network only, and not from here (ECONNREFUSED)');
});

test.each([
  ['takes the connection and says nothing', { connect: 50, whole: 60_000 }, 'ETIMEDOUT'],
  ['is waited for no longer', { connect: 60_000, whole: 50 }, 'ABORT_ERR'],
])('what %s is not reached', async (_, within, code) => {
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  try {
    const of = { name: 'shop', endpoint: new URL(`https://127.0.0.1:${port}`), authority: cluster.authority.pem, isPrivate: false };
    const asking = askCluster(of, 'token', { method: 'GET', path: '/', does: 'get' }, 'kubernetes:GetPod', within);
    await expect(asking).rejects.toMatchObject({ kind: 'unavailable', code: 'EndpointNotReached', message: expect.stringContaining(code) });
  } finally {
    silent.close();
  }
});

test('an answer that does not come to its end is not waited for', async () => {
  cluster.next = (_, response) => void response.writeHead(200).write('{');
  const of = { name: 'shop', endpoint: new URL(cluster.endpoint), authority: cluster.authority.pem, isPrivate: false };
  const asking = askCluster(of, 'token', { method: 'GET', path: '/', does: 'get' }, 'kubernetes:GetPod', { connect: 5_000, whole: 500 });
  await expect(asking).rejects.toMatchObject({ kind: 'unavailable', message: expect.stringContaining('broke off') });
});

test('an answer without end is cut off', async () => {
  cluster.next = (_, response) => {
    response.writeHead(200);
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(1 << 20)));
    };
    response.on('drain', more);
    more();
  };
  expect(await refused('kubernetes:GetPod', pod)).toMatchObject({ kind: 'invalid', code: 'AnswerTooLarge' });
});

test.each<[number, string, string, string]>([
  [200, 'hello', 'unavailable', 'UnreadableAnswer'],
  [404, '<html>not found</html>', 'unavailable', 'UnreadableAnswer'],
  [429, '{"kind":"Status","reason":"TooManyRequests"}', 'throttled', 'TooManyRequests'],
  [422, '{"kind":"Status","reason":"Invalid","message":"bad"}', 'invalid', 'Invalid'],
  [503, 'busy', 'unavailable', 'Http503'],
])('HTTP %i with %s is %s', async (status, body, kind, code) => {
  cluster.next = (_, response) => void response.writeHead(status).end(body);
  expect(await refused('kubernetes:GetPod', pod)).toMatchObject({ kind, code });
});

test('what throttles is asked again', async () => {
  cluster.next = (_, response) => void response.writeHead(429).end('{"kind":"Status"}');
  expect(await call('kubernetes:GetPod', pod, 'actor', open({ maxAttempts: 3 }))).toMatchObject({ metadata: { name: 'cart-1' } });
});

test('a missing permission is named with verb, resource and place', async () => {
  cluster.forbidden.add('patch pods');
  const error = await refused('kubernetes:PatchPod', { ...pod, patch: { metadata: { labels: { a: 'b' } } } });
  expect(error).toMatchObject({ kind: 'denied', code: 'Forbidden' });
  expect(error.message).toContain('may not patch pods in the namespace web of the cluster shop: pods "cart-1" is forbidden');
  cluster.unknown.add('acts');
  expect((await refused('kubernetes:GetPod', pod)).message).toContain('it has no access entry there');
});

test('whether it may is asked without doing it', async () => {
  const input = { cluster: 'shop', verb: 'create', group: 'networking.k8s.io', resource: 'networkpolicies', namespace: 'web' };
  expect(await call('kubernetes:GetOwnAccess', input)).toMatchObject({
    status: { allowed: true },
    spec: { resourceAttributes: { verb: 'create', namespace: 'web' } },
  });
  cluster.forbidden.add('create networkpolicies');
  expect(await call('kubernetes:GetOwnAccess', input)).toMatchObject({ status: { allowed: false } });
});

test('makes, reads, patches and deletes, and what changed meanwhile stays', async () => {
  const input = { cluster: 'shop', namespace: 'web', name: 'deny' };
  const spec = { podSelector: {}, policyTypes: ['Ingress'] };
  const made = (await call('kubernetes:CreateNetworkPolicy', { ...input, object: { spec } })) as { metadata: JsonObject };
  expect(cluster.objects.get(`${policies}/deny`)).toMatchObject({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', spec });
  expect(made.metadata['managedFields']).toBeUndefined();
  expect(await refused('kubernetes:CreateNetworkPolicy', { ...input, object: { spec } })).toMatchObject({
    kind: 'conflict',
    code: 'AlreadyExists',
  });
  expect(await call('kubernetes:GetNetworkPolicy', input)).toEqual(made);
  expect(await refused('kubernetes:DeleteNetworkPolicy', { ...input, preconditions: { uid: 'another' } })).toMatchObject({
    kind: 'conflict',
    code: 'Conflict',
  });
  await call('kubernetes:DeleteNetworkPolicy', { ...input, preconditions: { uid: made.metadata['uid'] ?? '' } });
  expect(await refused('kubernetes:GetNetworkPolicy', input)).toMatchObject({ kind: 'not-found', code: 'NotFound' });
  expect(await refused('kubernetes:PatchPod', { ...pod, patch: { metadata: { uid: 'another' } } })).toMatchObject({ kind: 'conflict' });
  await call('kubernetes:PatchPod', { ...pod, patch: { metadata: { labels: { app: null, seen: 'yes' } } } });
  expect(cluster.objects.get(podPath).metadata.labels).toEqual({ seen: 'yes' });
});

test('names of roles may have colons', async () => {
  const input = { cluster: 'shop', name: 'a:b' };
  await call('kubernetes:CreateClusterRoleBinding', { ...input, object: { roleRef: {}, subjects: [] } });
  expect(await call('kubernetes:GetClusterRoleBinding', input)).toMatchObject({ kind: 'ClusterRoleBinding', metadata: { name: 'a:b' } });
});

test.each([
  ['another path', { name: '../../secrets/db' }],
  ['a namespace with a slash', { namespace: 'web/pods' }],
  ['a cluster of nobody', { cluster: '../x' }],
  ['nothing', { name: null }],
])('an input that names %s is not sent', async (_, more) => {
  expect(await refused('kubernetes:GetPod', { ...pod, ...more })).toMatchObject({ kind: 'invalid', code: 'InvalidInput' });
  expect(cluster.asked).toEqual([]);
});

test('what nobody knows is refused, and so is what cannot be asked', async () => {
  expect(await refused('kubernetes:DeletePod', pod)).toMatchObject({ kind: 'unsupported', code: 'UnsupportedAction' });
  expect(cluster.asked).toEqual([]);
});

test('how a pod is held back: its own, the policies of its namespace, and the agents of its node', async () => {
  const agent = (name: string, nodeName: string) =>
    put(cluster.objects, `/api/v1/namespaces/kube-system/pods/${name}`, {
      metadata: { name, namespace: 'kube-system', labels: { 'k8s-app': 'aws-node' } },
      spec: { nodeName, containers: [{ name: 'a', args: ['--enable-network-policy=true'], env: [{ name: 'SECRET', value: 'x' }] }] },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    });
  agent('aws-node-1', 'n1');
  agent('aws-node-2', 'n2');
  put(cluster.objects, `${policies}/open`, { metadata: { name: 'open' }, spec: { podSelector: {}, ingress: [{}] } });
  put(cluster.objects, policies.replace('/web/', '/other/').concat('/far'), { metadata: { name: 'far' }, spec: {} });
  expect(await call('kubernetes:DescribePodIsolation', pod)).toEqual({
    pod: { metadata: { name: 'cart-1', namespace: 'web', uid: 'uid-of-cart-1', labels: { app: 'cart' } }, spec: { nodeName: 'n1' } },
    policies: [{ metadata: { name: 'open' }, spec: { podSelector: {}, ingress: [{}] } }],
    endpoints: [],
    agents: [
      {
        metadata: { name: 'aws-node-1', namespace: 'kube-system', labels: { 'k8s-app': 'aws-node' } },
        spec: { containers: [{ name: 'a', args: ['--enable-network-policy=true'] }] },
        ready: true,
      },
    ],
  });
  cluster.forbidden.add('list networkpolicies');
  expect((await refused('kubernetes:DescribePodIsolation', pod)).message).toContain(
    'may not list networkpolicies.networking.k8s.io in the namespace web',
  );
});

test('of many policies none is overlooked', async () => {
  for (let i = 0; i < 450; i++) put(cluster.objects, `${policies}/p${i}`, { metadata: { name: `p${i}` }, spec: {} });
  const answer = (await call('kubernetes:DescribePodIsolation', pod)) as { readonly policies: readonly Json[] };
  expect(answer.policies).toHaveLength(450);
  expect(answer.policies.at(-1)).toEqual({ metadata: { name: 'p449' }, spec: {} });
});

test('a token that is too long for a cluster is not sent', async () => {
  const long = {
    credentials,
    roles: { reader: 'x'.repeat(3_500) },
    transport: awsBeside(() => place).transport,
    pacer: unpaced,
    maxAttempts: 1,
  };
  expect(await refused('kubernetes:GetPod', pod, 'reader', openAws(long))).toMatchObject({ kind: 'quota', code: 'TokenTooLong' });
  expect(cluster.asked).toEqual([]);
});

test("a role that is assumed nowhere acts in no cluster, and the detector's role makes no change by itself", async () => {
  const alone = openAws({ credentials, transport: awsBeside(() => place).transport, pacer: unpaced, maxAttempts: 1 });
  expect(await refused('kubernetes:PatchPod', { ...pod, patch: {} }, 'actor', alone)).toMatchObject({
    kind: 'denied',
    code: 'RoleNotConfigured',
  });
  expect(cluster.asked).toEqual([]);
});
