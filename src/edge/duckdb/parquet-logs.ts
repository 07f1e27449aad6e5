import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withHead } from '../../core/lib/with-head.ts';
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
    done: (bytes) => logs.done?.(bytes),
    async *chunks(object) {
      const { head, bytes } = await withHead(logs.chunks(object), magic.length);
      yield* isParquet(head) ? rowsOf(bytes) : bytes;
    },
  };
}

function isParquet(bytes: Buffer): boolean {
  return bytes.subarray(0, magic.length).equals(magic);
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
