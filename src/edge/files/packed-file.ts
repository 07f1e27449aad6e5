import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { access, open, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { InputError } from '../../core/model/errors.ts';

/**
 * Writes a gzip file as a whole: beside, synced, then renamed; mode 0600. Nothing is left when `work` throws.
 * Throws InputError when there is such a file already. Returns the file's size in bytes with the work's result.
 */
export async function writePackedFile<T>(
  path: string,
  work: (write: (bytes: Uint8Array) => Promise<void>) => Promise<T>,
): Promise<{ result: T; bytes: number }> {
  if (await exists(path)) throw new InputError('there is a file of this name already', path);
  const beside = `${path}.partial`;
  const file = await open(beside, 'w', 0o600).catch((error: unknown) => {
    throw new InputError('cannot write here', path, { cause: error });
  });
  try {
    const gzip = createGzip({ level: 6 });
    const target = file.createWriteStream({ flush: true });
    const written = pipeline(gzip, target);
    // Whoever waits for `written` below hears of a failure; this keeps it from being unheard until then.
    written.catch(() => {});
    const write = async (bytes: Uint8Array) => {
      if (!gzip.write(bytes)) await Promise.race([once(gzip, 'drain'), written]);
    };
    let result: T;
    try {
      result = await work(write);
    } catch (error) {
      gzip.destroy();
      throw error;
    }
    gzip.end();
    await written;
    await rename(beside, path);
    return { result, bytes: target.bytesWritten };
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  } finally {
    await file.close().catch(() => {});
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

/** The file's bytes, unpacked. Throws InputError for a missing file, and for gzip data that are damaged or cut off. */
export async function* readPackedFile(path: string): AsyncGenerator<Uint8Array> {
  const source = createReadStream(path);
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  let unpacked = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      unpacked += chunk.length;
      yield chunk;
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new InputError('there is no such file', path, { cause: error });
    if (codeOf(error).startsWith('Z_')) {
      throw new InputError(`the packed data are damaged or cut off (after ${unpacked} unpacked bytes)`, path, { cause: error });
    }
    throw error;
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException | null)?.code ?? '');
}
