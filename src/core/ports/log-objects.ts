import type { Buffer } from 'node:buffer';

/** A log object: a file, or an object in a bucket. */
export interface LogObject {
  readonly name: string;
  /** Stored size in bytes. */
  readonly size: number;
  /** Changes when the content changes: an ETag, or size and time of a file. */
  readonly version: string;
}

/** The bytes of an object broke off or made no sense; what came before was good. */
export class BrokenStream extends Error {
  override readonly name = 'BrokenStream';
}

/** Where log objects come from. Reading changes nothing there. */
export interface LogObjects {
  /** All objects below the roots, each once, in name order of each root. Throws InputError for a root that is not there. */
  list(roots: readonly string[]): AsyncIterable<LogObject>;
  /** The decompressed bytes, when the object is small enough to be held and whole; null says: read it in chunks. */
  whole(object: LogObject): Promise<Buffer | null>;
  /** The decompressed bytes in pieces; throws BrokenStream when they break off. */
  chunks(object: LogObject): AsyncIterable<Uint8Array>;
}
