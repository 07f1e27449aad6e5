import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { sha256 } from '../core/lib/hash.ts';
import { CloudError, InputError } from '../core/model/errors.ts';
import type { Json, JsonObject } from '../core/model/json.ts';
import type { CloudCall } from '../core/ports/cloud.ts';
import type { Range } from './open-range.ts';
import { isObject } from './operation.ts';

export interface RangeServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  close(): Promise<void>;
}

export interface RangeServerOptions {
  /** 0 takes any free one. */
  readonly port: number;
  readonly token: string;
  /** Runs before a call of the actor or the undoer is answered: what was answered outlives a crash when this saves the range. */
  readonly afterWrite?: () => Promise<void>;
  /** How long a call of the actor or the undoer takes, as AWS takes its time: half of it before it happens, half after. */
  readonly latencyMs?: number;
}

const bodyLimit = 1_048_576;

/**
 * Serves port `Cloud` of a range on the loopback address, so that worker processes share one simulated cloud. Every
 * request needs the bearer token. Port 0 takes any free one; a port that is taken throws the system's EADDRINUSE.
 *
 *     POST /call      CloudCall -> { answer } or { error: { kind, code, action, message } }
 *     GET  /accounts  -> { answer: [{ id, name }] }
 *     GET  /members   -> { answer: [{ id, active, invited, joinedAt }] }
 *     GET  /regions?account=ID -> { answer: [name] }
 */
export async function serveRange(range: Range, options: RangeServerOptions): Promise<RangeServer> {
  const expected = Buffer.from(sha256(`Bearer ${options.token}`), 'hex');
  const server = createServer((request, response) => {
    const given = Buffer.from(sha256(request.headers.authorization ?? ''), 'hex');
    if (!timingSafeEqual(given, expected)) return send(response, 401, { error: { message: 'The bearer token is missing or wrong.' } });
    answer(range, request, options).then(
      (value) => send(response, 200, { answer: value }),
      (error: unknown) => {
        if (error instanceof CloudError) {
          const { kind, code, action, message } = error;
          send(response, 200, { error: { kind, code, action, message } });
        } else if (error instanceof InputError) send(response, 400, { error: { message: error.message } });
        else send(response, 500, { error: { message: error instanceof Error ? error.message : 'unknown' } });
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(range: Range, request: IncomingMessage, options: RangeServerOptions): Promise<Json> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const route = `${request.method} ${url.pathname}`;
  switch (route) {
    case 'POST /call':
      return carryOut(range, parseCall(await readJson(request)), options);
    case 'GET /accounts':
      return (await range.cloud.accounts()).map(({ id, name }) => ({ id, name }));
    case 'GET /members':
      return ((await range.cloud.members()) ?? []).map((member) => ({ ...member }));
    case 'GET /regions':
      return range.cloud.regions(url.searchParams.get('account') ?? '');
    default:
      throw new InputError('no such route', route);
  }
}

async function carryOut(range: Range, call: CloudCall, { afterWrite, latencyMs = 0 }: RangeServerOptions): Promise<Json> {
  if (call.role === 'reader') return range.cloud.call(call);
  await sleep(latencyMs / 2);
  try {
    return await range.cloud.call(call);
  } finally {
    await afterWrite?.();
    await sleep(latencyMs / 2);
  }
}

async function readJson(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimit) throw new InputError(`the request is larger than ${bodyLimit} bytes`, 'body');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Json;
  } catch (cause) {
    throw new InputError('the request is not JSON', 'body', { cause });
  }
}

function parseCall(value: Json): CloudCall {
  if (!isObject(value)) throw new InputError('not an object', 'call');
  const { role, session, approvedBy } = value as { role?: Json; session?: Json; approvedBy?: Json };
  if (role !== 'reader' && role !== 'actor' && role !== 'undoer') throw new InputError('not reader, actor or undoer', 'call.role');
  return {
    account: textOf(value, 'account'),
    region: textOf(value, 'region'),
    action: textOf(value, 'action'),
    input: objectOf(value, 'input'),
    role,
    ...(isObject(session) ? { session: { policy: objectOf(session, 'policy'), name: textOf(session, 'name') } } : {}),
    ...(Array.isArray(approvedBy) ? { approvedBy: approvedBy.map(String) } : {}),
  };
}

function textOf(value: JsonObject, name: string): string {
  const member = value[name];
  if (typeof member !== 'string') throw new InputError('not a text', `call.${name}`);
  return member;
}

function objectOf(value: JsonObject, name: string): JsonObject {
  const member = value[name];
  if (!isObject(member)) throw new InputError('not an object', `call.${name}`);
  return member;
}

function send(response: ServerResponse, status: number, body: JsonObject): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
