import type { Buffer } from 'node:buffer';

/** A log object: a file, or an object in a bucket. */
export interface LogObject {
  readonly name: string;
  /** Stored size in bytes. */
  readonly size: number;
  /** Changes when the content changes: an ETag, or size and time of a file. */
  readonly version: string;
  /** When it was there to be read, in milliseconds since 1970, where that is known. */
  readonly availableAt?: number;
  /** The version's id, in a bucket that keeps versions. */
  readonly versionId?: string;
}

/** The bytes of an object broke off or made no sense; what came before was good. */
export class BrokenStream extends Error {
  override readonly name: string = 'BrokenStream';
}

/** The bytes cannot be had now, for a reason that may pass: no permission, a server that is away. */
export class NotNow extends BrokenStream {
  override readonly name: string = 'NotNow';
}

/** Where log objects come from. Reading changes nothing there. */
export interface LogObjects {
  /** All objects below the roots, each once, in name order of each root. Throws InputError for a root that is not there. */
  list(roots: readonly string[]): AsyncIterable<LogObject>;
  /** The decompressed bytes, when the object is small enough to be held and whole; null says: read it in chunks. */
  whole(object: LogObject): Promise<Buffer | null>;
  /** Takes back what `whole` gave, and nobody looks at any more: it may be empty afterwards. */
  done?(bytes: Buffer): void;
  /** The decompressed bytes in pieces; throws BrokenStream when they break off, NotNow when they may be read another time. */
  chunks(object: LogObject): AsyncIterable<Uint8Array>;
}
