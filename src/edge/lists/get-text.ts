import { lookup as resolveName } from 'node:dns';
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isPrivateAddress } from '../../core/lib/private-address.ts';

export interface ListRequest {
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  /** Addresses of private networks and plain HTTP are allowed. */
  readonly private: boolean;
}

export interface HttpLimits {
  readonly bytes: number;
  /** In all, in milliseconds. */
  readonly timeMs: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export const usualLimits: HttpLimits = { bytes: 128 * 1024 * 1024, timeMs: 120_000 };
const mostRedirects = 3;

/**
 * Gets a text by HTTP(S). Goes to no private address unless allowed, whatever the name resolves to, and follows a redirect
 * to the same host only: whoever serves a list does not choose whom we ask with our headers. Throws with a reason that
 * holds no header and no part of the URL but the host.
 */
export async function getText(asked: ListRequest, limits: HttpLimits = usualLimits): Promise<HttpAnswer> {
  const signal = AbortSignal.timeout(limits.timeMs);
  let url = urlOf(asked.url);
  for (let redirects = 0; ; redirects++) {
    const answer = await getOnce(url, asked, limits, signal);
    const { location } = answer.headers;
    if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return answer;
    const next = URL.canParse(location, url.href) ? new URL(location, url.href) : null;
    if (next === null || next.host !== url.host || (url.protocol === 'https:' && next.protocol !== 'https:'))
      throw new Error(`${url.host} sends us to ${next === null ? 'no address' : `${next.protocol}//${next.host}`}, which is not followed`);
    if (redirects >= mostRedirects) throw new Error(`${url.host} sends us on and on`);
    url = next;
  }
}

function urlOf(text: string): URL {
  if (!URL.canParse(text)) throw new Error('this is no URL');
  return new URL(text);
}

function getOnce(url: URL, asked: ListRequest, limits: HttpLimits, signal: AbortSignal): Promise<HttpAnswer> {
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && asked.private)) throw new Error(`${url.host}: https:// is wanted`);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  // An address is not looked up.
  if (!asked.private && isPrivateAddress(host)) throw new Error(privateReason(url.host));
  const options = { method: 'GET', headers: { 'user-agent': 'jobzero', ...asked.headers }, signal, agent: false } as const;
  const lookup = asked.private ? {} : { lookup: publicOnly };
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      const late = signal.aborted ? `no whole answer within ${Math.round(limits.timeMs / 1000)} s` : null;
      reject(new Error(`${url.host}: ${late ?? (error instanceof Error ? error.message : String(error))}`, { cause: error }));
    };
    const sent = (url.protocol === 'https:' ? requestSecure : requestPlain)(url, { ...options, ...lookup }, (answer) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > limits.bytes) answer.destroy(new Error(`more than ${limits.bytes} bytes`));
        else chunks.push(chunk);
      });
      answer.on('end', () => {
        if (!answer.complete) return fail(new Error('the answer breaks off'));
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks).toString('utf8') });
      });
      answer.on('error', fail);
    });
    sent.on('error', fail);
    sent.end();
  });
}

/** Looks a name up for the connection itself, so that nothing can change between the look and the use. */
const publicOnly: LookupFunction = (name, options, done) => {
  resolveName(name, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, '');
    const found = addresses.filter(({ address }) => !isPrivateAddress(address.replace(/^::ffff:(?=\d+\.)/i, '')));
    const [first] = found;
    if (first === undefined || found.length < addresses.length) return done(new Error(privateReason(name)), '');
    if (options.all === true) return done(null, found);
    return done(null, first.address, first.family);
  });
};

function privateReason(host: string): string {
  return `${host} is a private address; "private: true" allows it`;
}
