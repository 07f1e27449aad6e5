import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseCheckpoint, splitCheckpoints } from '../../core/lib/checkpoint.ts';
import type { Witness } from '../../core/ports/witness.ts';

/** Keeps checkpoints in a file that is only appended to: on a disk of another machine, or one that is written once. */
export function openCheckpointCopy(path: string): Witness {
  /** The whole notes, and how many bytes they take: behind them may lie one that a crash cut off. */
  async function read(): Promise<{ readonly notes: readonly string[]; readonly bytes: number; readonly isCut: boolean }> {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    const notes = splitCheckpoints(text);
    const last = notes.at(-1);
    const end = last === undefined ? 0 : text.lastIndexOf(last) + last.length;
    return { notes, bytes: Buffer.byteLength(text.slice(0, end)), isCut: text.slice(end).trim() !== '' };
  }
  return {
    name: path,
    async keep({ note }) {
      const { notes, bytes, isCut } = await read();
      if (notes.at(-1)?.trim() === note.trim()) return;
      await mkdir(dirname(path), { recursive: true });
      const file = await open(path, 'a', 0o600);
      try {
        if (isCut) await file.truncate(bytes);
        await file.write(`\n${note}`);
        await file.sync();
      } finally {
        await file.close();
      }
    },
    async latest() {
      const { notes } = await read();
      const sizeOf = (note: string) => parseCheckpoint(note).size;
      return notes.reduce<string | null>((best, note) => (best === null || sizeOf(note) >= sizeOf(best) ? note : best), null);
    },
    close: () => {},
  };
}
