import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askedLists } from '../loaded-list.ts';
import { listSettings, listsFingerprint, listsOfFiles, listsOfHome, refreshLists } from './lists.ts';
import { watchedRules } from './watched-rules.ts';

const hour = 3_600_000;
const start = Date.UTC(2026, 0, 15);
const indicator = (n: number, more: object = {}) => ({
  type: 'indicator',
  id: `indicator--${n}`,
  modified: `2026-01-0${n}T00:00:00Z`,
  pattern: `[domain-name:value = 'c${n}.example.com']`,
  ...more,
});

/** What the server says; a test changes it. */
const says = { list: '1.2.3.4\n', status: 200, objects: [indicator(1)] as object[] };
const asked: string[] = [];
const server = createServer((request, answer) => {
  asked.push(`${request.url} ${request.headers.authorization ?? ''}`);
  if (request.url?.startsWith('/taxii/') === true) {
    answer.setHeader('X-TAXII-Date-Added-Last', '2026-01-01T00:00:00Z');
    answer.end(JSON.stringify({ objects: says.objects }));
  } else answer.writeHead(says.status).end(says.list);
});
let home = '';
let base = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  home = await mkdtemp(join(tmpdir(), 'jobzero-home-'));
  await writeFile(
    join(home, 'lists.yml'),
    `lists:
  threat-addresses:
    every: 1h
    sources:
      - { url: "${base}/list", private: true }
      - { file: own.txt }
  threat-domains:
    every: 1h
    sources: [{ taxii: "${base}/taxii", user: jobzero, password: "$\{PASSWORD}", private: true }]
`,
  );
  await writeFile(join(home, 'own.txt'), '5.6.7.8\n10.0.0.1\n');
});
afterAll(async () => {
  server.close();
  await rm(home, { recursive: true, force: true });
});

async function refresh(now: number, env: { readonly [name: string]: string } = { PASSWORD: 'secret' }) {
  const settings = await listSettings(home);
  const any = await refreshLists(home, settings, { env, now: () => now, all: false });
  const lists = await listsOfHome(home, settings, now);
  return { any, entries: (name: string) => askedLists(lists).get(name), sources: lists.flatMap(({ sources }) => sources) };
}

test('lists are fetched when their time has come, and what fails keeps what there was', async () => {
  const before = await refresh(start, {});
  expect(before.entries('threat-addresses')).toEqual(['1.2.3.4', '5.6.7.8']);
  expect(before.sources.find(({ at }) => at.endsWith('/taxii'))).toMatchObject({ stale: true, trouble: 'the environment has no PASSWORD' });
  expect(before.sources.find(({ at }) => at === 'own.txt')).toMatchObject({ entries: 1, aside: [{ n: 1, place: 'line 2' }] });

  // What failed is tried again sooner than the rest.
  asked.length = 0;
  expect((await refresh(start + hour / 2)).entries('threat-domains')).toEqual(['c1.example.com']);
  expect(asked).toEqual([`/taxii/objects/?match%5Btype%5D=indicator Basic ${Buffer.from('jobzero:secret').toString('base64')}`]);
  expect((await refresh(start + hour / 2)).any).toBe(false);

  // TAXII gives what is new, and what was revoked.
  says.objects = [indicator(2), indicator(1, { modified: '2026-01-03T00:00:00Z', revoked: true })];
  says.status = 500;
  const later = await refresh(start + 2 * hour);
  expect(asked.at(-1)).toContain('added_after=2026-01-01T00%3A00%3A00Z');
  expect(later.entries('threat-domains')).toEqual(['c2.example.com']);
  expect(later.entries('threat-addresses')).toEqual(['1.2.3.4', '5.6.7.8']);
  expect(later.sources.find(({ at }) => at.endsWith('/list'))).toMatchObject({
    checkedAt: start,
    stale: false,
    trouble: expect.stringContaining('status 500'),
  });

  // An error page with status 200 is no list either.
  says.status = 200;
  says.list = '<html>\n';
  const last = await refresh(start + 3 * hour);
  expect(last.entries('threat-addresses')).toEqual(['1.2.3.4', '5.6.7.8']);
  expect(last.sources.find(({ at }) => at.endsWith('/list'))).toMatchObject({ stale: true, trouble: expect.stringContaining('no entry') });
});

test('rules are made again when a list changes, and only then', async () => {
  let now = start;
  const troubles: unknown[] = [];
  const watched = watchedRules(home, { now: () => now }, (error) => troubles.push(error));
  const first = await watched.now();
  now += 6_000;
  expect(await watched.now()).toBe(first);
  const fingerprint = await listsFingerprint(home);
  await writeFile(join(home, 'own.txt'), '5.6.7.8\n5.6.7.9\n');
  expect(await listsFingerprint(home)).not.toBe(fingerprint);
  now += 6_000;
  const second = await watched.now();
  expect(second.listsHash).not.toBe(first.listsHash);

  // A mistake is told once, and what held before holds on.
  await writeFile(join(home, 'lists.yml'), 'lists: 1\n');
  now += 6_000;
  expect(await watched.now()).toBe(second);
  now += 6_000;
  expect(await watched.now()).toBe(second);
  expect(troubles).toHaveLength(1);
});

test('files give lists of their names, beside our own', async () => {
  const lists = askedLists(await listsOfFiles([join(home, 'own.txt')], start));
  expect(lists.get('own')).toContain('5.6.7.8');
  expect(lists.get('mining-domains')?.length).toBeGreaterThan(0);
  await expect(listsOfFiles([join(home, 'missing')], start)).rejects.toThrow('cannot be read');
});
