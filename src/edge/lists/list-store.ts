import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { idOf, sha256 } from '../../core/lib/hash.ts';

const metaSchema = z.object({
  format: z.literal('jobzero.fetched-list/1'),
  /** When the bytes came, and when the server was last asked with success; milliseconds since 1970. */
  fetchedAt: z.number().nullable(),
  checkedAt: z.number().nullable(),
  /** When it was last tried. */
  triedAt: z.number(),
  /** SHA-256 of the bytes, which lie in a file of this name. */
  hash: z.string().nullable(),
  etag: z.string().nullable(),
  lastModified: z.string().nullable(),
  addedAfter: z.string().nullable(),
  /** Why the last try failed; null when it did not. */
  trouble: z.string().nullable(),
});

/** What is known of a source that is fetched. */
export type FetchedMeta = z.infer<typeof metaSchema>;

export interface ListStore {
  /** Null for what was never tried. */
  meta(source: string): Promise<FetchedMeta | null>;
  /** The bytes of the last success; null where there are none, or not those that were written. */
  body(meta: FetchedMeta): Promise<string | null>;
  /** Writes both so that a reader sees the old or the new. */
  put(source: string, meta: Omit<FetchedMeta, 'format' | 'hash'>, body: string | null): Promise<void>;
  /** Tells by its change that something was written. */
  fingerprint(): Promise<string>;
}

/** What was fetched, in a folder. `source` is any text that tells one from another. */
export function listStore(folder: string): ListStore {
  const metaPath = (source: string) => join(folder, `${idOf('list', source)}.json`);
  const bodyPath = (hash: string) => join(folder, `${hash}.list`);

  async function meta(source: string): Promise<FetchedMeta | null> {
    const text = await readFile(metaPath(source), 'utf8').catch(() => null);
    const parsed = metaSchema.safeParse(text === null ? null : jsonOf(text));
    return parsed.success ? parsed.data : null;
  }

  async function write(path: string, text: string): Promise<void> {
    const beside = `${path}.${process.pid}`;
    const file = await open(beside, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  }

  return {
    meta,
    async body({ hash }) {
      if (hash === null) return null;
      const text = await readFile(bodyPath(hash), 'utf8').catch(() => null);
      return text !== null && sha256(text) === hash ? text : null;
    },
    async put(source, known, body) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const before = (await meta(source))?.hash ?? null;
      const hash = body === null ? before : sha256(body);
      if (body !== null && hash !== null) await write(bodyPath(hash), body);
      await write(metaPath(source), JSON.stringify({ format: 'jobzero.fetched-list/1', hash, ...known } satisfies FetchedMeta));
      if (before !== null && before !== hash) await removeUnused(folder, before);
    },
    async fingerprint() {
      const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
      return sha256((await Promise.all(names.sort().map((name) => readFile(join(folder, name), 'utf8').catch(() => '')))).join('\n'));
    },
  };
}

/** Two sources may have given the same bytes. */
async function removeUnused(folder: string, hash: string): Promise<void> {
  const metas = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  const texts = await Promise.all(metas.map((name) => readFile(join(folder, name), 'utf8').catch(() => '')));
  if (!texts.some((text) => text.includes(hash))) await rm(join(folder, `${hash}.list`), { force: true });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
