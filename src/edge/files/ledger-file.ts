import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { InputError } from '../../core/model/errors.ts';

/** Lines of a file, gunzipped where its name ends in `.gz`. Throws InputError for one that cannot be read. */
export async function* linesOfFile(path: string): AsyncGenerator<string> {
  const file = createReadStream(path);
  const bytes = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  // An error of the file does not reach who reads what it is piped into.
  file.on('error', (error) => void (bytes === file || bytes.destroy(error)));
  try {
    yield* createInterface({ input: bytes, crlfDelay: Number.POSITIVE_INFINITY });
  } catch (error) {
    throw new InputError('cannot be read', path, { cause: error });
  }
}

/** Writes lines to a new file, gzipped where its name ends in `.gz`; mode 0600. Throws InputError when there is one of this name. */
export async function writeLines<T>(path: string, work: (write: (line: string) => Promise<void>) => Promise<T>): Promise<T> {
  const lines = new PassThrough();
  const target = createWriteStream(path, { flags: 'wx', mode: 0o600 });
  const through = path.endsWith('.gz') ? pipeline(lines, createGzip(), target) : pipeline(lines, target);
  const written = through.catch((error: unknown) => {
    throw new InputError('cannot be written', path, { cause: error });
  });
  // Whoever waits below hears of it; this keeps it from being unheard until then.
  written.catch(() => {});
  const write = async (line: string) => {
    if (!lines.write(`${line}\n`)) await Promise.race([once(lines, 'drain'), written]);
  };
  try {
    const result = await work(write);
    lines.end();
    await written;
    return result;
  } catch (error) {
    lines.destroy();
    throw error;
  }
}
