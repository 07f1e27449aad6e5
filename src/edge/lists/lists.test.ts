import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fetchList } from './fetch-list.ts';
import { fetchTaxii } from './fetch-taxii.ts';
import { listStore } from './list-store.ts';

const limits = { bytes: 10_000, timeMs: 2_000 };
const seen: { readonly url: string; readonly headers: IncomingMessage['headers'] }[] = [];
const indicator = (n: number) => ({ type: 'indicator', id: `indicator--${n}` });

function collection(url: URL, answer: ServerResponse): void {
  const after = url.searchParams.get('added_after');
  const page = Number(url.searchParams.get('next') ?? 0);
  const all = after === null ? [1, 2, 3] : [4];
  answer.setHeader('X-TAXII-Date-Added-Last', `2026-01-0${all[page]}T00:00:00.000000Z`);
  const more = page + 1 < all.length;
  answer.end(JSON.stringify({ more, ...(more ? { next: `${page + 1}` } : {}), objects: [indicator(all[page] ?? 0)] }));
}

const paths: { readonly [path: string]: (url: URL, answer: ServerResponse, asked: IncomingMessage) => void } = {
  '/list': (_, answer, asked) => {
    answer.setHeader('ETag', '"one"').setHeader('Last-Modified', 'Thu, 15 Jan 2026 09:00:00 GMT');
    if (asked.headers['if-none-match'] === '"one"') answer.writeHead(304).end();
    else answer.end('1.2.3.4\n');
  },
  '/moved': (_, answer) => answer.writeHead(302, { location: '/list' }).end(),
  '/elsewhere': (_, answer) => answer.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end(),
  '/loop': (_, answer) => answer.writeHead(302, { location: '/loop' }).end(),
  '/large': (_, answer) => answer.end('x'.repeat(20_000)),
  '/broken': (_, answer) => {
    answer.writeHead(200, { 'content-length': '100' }).write('1.2.3.4');
    setTimeout(() => answer.destroy(), 20);
  },
  '/slow': (_, answer) => answer.write('1'),
  '/gone': (_, answer) => answer.writeHead(404).end('<html>'),
  '/api/objects/': collection,
  '/nowhere/objects/': (_, answer) => answer.end('{"more":true,"objects":[]}'),
  '/html/objects/': (_, answer) => answer.end('<html>'),
};

const server = createServer((asked, answer) => {
  const url = new URL(asked.url ?? '/', 'http://server.example.com');
  seen.push({ url: asked.url ?? '', headers: asked.headers });
  paths[url.pathname]?.(url, answer, asked);
});
let base = '';
let folder = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = await mkdtemp(join(tmpdir(), 'jobzero-lists-'));
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const asked = (path: string, headers = {}) => ({ url: `${base}${path}`, headers, private: true });

describe('a list by HTTP', () => {
  test('is fetched with its headers, and not again while it is the same', async () => {
    const first = await fetchList(asked('/list', { Authorization: 'Bearer x' }), null, limits);
    expect(first).toEqual({ changed: true, body: '1.2.3.4\n', etag: '"one"', lastModified: 'Thu, 15 Jan 2026 09:00:00 GMT' });
    expect(seen.at(-1)?.headers.authorization).toBe('Bearer x');
    expect(await fetchList(asked('/list'), { etag: '"one"', lastModified: null }, limits)).toEqual({ changed: false });
  });

  test('a redirect to the same host is followed', async () => {
    expect(await fetchList(asked('/moved'), null, limits)).toMatchObject({ changed: true, body: '1.2.3.4\n' });
  });

  test.each([
    ['/elsewhere', 'which is not followed'],
    ['/loop', 'on and on'],
    ['/large', 'more than 10000 bytes'],
    ['/broken', 'aborted'],
    ['/gone', 'status 404'],
  ])('%s fails', async (path, reason) => {
    await expect(fetchList(asked(path), null, limits)).rejects.toThrow(reason);
  });

  test('an answer that does not end', async () => {
    await expect(fetchList(asked('/slow'), null, { ...limits, timeMs: 300 })).rejects.toThrow('no whole answer');
  });

  test.each([
    ['http://lists.example.com/', 'https:// is wanted'],
    ['https://127.0.0.1/', 'is a private address'],
    ['https://[::1]/', 'is a private address'],
    ['https://localhost/', 'is a private address'],
    ['https://169.254.169.254/latest/', 'is a private address'],
    ['no url', 'this is no URL'],
  ])('%s is not asked', async (url, reason) => {
    const before = seen.length;
    await expect(fetchList({ url, headers: {}, private: false }, null, limits)).rejects.toThrow(reason);
    expect(seen.length).toBe(before);
  });
});

describe('a TAXII collection', () => {
  test('is read page by page, and then what came after', async () => {
    const first = await fetchTaxii(asked('/api/', { Authorization: 'Basic x' }), null, limits);
    expect(first).toEqual({ objects: [1, 2, 3].map(indicator), addedAfter: '2026-01-03T00:00:00.000000Z' });
    expect(seen.at(-1)).toMatchObject({ headers: { authorization: 'Basic x', accept: 'application/taxii+json;version=2.1' } });
    const second = await fetchTaxii(asked('/api'), first.addedAfter, limits);
    expect(second).toEqual({ objects: [indicator(4)], addedAfter: '2026-01-04T00:00:00.000000Z' });
    expect(seen.at(-1)?.url).toContain('added_after=2026-01-03T00%3A00%3A00.000000Z');
  });

  test.each([
    ['/nowhere', 'says that there is more, and not where'],
    ['/html', 'something else than TAXII'],
    ['/gone', 'status 404'],
  ])('%s fails', async (path, reason) => {
    const known = path === '/gone' ? asked('/gone?') : asked(path);
    await expect(fetchTaxii(known, null, limits)).rejects.toThrow(reason);
  });
});

describe('what was fetched', () => {
  const meta = { fetchedAt: 1, checkedAt: 1, triedAt: 1, etag: null, lastModified: null, addedAfter: null, trouble: null };

  test('is kept, and a failure keeps it', async () => {
    const store = listStore(folder);
    expect(await store.meta('a')).toBeNull();
    await store.put('a', meta, '1.2.3.4\n');
    const before = await store.fingerprint();
    await store.put('a', { ...meta, triedAt: 2, trouble: 'status 500' }, null);
    expect(await store.fingerprint()).not.toBe(before);
    const kept = await store.meta('a');
    expect(kept).toMatchObject({ checkedAt: 1, triedAt: 2, trouble: 'status 500' });
    expect(kept === null ? null : await store.body(kept)).toBe('1.2.3.4\n');
    await store.put('a', { ...meta, triedAt: 3 }, '5.6.7.8\n');
    expect((await readdir(folder)).filter((name) => name.endsWith('.list'))).toHaveLength(1);
  });

  test('bytes that somebody changed are none', async () => {
    const store = listStore(folder);
    await store.put('b', meta, 'x.example.com\n');
    const kept = await store.meta('b');
    await writeFile(join(folder, `${kept?.hash}.list`), '');
    expect(kept === null ? '' : await store.body(kept)).toBeNull();
  });
});
