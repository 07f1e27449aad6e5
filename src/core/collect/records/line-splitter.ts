import { Buffer } from 'node:buffer';

const newline = 10;
const carriageReturn = 13;
/** No log of lines has longer ones; AWS cuts fields long before. */
const maxLineBytes = 1024 * 1024;

/**
 * Cuts a stream of bytes into lines, without their ends. Memory is bounded by the longest line allowed: a longer one is
 * refused once, with its offset, and the next line is good again.
 */
export class LineSplitter {
  private readonly take: (line: string, offset: number) => void;
  private readonly refuse: (offset: number, reason: string) => void;
  private rest: Buffer = Buffer.alloc(0);
  /** Offset of the rest's first byte in the stream. */
  private base = 0;
  private skipping = false;
  /** Passes over whole lines that need not be read: given where one begins, it says where the next to be read does. */
  sift: ((bytes: Buffer, from: number) => number) | null = null;

  constructor(take: (line: string, offset: number) => void, refuse: (offset: number, reason: string) => void) {
    this.take = take;
    this.refuse = refuse;
  }

  push(chunk: Uint8Array): void {
    const more = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const bytes = this.rest.length === 0 ? more : Buffer.concat([this.rest, more]);
    let from = this.sifted(bytes, 0);
    for (let end = bytes.indexOf(newline, Math.max(from, this.rest.length)); end >= 0; end = bytes.indexOf(newline, from)) {
      this.line(bytes, from, end);
      from = this.sifted(bytes, end + 1);
    }
    this.rest = bytes.subarray(from);
    this.base += from;
    if (this.rest.length <= maxLineBytes) return;
    if (!this.skipping) this.refuse(this.base, `a line longer than ${maxLineBytes} bytes`);
    this.skipping = true;
    this.base += this.rest.length;
    this.rest = Buffer.alloc(0);
  }

  /** No more bytes come; `why` says so when the stream broke off rather than ended. */
  end(why: string | null = null): void {
    const { rest } = this;
    // A line that was cut off is none.
    if (why !== null) this.refuse(this.base, why);
    else if (rest.length > 0) this.line(rest, 0, rest.length);
    this.rest = Buffer.alloc(0);
  }

  private sifted(bytes: Buffer, from: number): number {
    return this.sift === null || this.skipping ? from : this.sift(bytes, from);
  }

  private line(bytes: Buffer, from: number, end: number): void {
    if (this.skipping) {
      this.skipping = false;
      return;
    }
    if (end - from > maxLineBytes) return this.refuse(this.base + from, `a line longer than ${maxLineBytes} bytes`);
    const to = end > from && bytes[end - 1] === carriageReturn ? end - 1 : end;
    if (to > from) this.take(bytes.toString('utf8', from, to), this.base + from);
  }
}
