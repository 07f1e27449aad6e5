import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogObjects } from '../../core/ports/log-objects.ts';

/** The four bytes with which every Parquet file begins: https://parquet.apache.org/docs/file-format/ */
const magic = Buffer.from('PAR1');

/**
 * Log objects of which some are Parquet files, by their content: those are handed on as lines of JSON, a row each. A
 * Parquet file is read from its end, so it is written to a temporary file first; memory does not grow with its size.
 */
export function withParquet(logs: LogObjects): LogObjects {
  return {
    list: (roots) => logs.list(roots),
    async whole(object) {
      const bytes = await logs.whole(object);
      return bytes !== null && isParquet(bytes) ? null : bytes;
    },
    async *chunks(object) {
      const from = logs.chunks(object)[Symbol.asyncIterator]();
      const { head, ended } = await beginning(from);
      async function* all(): AsyncGenerator<Uint8Array> {
        try {
          if (head.length > 0) yield head;
          for (let next = ended ? null : await from.next(); next !== null && next.done !== true; next = await from.next()) yield next.value;
        } finally {
          await from.return?.();
        }
      }
      if (isParquet(head)) yield* rowsOf(all());
      else yield* all();
    },
  };
}

function isParquet(bytes: Buffer): boolean {
  return bytes.subarray(0, magic.length).equals(magic);
}

async function beginning(from: AsyncIterator<Uint8Array>): Promise<{ readonly head: Buffer; readonly ended: boolean }> {
  let head = Buffer.alloc(0);
  while (head.length < magic.length) {
    const next = await from.next();
    if (next.done === true) return { head, ended: true };
    head = Buffer.concat([head, next.value]);
  }
  return { head, ended: false };
}

async function* rowsOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'jobzero-parquet-'));
  try {
    const path = join(folder, 'rows.parquet');
    const file = await open(path, 'wx', 0o600);
    try {
      for await (const chunk of bytes) await file.write(chunk);
    } finally {
      await file.close();
    }
    // Loaded when the first such file comes: most have none.
    const { readParquet } = await import('./read-parquet.ts');
    yield* readParquet(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
