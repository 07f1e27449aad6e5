import type { Buffer } from 'node:buffer';
import type { FieldSieve, Sieve } from '../../model/sieve.ts';
import type { Sift } from '../log-format.ts';
import { hashStart, hashStep, MaskCache } from '../records/mask-cache.ts';
import { largest } from './fields.ts';

const newline = 10;
const space = 32;
const dash = 45;
/** Lines longer than this are left to the reader. */
const longest = 65_536;
/** Numbers below this have an answer each; greater ones are few. */
const tabled = 65_536;
const unsure = -1;

/** What may stand in a column. */
const anyText = 0;
const number = 1;
const address = 2;
/** Not every value of it is an event's. */
const status = 3;

/** The characters of addresses. */
const inAddress = new Uint8Array(256);
for (const c of '0123456789abcdefABCDEF.:') inAddress[c.charCodeAt(0)] = 1;

/** Those of other texts. */
const inText = new Uint8Array(256).fill(1, 33, 127);

/** One column with what is known of its values. A class, so that all have one shape. */
class Column {
  readonly kind: number;
  readonly most: number;
  readonly isTime: boolean;
  /** The rules that this column can rule out. */
  readonly matters: number;
  /** What is left where the value is absent. */
  readonly absent: number;
  readonly sieve: FieldSieve | null;
  /** Of numbers: what is left, or -1 where nobody has asked yet. */
  readonly masks: Int32Array;
  readonly texts: MaskCache | null;
  /** Of texts: the bytes that may be in one, and how many there are. */
  readonly may: Uint8Array;
  readonly shortest: number;
  readonly longest: number;
  /** Of a text in the current line: where it is. */
  from = 0;
  to = 0;

  constructor(field: string, sieve: Sieve) {
    const most = Object.hasOwn(largest, field) ? largest[field] : undefined;
    this.kind =
      most !== undefined ? number : field === 'srcaddr' || field === 'dstaddr' ? address : field === 'log-status' ? status : anyText;
    this.most = most ?? -1;
    this.isTime = field === 'start' || field === 'end';
    const own = sieve.ofField(field);
    this.sieve = own;
    this.matters = own?.matters ?? 0;
    this.absent = own === null ? sieve.all : own.left(undefined);
    this.masks = new Int32Array(own !== null && this.kind === number ? tabled : 0).fill(-1);
    this.may = this.kind === address ? inAddress : inText;
    this.shortest = this.kind === anyText ? 1 : 2;
    this.longest = this.kind === address ? 45 : this.kind === status ? 2 : longest;
    const bits = this.kind === address ? 15 : 10;
    this.texts = own !== null && this.kind !== number ? new MaskCache((text) => own.left(text), bits, 40) : null;
  }

  ofNumber(value: number): number {
    const known = value < tabled ? (this.masks[value] ?? -1) : -1;
    if (known >= 0) return known;
    const left = this.sieve?.left(String(value)) ?? 0;
    if (value < tabled) this.masks[value] = left;
    return left;
  }
}

/**
 * Passes over lines of flows that are plainly good and that no rule can match, byte by byte and without making
 * anything. Null where that cannot be told from these columns: one of the times must be there.
 */
export function flowSifter(fields: readonly string[], sieve: Sieve): Sift | null {
  if (!fields.includes('start') && !fields.includes('end')) return null;
  const columns = fields.map((field) => new Column(field, sieve));
  const texts = columns.filter((column) => column.texts !== null);
  const { all } = sieve;
  let passed = 0;

  /** Where the line at `from` ends when it can be passed over; -1 when not. There is a newline somewhere behind. */
  function pass(bytes: Buffer, from: number): number {
    let at = from;
    let left = all;
    let timed = false;
    const last = columns.length - 1;
    for (let i = 0; i <= last; i++) {
      const column = columns[i] as Column;
      const begin = at;
      let c = bytes[at] as number;
      if (c === dash && (bytes[at + 1] as number) <= space) {
        c = bytes[++at] as number;
        left &= column.absent;
        column.to = 0;
      } else if (column.kind === number) {
        let value = 0;
        while (c >= 48 && c <= 57) {
          value = value * 10 + c - 48;
          c = bytes[++at] as number;
        }
        if (at === begin || at - begin > 15 || value > column.most) return unsure;
        if (column.isTime) timed = true;
        else if ((left & column.matters) !== 0) {
          // "007" is another text than "7".
          if (bytes[begin] === 48 && at - begin > 1) return unsure;
          left &= column.ofNumber(value);
        }
      } else {
        const { may } = column;
        while (may[c] === 1) c = bytes[++at] as number;
        const length = at - begin;
        if (length < column.shortest || length > column.longest) return unsure;
        // Of the others only what is as usual: OK.
        if (column.kind === status && (bytes[begin] !== 79 || bytes[begin + 1] !== 75)) return unsure;
        column.from = begin;
        column.to = at;
      }
      if (c !== (i === last ? newline : space)) return unsure;
      at++;
    }
    if (!timed || at - from > longest) return unsure;
    // Texts cost most: by now little is left to ask them.
    for (let i = 0; i < texts.length && left !== 0; i++) {
      const column = texts[i] as Column;
      if ((left & column.matters) === 0 || column.to === 0) continue;
      let hash = hashStart;
      for (let j = column.from; j < column.to; j++) hash = hashStep(hash, bytes[j] as number);
      left &= column.texts?.get(bytes, column.from, column.to, hash) ?? left;
    }
    return left === 0 ? at : unsure;
  }

  return {
    get passed() {
      return passed;
    },
    skip(bytes, from) {
      const lastEnd = bytes.lastIndexOf(newline);
      let at = from;
      while (at <= lastEnd) {
        const next = pass(bytes, at);
        if (next < 0) break;
        passed++;
        at = next;
      }
      return at;
    },
  };
}
