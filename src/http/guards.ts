import type { Context, MiddlewareHandler } from 'hono';
import type { Env } from './endpoint.ts';
import { HttpError } from './http-error.ts';

const local: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Refuses a Host header that is not ours; `more` are names besides this machine's own. A page of somebody else whose name is rebound to 127.0.0.1 still sends its
 * own name, so it gets nothing.
 */
export function checkHost(more: () => Promise<readonly string[]>): MiddlewareHandler<Env> {
  return async (c, next) => {
    const host = c.req.header('host') ?? new URL(c.req.url).host;
    const name = host.replace(/:\d+$/, '').toLowerCase();
    if (!local.has(name) && !(await more()).includes(name)) throw new HttpError(421, 'wrong-host', 'This address is not served here.');
    await next();
  };
}

const safe: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Refuses a state-changing request that another site caused: the browser says so itself, else Origin must be ours. */
export const checkOrigin: MiddlewareHandler<Env> = async (c, next) => {
  if (!safe.has(c.req.method)) {
    const site = c.req.header('sec-fetch-site');
    const origin = c.req.header('origin');
    const host = c.req.header('host') ?? new URL(c.req.url).host;
    const same = origin === `http://${host}` || origin === `https://${host}`;
    const allowed = site === undefined ? same : site === 'same-origin' && (origin === undefined || same);
    if (!allowed) throw new HttpError(403, 'foreign-origin', 'The request did not come from this console.');
  }
  await next();
};

/** The cookie's name carries the port, since browsers share cookies between the ports of a host. */
export function cookieName(c: Context): string {
  const port = /:(\d+)$/.exec(c.req.header('host') ?? '')?.[1] ?? 'default';
  return `jobzero-${port}`;
}

/** Nothing from elsewhere, nothing inline, no frames; scripts cannot turn text into markup. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

export const secureHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  c.header('content-security-policy', contentSecurityPolicy);
  c.header('x-content-type-options', 'nosniff');
  c.header('x-frame-options', 'DENY');
  c.header('referrer-policy', 'no-referrer');
  c.header('cross-origin-opener-policy', 'same-origin');
  c.header('cross-origin-resource-policy', 'same-origin');
  c.header('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
};

/** Answers of the API are never kept by a browser or a proxy. */
export const noStore: MiddlewareHandler = async (c, next) => {
  await next();
  c.header('cache-control', 'no-store');
};
