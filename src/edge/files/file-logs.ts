import { createReadStream, readFileSync, statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { isLogName } from '../../core/collect/delivery/log-name.ts';
import { InputError } from '../../core/model/errors.ts';
import { BrokenStream, type LogObject, type LogObjects, NotNow } from '../../core/ports/log-objects.ts';
import { inflated } from './inflated.ts';

/** Up to this many bytes an object is read and parsed as a whole. CloudTrail's objects have tens to thousands of records. */
const wholeBytes = 64 * 1024 * 1024;
const wholeStored = 24 * 1024 * 1024;
/** A buffer of at least so many bytes has memory of its own. */
const ownMemory = 65_536;

/** Log objects in files and folders; what they are is recognised by content. A file that is a root is always wanted. */
export function fileLogs(isWanted: (name: string) => boolean = isLogName): LogObjects {
  return { list: (roots) => listAll(roots, isWanted), whole: readWhole, done: giveBack, chunks: readChunks };
}

async function* listAll(roots: readonly string[], isWanted: (name: string) => boolean): AsyncGenerator<LogObject> {
  const seen = new Set<string>();
  for (const root of roots) {
    const found = await statOf(root);
    if (found.isDirectory()) yield* listFolder(root, seen, isWanted);
    else yield* once(root, found, seen);
  }
}

async function statOf(root: string) {
  try {
    return await stat(root);
  } catch (error) {
    throw new InputError(`cannot be read (${codeOf(error)})`, root, { cause: error });
  }
}

async function* listFolder(folder: string, seen: Set<string>, isWanted: (name: string) => boolean): AsyncGenerator<LogObject> {
  let entries: Awaited<ReturnType<typeof readdirTyped>>;
  try {
    entries = await readdirTyped(folder);
  } catch (error) {
    throw new InputError(`cannot be listed (${codeOf(error)})`, folder, { cause: error });
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* listFolder(path, seen, isWanted);
    else if (entry.isFile() && isWanted(entry.name)) yield* once(path, statSync(path), seen);
  }
}

const readdirTyped = (folder: string) => readdir(folder, { withFileTypes: true });

function* once(path: string, found: { readonly size: number; readonly mtimeMs: number }, seen: Set<string>): Generator<LogObject> {
  if (seen.has(path)) return;
  seen.add(path);
  const writtenAt = Math.floor(found.mtimeMs);
  yield { name: path, size: found.size, version: `${found.size}-${writtenAt}`, availableAt: writtenAt };
}

/**
 * Blocks while it reads and inflates, as parsing does right after it: through the thread pool the same costs a quarter
 * more, and most objects are small.
 */
async function readWhole(object: LogObject): Promise<Buffer | null> {
  if (object.size > wholeStored) return null;
  // Signals, timers and a progress bar get their turn between objects.
  await setImmediate();
  const bytes = readBytes(object.name);
  if (!isGzip(bytes)) return bytes;
  // The trailer says the length modulo 2^32; it is a hint for the buffer, never trusted. What fits is not copied again;
  // memory that is not written to costs nothing.
  const hint = bytes.length >= 18 ? bytes.readUInt32LE(bytes.length - 4) : 0;
  try {
    return gunzipSync(bytes, { maxOutputLength: wholeBytes, chunkSize: Math.min(Math.max(hint + 1, 16_384), wholeBytes) });
  } catch {
    // Too large, cut off or damaged: read in chunks, what is good of it is not lost.
    return null;
  }
}

/**
 * Frees the memory of an inflated object at once. Left to the collector, each megabyte counts as a reason to walk the whole
 * heap, and walking takes more of the processor than matching. Small buffers share theirs with others.
 */
function giveBack({ buffer, byteLength }: Buffer): void {
  if (byteLength >= ownMemory && buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0);
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw cannotRead(error);
  }
}

async function* readChunks(object: LogObject): AsyncGenerator<Uint8Array> {
  const file = createReadStream(object.name, { highWaterMark: 1 << 18 });
  try {
    yield* inflated(file);
  } catch (error) {
    throw error instanceof BrokenStream ? error : cannotRead(error);
  } finally {
    file.destroy();
  }
}

/** A file that is gone stays gone; one that may not be read may be, another time. */
function cannotRead(error: unknown): BrokenStream | NotNow {
  const code = codeOf(error);
  const says = `cannot be read (${code})`;
  return code === 'ENOENT' ? new BrokenStream(says, { cause: error }) : new NotNow(says, { cause: error });
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
