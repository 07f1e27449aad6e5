import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InputError } from '../../core/model/errors.ts';

const longest = 256 * 1024 * 1024;

export interface ListFile {
  /** The file's name without its ending: the list's name. */
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/** The texts of list files (`.txt`, `.csv`, `.json`): these, and those in these folders. Throws InputError for what cannot be read. */
export async function readListFiles(roots: readonly string[]): Promise<readonly ListFile[]> {
  const paths: string[] = [];
  for (const root of roots) {
    try {
      if ((await stat(root)).isFile()) paths.push(root);
      else for (const name of await readdir(root)) if (/\.(txt|csv|json)$/i.test(name)) paths.push(join(root, name));
    } catch (error) {
      throw new InputError('the lists cannot be read', root, { cause: error });
    }
  }
  return Promise.all(
    [...new Set(paths)]
      .sort()
      .map(async (path) => ({ name: basename(path).replace(/\.[^.]*$/, ''), path, text: await readListFile(path) })),
  );
}

/** The text of one list. Throws InputError. */
export async function readListFile(path: string): Promise<string> {
  const size = await stat(path).then(
    (found) => found.size,
    () => null,
  );
  if (size === null) throw new InputError('the list cannot be read', path);
  if (size > longest) throw new InputError(`a list of more than ${longest} bytes`, path);
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new InputError('the list cannot be read', path, { cause: error });
  }
}
