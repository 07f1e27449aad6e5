import type { Context } from 'hono';
import type { Site } from '../core/model/site.ts';
import type { HttpDeps } from './http-deps.ts';
import { HttpError } from './http-error.ts';

/**
 * Where this request found the console, as a passkey knows it: `localhost` with the port that is really served, or the name of `console` in
 * channels.yml. An address such as 127.0.0.1 has no passkeys. Throws HttpError there.
 */
export async function siteOf(c: Context, deps: HttpDeps): Promise<Site> {
  const host = (c.req.header('host') ?? new URL(c.req.url).host).toLowerCase();
  const name = host.replace(/:\d+$/, '');
  const port = servedPort(c) ?? Number(/:(\d+)$/.exec(host)?.[1] ?? 80);
  if (name === 'localhost') return { id: name, origin: `http://localhost:${port}` };
  const outside = await consoleOf(deps);
  if (outside !== null && outside.hostname === name) return { id: name, origin: outside.origin };
  throw new HttpError(409, 'no-passkeys-here', `An address has no passkeys. Open the console as http://localhost:${port}.`);
}

/** The origin as the browser has it, by a name or an address. */
export async function originOf(c: Context, deps: HttpDeps): Promise<string> {
  const host = (c.req.header('host') ?? new URL(c.req.url).host).toLowerCase();
  const outside = await consoleOf(deps);
  return outside?.host === host ? outside.origin : `http://${host}`;
}

/** The name by which people outside reach the console, where channels.yml says one. */
export async function consoleHost(deps: HttpDeps): Promise<readonly string[]> {
  const outside = await consoleOf(deps);
  return outside === null ? [] : [outside.hostname];
}

async function consoleOf({ inbound }: HttpDeps): Promise<URL | null> {
  const site = (await inbound?.channels())?.console ?? null;
  return site === null ? null : new URL(site);
}

/** The port of the socket, which no header can change; null where there is no socket. */
function servedPort(c: Context): number | null {
  const { incoming } = (c.env ?? {}) as { readonly incoming?: { readonly socket?: { readonly localPort?: number } } };
  return incoming?.socket?.localPort ?? null;
}
