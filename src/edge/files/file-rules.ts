import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../core/model/errors.ts';

/** The texts of all rule files (`.yml`, `.yaml`) below these roots, in path order. Throws InputError for a root that cannot be read. */
export async function readRuleFiles(roots: readonly string[]): Promise<readonly { readonly file: string; readonly text: string }[]> {
  const files: string[] = [];
  for (const root of roots) {
    try {
      if ((await stat(root)).isFile()) files.push(root);
      else for (const name of await readdir(root, { recursive: true })) if (/\.ya?ml$/i.test(name)) files.push(join(root, name));
    } catch (error) {
      throw new InputError('the rules cannot be read', root, { cause: error });
    }
  }
  return Promise.all([...new Set(files)].sort().map(async (file) => ({ file, text: await readFile(file, 'utf8') })));
}
