import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipped } from '../log-objects.ts';
import type { PutObject } from './deliver.ts';

/** Puts log objects below a folder, each beside its place first and then renamed, so that nobody reads half of one. */
export function intoFolder(folder: string): PutObject {
  const made = new Set<string>();
  return (key, content) => {
    const path = join(folder, key);
    const parent = dirname(path);
    if (!made.has(parent)) {
      mkdirSync(parent, { recursive: true });
      made.add(parent);
    }
    const bytes = gzipped(content, 1);
    writeFileSync(`${path}.part`, bytes);
    renameSync(`${path}.part`, path);
    return bytes.length;
  };
}
