import type { Archive } from '../core/ports/archive.ts';
import { type BackupHeader, parseBackup } from './backup-format.ts';

export interface RestoreInput {
  readonly archive: Archive;
  /** The bytes from their beginning; called twice. */
  readonly read: () => AsyncIterable<Uint8Array>;
  /** `done` of `total` rows, over both readings. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Rows that go to the database together. */
const some = 500;
/** Large rows go in smaller company. */
const someCharacters = 8 * 1024 * 1024;

/**
 * Reads a backup into an empty database: first all of it, to see that it is whole, then again to write it. Throws
 * InputError with the line for a damaged or cut backup, and then nothing has been written.
 */
export async function restore({ archive, read, onProgress }: RestoreInput): Promise<{ readonly tables: number; readonly rows: number }> {
  let header: BackupHeader | null = null;
  let total = 0;
  let done = 0;
  const count = () => {
    if (++done % some === 0 || done === total) onProgress?.(done, total);
  };
  for await (const part of parseBackup(read())) {
    if (part.part === 'header') {
      header = part.header;
      total = 2 * header.tables.reduce((sum, table) => sum + table.rows, 0);
    } else count();
  }
  if (header === null) return { tables: 0, rows: 0 };
  await archive.fill(header.version, async (write) => {
    let table = '';
    let rows: string[] = [];
    let characters = 0;
    const flush = async () => {
      if (rows.length > 0) await write(table, rows);
      rows = [];
      characters = 0;
    };
    for await (const part of parseBackup(read())) {
      if (part.part === 'header') continue;
      if (part.table !== table || rows.length === some || characters > someCharacters) await flush();
      table = part.table;
      rows.push(part.row);
      characters += part.row.length;
      count();
    }
    await flush();
  });
  return { tables: header.tables.length, rows: total / 2 };
}
