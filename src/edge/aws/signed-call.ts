import type { Json } from '../../core/model/json.ts';
import type { HttpRequest, Transport } from './http-request.ts';

/** What signs a request and what carries it: those of a client of the SDK. */
export interface Signed {
  /** Where the service is: `https://rolesanywhere.us-east-1.amazonaws.com`. */
  readonly endpoint: URL;
  readonly sign: (request: HttpRequest) => Promise<HttpRequest>;
  readonly transport: Transport;
}

const mostBytes = 1024 * 1024;

/**
 * One call of a service whose answers are JSON, without its package. Header names in small letters.
 * Throws what the SDK would: an error with the code as its name and `$metadata`.
 */
export async function signedCall(
  {
    method,
    path,
    headers = {},
    body,
  }: Partial<Pick<HttpRequest, 'headers'>> & Pick<HttpRequest, 'method' | 'path'> & { readonly body?: string },
  { endpoint, sign, transport }: Signed,
): Promise<Json> {
  const { protocol, hostname, host, port } = endpoint;
  const request: HttpRequest = {
    method,
    protocol,
    hostname,
    ...(port === '' ? {} : { port: Number(port) }),
    path,
    query: {},
    headers: {
      host,
      accept: 'application/json',
      ...(method === 'POST' ? { 'content-length': String(Buffer.byteLength(body ?? '')) } : {}),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  };
  const { response } = await transport.handle(await sign(request));
  const answer = parsed(await textOf(response.body)) as { readonly [name: string]: unknown } | null;
  if (response.statusCode >= 200 && response.statusCode < 300 && answer !== null) return answer as Json;
  throw Object.assign(new Error(String(answer?.['message'] ?? answer?.['Message'] ?? `HTTP ${response.statusCode}`).slice(0, 1_000)), {
    name: codeOf(response, answer),
    $fault: response.statusCode >= 500 ? 'server' : 'client',
    $metadata: { httpStatusCode: response.statusCode },
  });
}

/** The code stands in a header or in the body, with a namespace before it or a place behind it: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
function codeOf(
  { statusCode, headers }: { readonly statusCode: number; readonly headers: { readonly [name: string]: string } },
  answer: { readonly [name: string]: unknown } | null,
): string {
  const type = headers['x-amzn-errortype'] ?? answer?.['__type'];
  if (typeof type === 'string') return type.split(':')[0]?.split('#').at(-1) ?? '';
  return answer === null ? 'UnreadableAnswer' : `Http${statusCode}`;
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
