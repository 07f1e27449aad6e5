import { Buffer } from 'node:buffer';

/** A record longer than this is set aside; CloudTrail's own limit for an event is 256 kB. */
export const maxRecordBytes = 16 * 1024 * 1024;
/** While looking for the next good record after a bad one, a candidate is given up after this many bytes. */
const maxCandidateBytes = 1024 * 1024;

/**
 * What becomes of a span of text: `taken` by the caller, `foreign` when it is JSON but no record (and the caller has
 * said so), or `broken` when it is not JSON. While `searching`, the caller must keep quiet about what it cannot take.
 */
export type Verdict = 'taken' | 'foreign' | 'broken';
export type Take = (text: string, offset: number, searching: boolean) => Verdict;
export type Refuse = (offset: number, reason: string) => void;

const quote = 34;
const backslash = 92;
const openBrace = 123;
const closeBrace = 125;
const openBracket = 91;
const closeBracket = 93;
const newline = 10;
const colon = 58;
const comma = 44;
const wrappers = ['Records', 'Events'].map((name) => Buffer.from(name));

/**
 * Cuts a stream of bytes into JSON objects, one a record: lines of objects, lists, and delivered objects whose
 * `Records` are taken one by one. Memory is bounded by the longest record allowed. A record that is broken, cut off
 * or too long is refused once, with its offset, and the search goes on right after its beginning, so that no good
 * neighbour is lost, whatever the broken one swallowed.
 */
export class RecordSplitter {
  private readonly take: Take;
  private readonly refuse: Refuse;
  private readonly limit: number;
  private window: Buffer = Buffer.alloc(0);
  /** Offset of the window's first byte in the stream. */
  private base = 0;
  private at = 0;
  /** Where the current object begins in the window; -1 between objects. */
  private start = -1;
  private depth = 0;
  private inString = false;
  private escaped = false;
  /** Of an object's first level: where the last string lies, which may be a key. */
  private keyFrom = -1;
  private keyTo = -1;
  private stringFrom = -1;
  private afterColon = false;
  /** After a bad record, until a good one is found. */
  private searching = false;
  private garbageFrom = -1;
  /** Records come out of a wrapper's list: what follows the list (a token for the next page) is no fault. */
  private wrapped = false;
  /** Inside a text that follows such a list. */
  private inTail = false;
  /** How many bytes may be read again while searching; hostile text must not make this quadratic. */
  private patience = 64 * 1024 * 1024;
  /** Passes over records on a line each that need not be read: given where one begins, it says where the next to be read does. */
  sift: ((bytes: Buffer, from: number) => number) | null = null;

  constructor(take: Take, refuse: Refuse, limit = maxRecordBytes) {
    this.take = take;
    this.refuse = refuse;
    this.limit = limit;
  }

  push(chunk: Uint8Array): void {
    const keepFrom = this.start >= 0 ? this.start : this.at;
    const rest = this.window.subarray(keepFrom);
    this.base += keepFrom;
    this.at -= keepFrom;
    if (this.start >= 0) this.start = 0;
    this.keyFrom -= keepFrom;
    this.keyTo -= keepFrom;
    this.stringFrom -= keepFrom;
    this.window = rest.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length) : Buffer.concat([rest, chunk]);
    this.patience += 8 * chunk.length;
    this.scan();
  }

  /** No more bytes come; `why` says so when the stream broke off rather than ended. */
  end(why: string | null = null): void {
    this.scan();
    const between = this.start < 0;
    while (this.start >= 0) {
      this.bad(why ?? 'the record is cut off');
      this.scan();
    }
    this.endGarbage(this.at);
    if (why !== null && between) this.refuse(this.base + this.window.length, why);
  }

  private scan(): void {
    while (this.at < this.window.length) {
      if (this.start < 0) this.between();
      else this.inside();
      if (this.start >= 0 && this.at - this.start > (this.searching ? Math.min(this.limit, maxCandidateBytes) : this.limit)) {
        this.bad(`a record longer than ${this.limit} bytes, or one that never closes`);
      }
    }
  }

  /** Between objects: white space, commas, brackets of a list, the rest of a wrapper. Anything else is garbage. */
  private between(): void {
    const { window } = this;
    let at = this.at;
    for (; at < window.length; at++) {
      const c = window[at] ?? 0;
      if (this.inTail) {
        if (c === quote || c === newline) this.inTail = false;
      } else if (c === openBrace) {
        this.endGarbage(at);
        const next = this.sifted(at);
        if (next > at) {
          at = next - 1;
          continue;
        }
        this.start = at;
        this.depth = 0;
        this.inString = false;
        this.escaped = false;
        this.keyFrom = -1;
        this.afterColon = false;
        break;
      } else if (c === newline) this.endGarbage(at);
      else if (this.wrapped && c === quote) this.inTail = true;
      else if (this.garbageFrom < 0 && !isGlue(c) && !(this.wrapped && c === colon)) this.garbageFrom = this.base + at;
    }
    this.at = at;
  }

  private sifted(at: number): number {
    if (this.sift === null || this.wrapped || this.searching || (at > 0 && this.window[at - 1] !== newline)) return at;
    return at > 0 || this.base === 0 ? this.sift(this.window, at) : at;
  }

  private endGarbage(at: number): void {
    if (this.garbageFrom >= 0 && !this.searching)
      this.refuse(this.garbageFrom, `${this.base + at - this.garbageFrom} bytes that are no JSON object`);
    this.garbageFrom = -1;
  }

  private inside(): void {
    const { window } = this;
    const end = Math.min(window.length, this.start + (this.searching ? Math.min(this.limit, maxCandidateBytes) : this.limit) + 2);
    let { at, depth, inString, escaped } = this;
    while (at < end) {
      const c = window[at] ?? 0;
      if (inString) {
        if (escaped) escaped = false;
        else if (c === quote) {
          inString = false;
          if (depth === 1 && !this.afterColon) {
            this.keyFrom = this.stringFrom;
            this.keyTo = at;
          }
        } else if (c === backslash) {
          escaped = true;
        } else if (c === newline) {
          this.at = at;
          return this.bad('a line ends inside a text');
        }
      } else if (c === quote) {
        inString = true;
        this.stringFrom = at + 1;
      } else if (c === openBrace || c === openBracket) {
        if (c === openBracket && depth === 1 && this.afterColon && this.isWrapper()) {
          // The list's elements are the records: leave this object and take them one by one.
          this.start = -1;
          this.at = at + 1;
          this.wrapped = true;
          return;
        }
        if (c === openBrace && depth > 0 && at > this.start && window[at - 1] === newline) {
          this.at = at;
          return this.bad('a line ends inside a record');
        }
        depth++;
      } else if (c === closeBrace || c === closeBracket) {
        depth--;
        if (depth === 0) {
          this.at = at + 1;
          return this.closed(at + 1);
        }
      } else if (depth === 1) {
        if (c === colon) this.afterColon = true;
        else if (c === comma) this.afterColon = false;
      }
      at++;
    }
    this.at = at;
    this.depth = depth;
    this.inString = inString;
    this.escaped = escaped;
  }

  private isWrapper(): boolean {
    if (this.keyFrom < 0) return false;
    const key = this.window.subarray(this.keyFrom, this.keyTo);
    return wrappers.some((name) => name.equals(key));
  }

  private closed(end: number): void {
    const { start } = this;
    const verdict = this.take(this.window.toString('utf8', start, end), this.base + start, this.searching);
    if (verdict === 'broken') return this.bad('not JSON');
    if (verdict === 'taken') this.searching = false;
    this.start = -1;
  }

  /** The current object is bad: say so once, and look for the next one right behind its beginning. */
  private bad(reason: string): void {
    const { start } = this;
    if (!this.searching) this.refuse(this.base + start, reason);
    this.searching = true;
    this.start = -1;
    this.garbageFrom = -1;
    if (this.patience <= 0) {
      // Enough was read twice: go on at the next line.
      const line = this.window.indexOf(newline, Math.max(this.at, start + 1));
      this.at = line < 0 ? this.window.length : line;
      return;
    }
    this.patience -= Math.max(1, this.at - start);
    this.at = this.nextCandidate(start + 1);
  }

  /** The next `{` that can begin a record: after a comma, an opening bracket or a line's end. */
  private nextCandidate(from: number): number {
    const { window } = this;
    for (let at = window.indexOf(openBrace, from); at >= 0; at = window.indexOf(openBrace, at + 1)) {
      let before = at - 1;
      while (before >= from - 1 && (window[before] === 32 || window[before] === 9 || window[before] === 13)) before--;
      const c = window[before] ?? 0;
      if (c === comma || c === openBracket || c === newline) return at;
    }
    return window.length;
  }
}

/** White space, the byte-order mark, commas and the brackets of lists and wrappers. */
function isGlue(c: number): boolean {
  return (
    c === 32 ||
    c === 9 ||
    c === 13 ||
    c === comma ||
    c === openBracket ||
    c === closeBracket ||
    c === closeBrace ||
    c === 0xef ||
    c === 0xbb ||
    c === 0xbf
  );
}
