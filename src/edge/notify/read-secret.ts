import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { SecretRef } from '../../core/model/channel.ts';

const largest = 64 * 1024;

/** The secret that is named: a variable, or a file below `home` unless its path is absolute. Throws with a reason that holds its name alone. */
export async function readSecret(
  { from, at }: SecretRef,
  home: string,
  env: { readonly [name: string]: string | undefined },
): Promise<string> {
  const text = from === 'env' ? env[at] : await readFile(resolve(home, at), 'utf8').catch(() => undefined);
  const secret = (text ?? '').replace(/\r?\n$/, '');
  if (secret === '')
    throw new Error(from === 'env' ? `the environment has no ${at}` : `the file of a secret cannot be read, or is empty: ${at}`);
  if (secret.length > largest) throw new Error(`this is too large to be a secret: ${at}`);
  return secret;
}
