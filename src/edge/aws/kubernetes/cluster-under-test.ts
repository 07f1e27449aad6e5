import { createHash, createHmac, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Transport } from '../http-request.ts';
import { type Authority, newAuthority } from './certificate-under-test.ts';

/** Objects as the interface spells them. */
// biome-ignore lint/suspicious/noExplicitAny: objects of any kind, of a server for tests.
type Item = any;

/** A server that speaks the interface of a cluster over TLS, as far as plans use it, and knows callers by tokens as EKS does. */
export interface ClusterUnderTest {
  readonly endpoint: string;
  readonly authority: Authority;
  /** Path of an object -> object. */
  readonly objects: Map<string, Item>;
  /** `patch pods` of roles: what its RBAC forbids. */
  readonly forbidden: Set<string>;
  /** Roles without an access entry. */
  readonly unknown: Set<string>;
  /** What was asked: role, verb and path. */
  readonly asked: string[];
  /** Answers the next request in its place. */
  next: ((request: IncomingMessage, response: ServerResponse) => void | Promise<void>) | null;
  close(): Promise<void>;
}

export const region = 'eu-central-1';
export const account = '111122223333';

/** Keys of the sessions of roles, as the STS under test gives them. */
const secretOf = (role: string) => `secret-of-${role}`;
const keyOf = (role: string) => `ASIA${createHash('sha256').update(role).digest('hex').slice(0, 16).toUpperCase()}`;
const sessionToken = (role: string) => `token+of/${role}==`;
const roles = ['reads', 'acts', 'undoes'];

export async function openCluster(name = 'shop', authority = newAuthority('cluster')): Promise<ClusterUnderTest> {
  const objects = new Map<string, Item>();
  const forbidden = new Set<string>();
  const unknown = new Set<string>();
  const asked: string[] = [];
  const server = createServer({ ...authority.issue() }, (request, response) => {
    const { next } = cluster;
    cluster.next = null;
    if (next === null) void answer(request, response);
    else void next(request, response);
  });

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const reply = (code: number, body: Item) => response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const refuse = (code: number, reason: string, message: string) =>
      reply(code, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code });
    const role = callerOf(request.headers.authorization ?? '', name);
    if (role === null || unknown.has(role)) return void refuse(401, 'Unauthorized', 'Unauthorized');
    const url = new URL(request.url ?? '', 'https://cluster');
    const path = decodeURIComponent(url.pathname);
    const parts = /^\/(?:api|apis\/([^/]+))\/[^/]+(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?(?:\/(scale))?$/.exec(path);
    if (parts === null) return void refuse(404, 'NotFound', 'the server could not find the requested resource');
    const [, group = '', namespace, of = '', one, under] = parts;
    const resource = under === undefined ? of : `${of}/${under}`;
    const sent = await text(request);
    const body: Item = sent === '' ? null : JSON.parse(sent);
    const verb = { GET: one === undefined ? 'list' : 'get', POST: 'create', PATCH: 'patch', DELETE: 'delete' }[request.method ?? ''] ?? '';
    asked.push(`${role} ${verb} ${path}`);
    if (resource === 'selfsubjectaccessreviews') {
      const { verb: does, resource: what, subresource } = body.spec.resourceAttributes;
      const asked = subresource === undefined ? what : `${what}/${subresource}`;
      return void reply(201, { ...body, status: { allowed: !forbidden.has(`${does} ${asked}`) } });
    }
    if (forbidden.has(`${verb} ${resource}`)) {
      const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
      const message = `${resource} "${one}" is forbidden: User "${role}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
      return void refuse(403, 'Forbidden', message);
    }
    // A cluster without Amazon's network policies.
    if (resource === 'policyendpoints') return void refuse(404, 'NotFound', 'the server could not find the requested resource');
    // The number of replicas of what is above it, and no more.
    const at = path.replace(/\/scale$/, '');
    const found = objects.get(at);
    if (verb === 'list') {
      const items = [...objects].filter(([at]) => at.includes(`/${resource}/`) && (namespace === undefined || at.startsWith(`${path}/`)));
      const chosen = items.map(([, item]) => item).filter((item) => isChosen(item, url));
      const from = Number(url.searchParams.get('continue') ?? 0);
      const to = from + Number(url.searchParams.get('limit') ?? chosen.length);
      const metadata = to < chosen.length ? { continue: String(to) } : {};
      return void reply(200, { kind: 'List', metadata, items: chosen.slice(from, to) });
    }
    if (verb === 'create') {
      const made = `${path}/${body.metadata.name}`;
      if (objects.has(made)) return void refuse(409, 'AlreadyExists', `${resource} "${body.metadata.name}" already exists`);
      put(objects, made, { ...body, metadata: { ...body.metadata, uid: randomUUID() } });
      return void reply(201, objects.get(made));
    }
    if (found === undefined) return void refuse(404, 'NotFound', `${resource} "${one}" not found`);
    if (verb === 'get') return void reply(200, found);
    const wanted = verb === 'delete' ? body?.preconditions : body?.metadata;
    for (const part of ['uid', 'resourceVersion'])
      if (wanted?.[part] !== undefined && wanted[part] !== found.metadata[part])
        return void refuse(409, 'Conflict', `Operation cannot be fulfilled on ${resource} "${one}": Precondition failed: ${part}`);
    if (verb === 'delete') {
      objects.delete(path);
      return void reply(200, { kind: 'Status', apiVersion: 'v1', status: 'Success' });
    }
    if (request.headers['content-type'] !== 'application/merge-patch+json')
      return void refuse(415, 'UnsupportedMediaType', 'the body of the request was in an unknown format');
    put(objects, at, merge(found, under === undefined ? body : { spec: { replicas: body.spec.replicas } }));
    return void reply(200, objects.get(at));
  };

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cluster: ClusterUnderTest = {
    endpoint: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    authority,
    objects,
    forbidden,
    unknown,
    asked,
    next: null,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return cluster;
}

/** Puts an object as the server keeps it, with another version and with who manages its fields. */
export function put(objects: Map<string, Item>, path: string, item: Item): void {
  const version = Number(objects.get(path)?.metadata.resourceVersion ?? 0) + 1;
  const own = { uid: `uid-of-${path.split('/').at(-1)}`, ...item.metadata, resourceVersion: String(version) };
  objects.set(path, { ...item, metadata: { ...own, managedFields: [{ manager: 'kubectl', operation: 'Update' }] } });
}

function merge(value: Item, patch: Item): Item {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const after = { ...value };
  for (const [key, member] of Object.entries(patch)) {
    if (member === null) delete after[key];
    else after[key] = merge(after[key] ?? {}, member);
  }
  return after;
}

/** `spec.nodeName=x` and `k8s-app in (a,b)`. */
function isChosen(item: Item, { searchParams }: URL): boolean {
  const field = /^spec\.nodeName=(.*)$/.exec(searchParams.get('fieldSelector') ?? '');
  const label = /^([^ ]+) in \(([^)]*)\)$/.exec(searchParams.get('labelSelector') ?? '');
  if (field !== null && item.spec?.nodeName !== field[1]) return false;
  return label === null || (label[2] ?? '').split(',').includes(item.metadata.labels?.[label[1] ?? '']);
}

/** What a token is made of; null where it is none. */
export function tokenParts(authorization: string): URL | null {
  const token = /^Bearer k8s-aws-v1\.([A-Za-z0-9_-]+)$/.exec(authorization)?.[1];
  return token === undefined ? null : new URL(Buffer.from(token, 'base64url').toString('utf8'));
}

/** The parameters that EKS's authenticator takes, in small letters; with any other it refuses the token. */
const taken = /^(action|version|x-amz-(algorithm|credential|date|expires|security-token|signature|signedheaders))$/;

/**
 * The role whose token it is, as STS would say it: the signature is computed again here, by
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html. Null where it does not hold.
 */
function callerOf(authorization: string, cluster: string): string | null {
  const url = tokenParts(authorization);
  if (url === null || url.protocol !== 'https:' || url.hostname !== `sts.${region}.amazonaws.com` || url.pathname !== '/') return null;
  const query = url.searchParams;
  if ([...query.keys()].some((name) => !taken.test(name.toLowerCase()))) return null;
  if (query.get('Action') !== 'GetCallerIdentity' || query.get('X-Amz-SignedHeaders') !== 'host;x-k8s-aws-id') return null;
  const [key, day = '', ...scope] = (query.get('X-Amz-Credential') ?? '').split('/');
  const role = roles.find((one) => keyOf(one) === key && query.get('X-Amz-Security-Token') === sessionToken(one));
  if (role === undefined || scope.join('/') !== `${region}/sts/aws4_request`) return null;
  const signature = query.get('X-Amz-Signature');
  const pairs = [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  const nothing = createHash('sha256').update('').digest('hex');
  const canonical = `GET\n/\n${pairs.sort().join('&')}\nhost:${url.hostname}\nx-k8s-aws-id:${cluster}\n\nhost;x-k8s-aws-id\n${nothing}`;
  const hash = createHash('sha256').update(canonical).digest('hex');
  const toSign = `AWS4-HMAC-SHA256\n${query.get('X-Amz-Date')}\n${day}/${scope.join('/')}\n${hash}`;
  const signing = [day, ...scope].reduce(
    (by: string | Buffer, part) => createHmac('sha256', by).update(part).digest(),
    `AWS4${secretOf(role)}`,
  );
  return createHmac('sha256', signing).update(toSign).digest('hex') === signature ? role : null;
}

/** STS and EKS, as far as they are asked on the way to a cluster; everything else is denied. `place` is what DescribeCluster says. */
export function awsBeside(place: () => object, as = region): { readonly transport: Transport; readonly asked: string[] } {
  const asked: string[] = [];
  const reply = (statusCode: number, type: string, body: string) => ({
    response: { statusCode, headers: { 'content-type': type }, body: Buffer.from(body, 'utf8') },
  });
  const xml = (operation: string, result: string) =>
    reply(
      200,
      'text/xml',
      `<${operation}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${operation}Result>${result}</${operation}Result></${operation}Response>`,
    );
  const transport: Transport = {
    async handle({ hostname, path, body }) {
      const form = new URLSearchParams(typeof body === 'string' ? body : '');
      const action = hostname.startsWith('sts.') ? `sts:${form.get('Action')}` : `${hostname.split('.')[0]} ${path}`;
      asked.push(action);
      // Time passes, as on a network.
      await sleep(0);
      if (action === 'sts:GetCallerIdentity') {
        const partition = as.startsWith('cn-') ? 'aws-cn' : 'aws';
        return xml(
          'GetCallerIdentity',
          `<Account>${account}</Account><Arn>arn:${partition}:iam::${account}:user/self</Arn><UserId>AIDAEXAMPLE</UserId>`,
        );
      }
      if (action === 'sts:AssumeRole') {
        const role = form.get('RoleArn')?.split('/').at(-1) ?? '';
        const expires = new Date(Date.now() + 900_000).toISOString();
        return xml(
          'AssumeRole',
          `<Credentials><AccessKeyId>${keyOf(role)}</AccessKeyId><SecretAccessKey>${secretOf(role)}</SecretAccessKey><SessionToken>${sessionToken(role)}</SessionToken><Expiration>${expires}</Expiration></Credentials>`,
        );
      }
      if (action === 'eks /clusters/shop') return reply(200, 'application/json', JSON.stringify({ cluster: place() }));
      return reply(
        403,
        'text/xml',
        '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>',
      );
    },
  };
  return { transport, asked };
}

/** What DescribeCluster says of a cluster under test. */
export function placeOf(cluster: Pick<ClusterUnderTest, 'endpoint' | 'authority'>, more: object = {}): object {
  return {
    name: 'shop',
    status: 'ACTIVE',
    endpoint: cluster.endpoint,
    certificateAuthority: { data: Buffer.from(cluster.authority.pem, 'utf8').toString('base64') },
    resourcesVpcConfig: { endpointPublicAccess: true, endpointPrivateAccess: false },
    ...more,
  };
}
