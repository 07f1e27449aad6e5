import { type IncomingHttpHeaders, Agent as PlainAgent, request as requestPlain } from 'node:http';
import { request as requestSecure, Agent as SecureAgent } from 'node:https';
import type { Sent } from '../../core/ports/channel.ts';
import { oneLine } from './safe-text.ts';

export interface HttpCall {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string;
  /** In all, in milliseconds. */
  readonly timeMs?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** No whole answer came. `doubt`: the request may have arrived. */
export interface HttpFailure {
  readonly failed: string;
  readonly doubt: boolean;
}

const usualTimeMs = 20_000;
const mostAnswer = 64 * 1024;

/**
 * One HTTP request. HTTPS only, but to 127.0.0.1; a redirect is an answer and not followed; the environment's proxy is
 * used (HTTPS_PROXY, NO_PROXY). Reasons name the host alone: the rest of an address may be a secret.
 */
export function callHttp(call: HttpCall): Promise<HttpAnswer | HttpFailure> {
  const url = URL.canParse(call.url) ? new URL(call.url) : null;
  if (url === null) return Promise.resolve({ failed: 'the address is no URL', doubt: false });
  const local = url.hostname === '127.0.0.1';
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local))
    return Promise.resolve({ failed: `${url.host}: https:// is wanted`, doubt: false });
  const secure = url.protocol === 'https:';
  // Connections are not kept: one that the other side has closed would leave every tenth message in doubt.
  const options = local ? {} : { proxyEnv: process.env };
  const agent = secure ? new SecureAgent({ keepAlive: false, ...options }) : new PlainAgent({ keepAlive: false });
  const timeMs = call.timeMs ?? usualTimeMs;
  const signal = AbortSignal.timeout(timeMs);
  const body = call.body === undefined ? null : Buffer.from(call.body, 'utf8');
  return new Promise((resolve) => {
    let connected = false;
    const fail = (error: unknown) => {
      const code = (error as NodeJS.ErrnoException).code ?? 'failed';
      resolve({ failed: `${url.host}: ${signal.aborted ? `no answer within ${Math.round(timeMs / 1000)} s` : code}`, doubt: connected });
    };
    try {
      const sent = (secure ? requestSecure : requestPlain)(
        url,
        {
          method: call.method ?? 'POST',
          headers: { 'user-agent': 'jobzero', ...call.headers, ...(body === null ? {} : { 'content-length': body.length }) },
          agent,
          signal,
        },
        (answer) => {
          const chunks: Buffer[] = [];
          let size = 0;
          const end = () =>
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks).toString('utf8') });
          answer.on('data', (chunk: Buffer) => {
            size += chunk.length;
            if (size <= mostAnswer) chunks.push(chunk);
            else {
              // The status says enough.
              end();
              answer.destroy();
            }
          });
          answer.on('end', end);
          answer.on('error', fail);
        },
      );
      sent.on('socket', (socket) => {
        socket.once(secure ? 'secureConnect' : 'connect', () => {
          connected = true;
        });
      });
      sent.on('error', fail);
      sent.end(body ?? undefined);
    } catch (error) {
      fail(error);
    }
  });
}

/** What the answer means where the vendor has no words of its own. `secrets` never appear in the reason. */
export function classify(answer: HttpAnswer | HttpFailure, url: string, at: number, ref: string, secrets: readonly string[] = []): Sent {
  if ('failed' in answer) return { outcome: 'later', reason: answer.failed, afterMs: null, doubt: answer.doubt };
  const { status } = answer;
  const host = new URL(url).host;
  if (status >= 200 && status < 300) return { outcome: 'accepted', ref };
  const { pathname, search } = new URL(url);
  const reason = `${host} answered with status ${status}${snippet(answer.body, [...secrets, `${pathname}${search}`])}`;
  if (status === 429 || status === 503) return { outcome: 'later', reason, afterMs: retryAfter(answer, at), doubt: false };
  if (status === 408 || status === 425 || status >= 500) return { outcome: 'later', reason, afterMs: retryAfter(answer, at), doubt: true };
  if (status >= 300 && status < 400) return { outcome: 'refused', reason: `${host} sends us elsewhere, which is not followed` };
  return { outcome: 'refused', reason };
}

const mostWaitMs = 60 * 60_000;

/** Seconds, or a date: RFC 9110, 10.2.3. An hour at most. */
export function retryAfter({ headers }: Pick<HttpAnswer, 'headers'>, at: number): number | null {
  const text = headers['retry-after'];
  if (text === undefined) return null;
  const ms = /^\d{1,9}$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - at;
  return Number.isFinite(ms) ? Math.min(mostWaitMs, Math.max(0, ms)) : null;
}

/** The beginning of what the other side says, without secrets that it may have said back. */
export function snippet(body: string, secrets: readonly string[]): string {
  let text = body.slice(0, 2_000);
  for (const secret of secrets) if (secret.length > 4) text = text.replaceAll(secret, '***');
  text = oneLine(text, 200);
  return text === '' ? '' : `: ${text}`;
}
