import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { openRange, type Range, type RangeOptions, restoreRange } from './open-range.ts';

/** Saves of one range follow each other: a slow older one must not replace a newer one. One that has not begun saves all that came until it does. */
const saving = new WeakMap<Range, Promise<void>>();
const waiting = new WeakMap<Range, { readonly path: string; readonly save: Promise<void> }>();

/** Writes the state of a range beside its place and renames it, so that a crash leaves the older state. */
export function saveRange(range: Range, path: string): Promise<void> {
  const next = waiting.get(range);
  if (next?.path === path) return next.save;
  const before = saving.get(range) ?? Promise.resolve();
  const save: Promise<void> = before
    .catch(() => undefined)
    .then(() => {
      if (waiting.get(range)?.save === save) waiting.delete(range);
      return write(range, path);
    });
  waiting.set(range, { path, save });
  saving.set(range, save);
  return save;
}

async function write(range: Range, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.${randomBytes(4).toString('hex')}`;
  const file = await open(beside, 'w', 0o600);
  try {
    await file.writeFile(range.snapshot());
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
}

/**
 * The range of a file, or a new one where there is no file. What happened after the last save is forgotten but may be
 * in logs already, so chance begins anew: no id is given to two different events. Throws InputError for a file that is
 * no range.
 */
export async function loadRange(path: string, options: RangeOptions): Promise<Range> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return openRange(options);
    throw error;
  }
  return restoreRange(text, options.now, `restored at ${options.now()}`);
}
