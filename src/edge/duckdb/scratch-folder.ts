import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A folder for this process's unfinished files, on the file system of the lake, so that a finished one can be renamed
 * into place. What killed processes left is removed on the way.
 */
export async function makeScratchFolder(lake: string): Promise<string> {
  const all = join(lake, '.unfinished');
  await mkdir(all, { recursive: true });
  for (const name of await readdir(all)) {
    if (!runs(Number.parseInt(name, 10))) await rm(join(all, name), { recursive: true, force: true });
  }
  return mkdtemp(join(all, `${process.pid}-`));
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
