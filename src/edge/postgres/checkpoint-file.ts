import { open } from 'node:fs/promises';
import { parseCheckpoint, splitCheckpoints } from '../../core/lib/checkpoint.ts';
import { readIfThere } from './private-file.ts';

/** A file outside of the database that every new checkpoint is appended to, and synced. */
export interface CheckpointFile {
  /** The size of the last checkpoint in the file, -1 for none. */
  readonly lastSize: number;
  append(notes: readonly string[]): Promise<void>;
}

/** Opens the file, made when it is missing. A last note that a crash cut off is removed, so that the next is readable. */
export async function openCheckpointFile(path: string): Promise<CheckpointFile> {
  const text = (await readIfThere(path)) ?? '';
  const notes = splitCheckpoints(text);
  const last = notes.at(-1);
  const end = last === undefined ? 0 : text.lastIndexOf(last) + last.length;
  if (text.slice(end).trim() !== '') {
    const file = await open(path, 'r+');
    await file.truncate(Buffer.byteLength(text.slice(0, end)));
    await file.close();
  }
  return {
    lastSize: last === undefined ? -1 : parseCheckpoint(last).size,
    async append(more) {
      const file = await open(path, 'a', 0o600);
      try {
        // One write, so that two appenders do not mix.
        await file.write(more.map((note) => `\n${note}`).join(''));
        await file.sync();
      } finally {
        await file.close();
      }
    },
  };
}
