import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import type { MiddlewareHandler } from 'hono';

const types: { readonly [extension: string]: string } = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

interface Asset {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly etag: string;
}

/**
 * Serves the built console from memory: only files that were there at start, so no path can lead elsewhere. Files
 * under /assets carry their hash in the name and are kept for a year; every other address is the page itself, which
 * is asked for again each time.
 */
export function staticFiles(folder: string | null): MiddlewareHandler {
  const assets = folder === null ? new Map<string, Asset>() : load(folder);
  return async (c, next) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return next();
    const path = new URL(c.req.url).pathname;
    const asset = assets.get(path) ?? (extname(path) === '' ? assets.get('/index.html') : undefined);
    if (asset === undefined) {
      return folder === null || assets.size === 0
        ? c.text('The console is not built. Run: npm run build -w web', 503)
        : c.text('There is nothing here.', 404);
    }
    c.header('etag', asset.etag);
    c.header('cache-control', path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
    if (c.req.header('if-none-match') === asset.etag) return c.body(null, 304);
    return c.body(asset.body, 200, { 'content-type': asset.type });
  };
}

function load(folder: string): Map<string, Asset> {
  const assets = new Map<string, Asset>();
  for (const entry of listFiles(folder)) {
    const body = new Uint8Array(readFileSync(join(folder, entry)));
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    assets.set(`/${entry.split(sep).join('/')}`, { body, etag, type: types[extname(entry)] ?? 'application/octet-stream' });
  }
  return assets;
}

function listFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  } catch {
    return [];
  }
}
