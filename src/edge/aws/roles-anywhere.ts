import { CloudError } from '../../core/model/errors.ts';
import type { Json } from '../../core/model/json.ts';
import type { HttpRequest, Transport } from './http-request.ts';

/** What signs a request and what carries it: those of a client of the SDK. */
export interface Signed {
  /** Where the service is: `https://rolesanywhere.us-east-1.amazonaws.com`. */
  readonly endpoint: URL;
  readonly sign: (request: HttpRequest) => Promise<HttpRequest>;
  readonly transport: Transport;
}

const id = /^[a-f0-9]{8}-([a-z0-9]{4}-){3}[a-z0-9]{12}$/;
const mostBytes = 1024 * 1024;

/**
 * The few calls of IAM Roles Anywhere that playbooks make, without its package: a profile or a trust anchor is read, enabled or disabled, and none of
 * these has a body. https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_Operations.html
 * Throws what the SDK would: an error with the code as its name and `$metadata`.
 */
export async function callRolesAnywhere(command: string, input: unknown, { endpoint, sign, transport }: Signed): Promise<Json> {
  const { method, path } = placeOf(command, input as { readonly [name: string]: unknown });
  const { protocol, hostname, host, port } = endpoint;
  const request: HttpRequest = {
    method,
    protocol,
    hostname,
    ...(port === '' ? {} : { port: Number(port) }),
    path,
    query: {},
    headers: { host, accept: 'application/json', ...(method === 'POST' ? { 'content-length': '0' } : {}) },
  };
  const { response } = await transport.handle(await sign(request));
  const text = await textOf(response.body);
  const body = parsed(text) as { readonly message?: unknown; readonly Message?: unknown } | null;
  if (response.statusCode >= 200 && response.statusCode < 300 && body !== null) return body as Json;
  const named = response.headers['x-amzn-errortype']?.split(':')[0] ?? (body === null ? 'UnreadableAnswer' : `Http${response.statusCode}`);
  throw Object.assign(new Error(String(body?.message ?? body?.Message ?? `HTTP ${response.statusCode}`).slice(0, 1_000)), {
    name: named,
    $fault: response.statusCode >= 500 ? 'server' : 'client',
    $metadata: { httpStatusCode: response.statusCode },
  });
}

function placeOf(command: string, input: { readonly [name: string]: unknown }): Pick<HttpRequest, 'method' | 'path'> {
  const [, verb = '', what = ''] = /^(Get|Enable|Disable)(Profile|TrustAnchor)$/.exec(command) ?? [];
  const value = input[what === 'Profile' ? 'profileId' : 'trustAnchorId'];
  // A path is made of it.
  if (verb === '' || typeof value !== 'string' || !id.test(value))
    throw new CloudError(
      'invalid',
      'InvalidInput',
      `rolesanywhere:${command}`,
      `rolesanywhere:${command}: there is no such call, or its input has no id`,
    );
  const path = `/${what.toLowerCase()}/${value}`;
  return verb === 'Get' ? { method: 'GET', path } : { method: 'POST', path: `${path}/${verb.toLowerCase()}` };
}

async function textOf(body: unknown): Promise<string> {
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > mostBytes) throw new Error(`an answer of more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}
