import { request as send } from 'node:https';
import { asObject, textAt } from '../../../core/lib/json-at.ts';
import { CloudError, type CloudErrorKind } from '../../../core/model/errors.ts';
import type { Json, JsonObject } from '../../../core/model/json.ts';

/** Where a cluster is reached, and what its certificate must be signed by. As `eks:DescribeCluster` says it. */
export interface ClusterPlace {
  readonly name: string;
  readonly endpoint: URL;
  /** PEM. */
  readonly authority: string;
  /** Is it reached from inside of its network only? */
  readonly isPrivate: boolean;
}

/** One request over HTTPS. `path` is encoded and has its query. */
export interface ClusterRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: JsonObject;
  /** What it does, for messages: `patch pods in the namespace shop`. */
  readonly does: string;
}

const mostBytes = 8 * 1024 * 1024;

/** Milliseconds until TLS stands, and for the whole of it. */
interface Patience {
  readonly connect: number;
  readonly whole: number;
}
const patience: Patience = { connect: 5_000, whole: 15_000 };

/** Errors of TLS: they do not pass, and the token was not sent. */
const untrusted =
  /^(ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|ERR_SSL|INVALID_CA|PATH_LENGTH|INVALID_PURPOSE|ERR_OSSL)/;

/**
 * Makes one request of a cluster. Its certificate must be of the cluster's own authority; nothing else is trusted, and a redirect is not
 * followed, since the token would go with it. Answers the body as JSON. Throws CloudError.
 */
export async function askCluster(
  place: ClusterPlace,
  token: string,
  request: ClusterRequest,
  action: string,
  within: Patience = patience,
): Promise<Json> {
  const { status, text } = await exchange(place, token, request, action, within);
  const fault = (kind: CloudErrorKind, code: string, says: string) => new CloudError(kind, code, action, `${action}: ${says}`);
  let body: Json;
  try {
    body = JSON.parse(text) as Json;
  } catch {
    body = null;
  }
  if (status >= 300 && status < 400)
    throw fault('invalid', 'Redirected', `the cluster ${place.name} answered with a redirect (HTTP ${status}), which is not followed`);
  if (status >= 200 && status < 300) {
    if (asObject(body) !== null) return body;
    throw fault('unavailable', 'UnreadableAnswer', `HTTP ${status} from the cluster ${place.name}, in no format of Kubernetes`);
  }
  throw refusal(place, request, status, body, action);
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/ and https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
function refusal({ name }: ClusterPlace, { does }: ClusterRequest, status: number, body: Json, action: string): CloudError {
  const isStatus = textAt(body, 'kind') === 'Status';
  const reason = isStatus ? (textAt(body, 'reason') ?? '') : '';
  const said = isStatus ? (textAt(body, 'message') ?? '').slice(0, 1_000) : 'no message';
  const as = (kind: CloudErrorKind, code: string, says: string) => new CloudError(kind, reason || code, action, `${action}: ${says}`);
  switch (status) {
    case 401:
      return as('denied', 'Unauthorized', `the cluster ${name} does not know the role that asks: it has no access entry there`);
    case 403:
      return as('denied', 'Forbidden', `the role that asks may not ${does} of the cluster ${name}: ${said}`);
    case 404:
      // A proxy's page says nothing about what is in the cluster.
      return isStatus ? as('not-found', 'NotFound', said) : as('unavailable', 'UnreadableAnswer', `HTTP 404, in no format of Kubernetes`);
    case 409:
      return as('conflict', 'Conflict', `could not ${does} of the cluster ${name}: ${said}`);
    case 429:
      return as('throttled', 'TooManyRequests', said);
    default:
      return status >= 500
        ? as('unavailable', `Http${status}`, said)
        : as('invalid', `Http${status}`, `could not ${does} of the cluster ${name}: ${said}`);
  }
}

function exchange(
  { name, endpoint, authority, isPrivate }: ClusterPlace,
  token: string,
  { method, path, body }: ClusterRequest,
  action: string,
  within: Patience,
): Promise<{ readonly status: number; readonly text: string }> {
  const content = body === undefined ? undefined : JSON.stringify(body);
  const fault = (kind: CloudErrorKind, code: string, says: string, cause?: unknown) =>
    new CloudError(kind, code, action, `${action}: ${says}`, cause === undefined ? {} : { cause });
  const where = isPrivate
    ? `the endpoint of the cluster ${name} is reached from inside of its network only, and not from here`
    : `the endpoint of the cluster ${name} is not reached from here`;
  return new Promise((resolve, reject) => {
    let answered = false;
    const failed = (error: NodeJS.ErrnoException) => {
      const code = error.code ?? '';
      if (untrusted.test(code))
        reject(
          fault('denied', 'UntrustedEndpoint', `what answers as the cluster ${name} has no certificate of its authority (${code})`, error),
        );
      else if (answered) reject(fault('unavailable', code || 'Broken', `the answer of the cluster ${name} broke off`, error));
      else reject(fault('unavailable', 'EndpointNotReached', `${where} (${code || error.message})`, error));
    };
    const sent = send(
      {
        protocol: 'https:',
        hostname: endpoint.hostname.replace(/^\[|\]$/g, ''),
        port: endpoint.port === '' ? 443 : endpoint.port,
        method,
        path,
        // In the place of all authorities that Node brings.
        ca: authority,
        rejectUnauthorized: true,
        minVersion: 'TLSv1.2',
        // A connection is of one cluster, and is not kept: the next request may be of another role.
        agent: false,
        signal: AbortSignal.timeout(within.whole),
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${token}`,
          'user-agent': 'jobzero',
          ...(content === undefined
            ? {}
            : {
                'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
                'content-length': Buffer.byteLength(content),
              }),
        },
      },
      (response) => {
        answered = true;
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size <= mostBytes) {
            chunks.push(chunk);
            return;
          }
          reject(fault('invalid', 'AnswerTooLarge', `the answer of the cluster ${name} is larger than ${mostBytes} bytes`));
          sent.destroy();
        });
        response.on('error', failed);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }));
      },
    );
    const late = () => sent.destroy(Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' }));
    const waits = setTimeout(late, within.connect);
    sent.on('socket', (socket) => socket.once('secureConnect', () => clearTimeout(waits)));
    sent.on('close', () => clearTimeout(waits));
    sent.on('error', failed);
    sent.end(content);
  });
}
