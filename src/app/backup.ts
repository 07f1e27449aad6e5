import type { Archive } from '../core/ports/archive.ts';
import { BackupPrinter } from './backup-format.ts';

export interface BackupInput {
  readonly archive: Archive;
  /** Milliseconds since 1970. */
  readonly takenAt: number;
  readonly write: (bytes: Uint8Array) => Promise<void>;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Writes all state of all tenants, from one consistent snapshot, as lines of JSON (see backup-format). */
export async function backup({
  archive,
  takenAt,
  write,
  onProgress,
}: BackupInput): Promise<{ readonly tables: number; readonly rows: number }> {
  return archive.take(async ({ version, tables, rows }) => {
    const printer = new BackupPrinter();
    const total = tables.reduce((sum, table) => sum + table.rows, 0);
    let done = 0;
    await write(Buffer.from(printer.header({ version, takenAt, tables })));
    for (const { name } of tables) {
      for await (const some of rows(name)) {
        await write(Buffer.from(printer.rows(name, some)));
        done += some.length;
        onProgress?.(done, total);
      }
    }
    await write(Buffer.from(printer.end()));
    return { tables: tables.length, rows: done };
  });
}
