import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { lists as builtinLists } from '../../../content/index.ts';
import { readList } from '../../core/collect/lists/read-list.ts';
import { joinStix } from '../../core/collect/lists/stix-list.ts';
import { sha256 } from '../../core/lib/hash.ts';
import type { Json } from '../../core/model/json.ts';
import { ownAccounts } from '../../core/model/rule.ts';
import { readListFile, readListFiles } from '../../edge/files/file-lists.ts';
import { fetchList } from '../../edge/lists/fetch-list.ts';
import { fetchTaxii } from '../../edge/lists/fetch-taxii.ts';
import { type FetchedMeta, type ListStore, listStore } from '../../edge/lists/list-store.ts';
import { type LoadedList, loadedLists, type ReadSource, readSource } from '../loaded-list.ts';
import { type ListSettings, type ListSource, readListSettings, usualKind, withEnvironment } from '../read-list-settings.ts';
import { type Env, homeOf, places } from './home.ts';

/** After so many periods without success a list is stale. */
const stalePeriods = 3;

/** Where our own lists come from. */
export const builtIn = 'built in';

/** The organisation is asked every hour while `up` runs; after a day without success its accounts are stale. */
const organisationStaleMs = 86_400_000;

/** Where the accounts of the organisation are kept, as `up` had them last. */
export const organisationSource = 'the accounts of AWS Organizations';

type Named = { readonly name: string; readonly source: ReadSource };

/** Our own lists and those of files and folders, by the files' names. Throws InputError for a file that cannot be read. */
export async function listsOfFiles(paths: readonly string[], now: number): Promise<readonly LoadedList[]> {
  const files = await readListFiles(paths);
  const read = files.map(
    ({ name, path, text }): Named => ({
      name,
      source: readSource(path, readList(path, text, { kind: usualKind(name) }, now)),
    }),
  );
  return loadedLists([...(await ownSources()), ...read]);
}

async function ownSources(): Promise<readonly Named[]> {
  const own = await builtinLists();
  return [...own].map(([name, entries]) => ({ name, source: readSource(builtIn, { entries, aside: [] }) }));
}

/** The settings of the home; none without the file. Throws InputError with the line. */
export async function listSettings(home: string): Promise<readonly ListSettings[]> {
  const path = places(home).lists;
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return readListSettings(text, path);
}

/** Our own lists and those of the home as they lie there: nothing is fetched. */
export async function listsOfHome(home: string, settings: readonly ListSettings[], now: number): Promise<readonly LoadedList[]> {
  const store = listStore(places(home).fetchedLists);
  const sources: Named[] = [...(await ownSources())];
  for (const list of settings) {
    for (const source of list.sources)
      sources.push({
        name: list.name,
        source: source.from === 'file' ? await ofFile(home, list, source, now) : await ofStore(store, list, source, now),
      });
  }
  const organisation = await ofOrganisation(store, now);
  if (organisation !== null) sources.push({ name: ownAccounts, source: organisation });
  return loadedLists(sources);
}

/** Of the accounts that `up` had from AWS Organizations; null where it never had any. */
async function ofOrganisation(store: ListStore, now: number): Promise<ReadSource | null> {
  const meta = await store.meta(organisationSource);
  const body = meta === null ? null : await store.body(meta);
  if (meta === null || body === null) return null;
  const stale = meta.checkedAt === null || now - meta.checkedAt >= organisationStaleMs;
  return readSource('AWS Organizations', readList('', body, { kind: 'accounts' }, now), {
    checkedAt: meta.checkedAt,
    stale,
    trouble: meta.trouble,
  });
}

async function ofFile(home: string, { kind }: ListSettings, { at, column }: ListSource, now: number): Promise<ReadSource> {
  try {
    const text = await readListFile(resolve(home, at));
    return readSource(at, readList(at, text, { kind, ...(column === undefined ? {} : { column }) }, now));
  } catch (error) {
    return readSource(at, error instanceof Error ? error.message : String(error));
  }
}

async function ofStore(store: ListStore, { kind, everyMs }: ListSettings, source: ListSource, now: number): Promise<ReadSource> {
  const { at, column } = source;
  const meta = await store.meta(keyOf(source));
  const body = meta === null ? null : await store.body(meta);
  const checkedAt = body === null ? null : (meta?.checkedAt ?? null);
  const fetched = {
    checkedAt,
    stale: checkedAt === null || now - checkedAt >= stalePeriods * everyMs,
    trouble: meta === null ? 'not fetched yet' : meta.trouble,
  };
  if (body === null) return readSource(at, { entries: [], aside: [] }, fetched);
  const read = readList(pathOf(at), body, { kind, ...(column === undefined ? {} : { column }) }, now);
  return readSource(at, read, typeof read === 'string' ? { ...fetched, trouble: read } : fetched);
}

/** Tells what was fetched for one source from all else; other credentials may see another list. */
function keyOf({ from, at, headers, credentials }: ListSource): string {
  return JSON.stringify([from, at, headers, credentials]);
}

/** The path of a URL, whose ending tells the format. */
function pathOf(at: string): string {
  return at.replace(/[?#].*$/, '');
}

interface Due {
  readonly source: ListSource;
  readonly kind: ListSettings['kind'];
  readonly meta: FetchedMeta | null;
}

/** Fetches what is due, or all. What fails keeps what was there before, with the reason. Returns whether anything was asked for. */
export async function refreshLists(
  home: string,
  settings: readonly ListSettings[],
  { env, now, all }: { readonly env: Env; readonly now: () => number; readonly all: boolean },
): Promise<boolean> {
  const store = listStore(places(home).fetchedLists);
  const due = new Map<string, Due>();
  for (const { sources, everyMs, kind } of settings) {
    for (const source of sources) {
      if (source.from === 'file') continue;
      const meta = await store.meta(keyOf(source));
      const waitMs = meta?.trouble == null ? everyMs : Math.min(everyMs, againMs);
      if (all || meta === null || now() - meta.triedAt >= waitMs) due.set(keyOf(source), { source, kind, meta });
    }
  }
  for (const [key, { source, kind, meta }] of due) await refresh(store, key, { source, kind, meta }, env, now);
  return due.size > 0;
}

/** After a failure it is tried again sooner. */
const againMs = 15 * 60_000;

async function refresh(store: ListStore, key: string, { source, kind, meta }: Due, env: Env, now: () => number): Promise<void> {
  const before = { fetchedAt: null, checkedAt: null, etag: null, lastModified: null, addedAfter: null, ...meta };
  try {
    const request = requestOf(source, env);
    const held = meta === null ? null : await store.body(meta);
    const got = source.from === 'taxii' ? await ofTaxii(request, meta, held) : await ofUrl(request, meta, held);
    const at = now();
    if (got.body !== null && held !== null) checkRead(source, kind, got.body, held, at);
    const known = { etag: got.etag, lastModified: got.lastModified, addedAfter: got.addedAfter, trouble: null };
    await store.put(key, { ...known, fetchedAt: got.body === null ? before.fetchedAt : at, checkedAt: at, triedAt: at }, got.body);
  } catch (error) {
    const trouble = error instanceof Error ? error.message : String(error);
    const { fetchedAt, checkedAt, etag, lastModified, addedAfter } = before;
    await store.put(key, { fetchedAt, checkedAt, etag, lastModified, addedAfter, triedAt: now(), trouble }, null);
  }
}

/** An error page or an empty answer is no list: what there was goes on. */
function checkRead({ at, column }: ListSource, kind: ListSettings['kind'], body: string, held: string, now: number): void {
  const format = { kind, ...(column === undefined ? {} : { column }) };
  const [after, before] = [body, held].map((text) => readList(pathOf(at), text, format, now));
  const isEmpty = (read: typeof after) => read === undefined || typeof read === 'string' || read.entries.length === 0;
  if (isEmpty(after) && !isEmpty(before))
    throw new Error(typeof after === 'string' ? after : 'the answer holds no entry, and before it did');
}

/** `body`: null where it did not change. */
interface Got {
  readonly body: string | null;
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly addedAfter: string | null;
}

type Request = Parameters<typeof fetchList>[0];

async function ofUrl(request: Request, meta: FetchedMeta | null, held: string | null): Promise<Got> {
  const got = await fetchList(request, held === null ? null : meta);
  if (!got.changed) return { body: null, etag: meta?.etag ?? null, lastModified: meta?.lastModified ?? null, addedAfter: null };
  return { body: got.body, etag: got.etag, lastModified: got.lastModified, addedAfter: null };
}

/** What is new is put to what there was. */
async function ofTaxii(request: Request, meta: FetchedMeta | null, held: string | null): Promise<Got> {
  const { objects, addedAfter } = await fetchTaxii(request, held === null ? null : (meta?.addedAfter ?? null));
  const before = held === null || meta?.addedAfter == null ? [] : (JSON.parse(held) as { readonly objects: readonly Json[] }).objects;
  const body =
    held !== null && meta?.addedAfter != null && objects.length === 0 ? null : JSON.stringify({ objects: joinStix(before, objects) });
  return { body, etag: null, lastModified: null, addedAfter };
}

function requestOf({ at, headers, credentials, private: isPrivate }: ListSource, env: Env): Request {
  const put = (text: string): string => {
    const done = withEnvironment(text, env);
    if ('missing' in done) throw new Error(`the environment has no ${done.missing}`);
    return done.text;
  };
  const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, put(value)]));
  const basic = credentials === null ? {} : { Authorization: `Basic ${Buffer.from(put(credentials)).toString('base64')}` };
  return { url: put(at), headers: { ...sent, ...basic }, private: isPrivate };
}

/** Changes when what `listsOfHome` reads has changed. */
export async function listsFingerprint(home: string): Promise<string> {
  const path = places(home).lists;
  const text = await readFile(path, 'utf8').catch(() => '');
  const files = settingsIn(text, path).flatMap(({ sources }) =>
    sources.flatMap(({ from, at }) => (from === 'file' ? [resolve(home, at)] : [])),
  );
  const stamps = files.map((file) =>
    stat(file).then(
      ({ mtimeMs, size }) => `${mtimeMs} ${size}`,
      () => 'gone',
    ),
  );
  return sha256(JSON.stringify([text, await Promise.all(stamps), await listStore(places(home).fetchedLists).fingerprint()]));
}

function settingsIn(text: string, path: string): readonly ListSettings[] {
  try {
    return readListSettings(text, path);
  } catch {
    return [];
  }
}

/** `jobzero lists`: the lists of the home, with how old each is and what was not taken of it. */
export async function lists({ refresh: all }: { readonly refresh: boolean }, env: Env): Promise<readonly LoadedList[]> {
  const home = homeOf(env);
  const settings = await listSettings(home);
  if (all) await refreshLists(home, settings, { env, now: Date.now, all });
  return listsOfHome(home, settings, Date.now());
}
