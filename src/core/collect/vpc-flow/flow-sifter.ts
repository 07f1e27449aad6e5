import type { Buffer } from 'node:buffer';
import type { Sieve } from '../../model/sieve.ts';
import type { Sift } from '../log-format.ts';
import { hashStart, hashStep, MaskCache } from '../records/mask-cache.ts';
import { largest } from './fields.ts';
import { isAddress } from './flow-event.ts';

const newline = 10;
const space = 32;
const dash = 45;
/** Lines longer than this are left to the reader. */
const longest = 65_536;
/** Numbers below this have an answer each. */
const tabled = 65_536;

/** A column, and what its values leave of the rules. A negative answer says: not sure, read the line. */
interface Column {
  /** Whole numbers up to this; -1 for texts. */
  readonly most: number;
  /** Of numbers: 0 not asked yet, 1 asked. */
  readonly asked: Uint8Array;
  readonly masks: Int32Array;
  readonly judge: ((value: string | undefined) => number) | null;
  readonly texts: MaskCache | null;
  readonly absent: number;
  readonly isTime: boolean;
}

const unsure = -1;
const nothing = new Uint8Array(0);
const noMasks = new Int32Array(0);

/**
 * Passes over lines of flows that are plainly good and that no rule can match, byte by byte and without making
 * anything. Null where that cannot be told from these columns.
 */
export function flowSifter(fields: readonly string[], sieve: Sieve): Sift | null {
  if (!fields.includes('start') && !fields.includes('end')) return null;
  const columns = fields.map((field) => columnOf(field, sieve));
  const count = columns.length;
  const all = sieve.all;
  // A line without both times is no event.
  let passed = 0;

  /** Where the line at `from` ends when it can be passed over; -1 when not. */
  function pass(bytes: Buffer, from: number, to: number): number {
    let at = from;
    let left = all;
    let timed = false;
    for (let i = 0; i < count; i++) {
      const column = columns[i];
      if (column === undefined) return unsure;
      const begin = at;
      let c = at < to ? bytes[at] : -1;
      if (c === dash && (bytes[at + 1] === space || bytes[at + 1] === newline)) {
        at++;
        left &= column.absent;
      } else if (column.most >= 0) {
        let value = 0;
        for (; c !== undefined && c >= 48 && c <= 57; c = bytes[++at]) value = value * 10 + c - 48;
        if (at === begin || at - begin > 15 || value > column.most) return unsure;
        if (column.isTime) timed = true;
        if (left !== 0 && column.judge !== null && value < tabled) {
          // "007" is another text than "7".
          if (bytes[begin] === 48 && at - begin > 1) return unsure;
          if (column.asked[value] === 0) {
            column.asked[value] = 1;
            column.masks[value] = column.judge(String(value));
          }
          left &= column.masks[value] ?? 0;
        }
      } else if (column.texts !== null) {
        let hash = hashStart;
        for (; c !== undefined && c > space && c < 127; c = bytes[++at]) hash = hashStep(hash, c);
        if (at === begin) return unsure;
        const mask = column.texts.get(bytes, begin, at, hash);
        if (mask < 0) return unsure;
        left &= mask;
      } else {
        for (; c !== undefined && c > space && c < 127; c = bytes[++at]);
        if (at === begin) return unsure;
      }
      if (at >= to || bytes[at] !== (i === count - 1 ? newline : space)) return unsure;
      at++;
    }
    return left === 0 && timed && at - from <= longest ? at : unsure;
  }

  return {
    get passed() {
      return passed;
    },
    skip(bytes, from) {
      const to = bytes.length;
      let at = from;
      for (;;) {
        const next = pass(bytes, at, to);
        if (next < 0) return at;
        passed++;
        at = next;
      }
    },
  };
}

function columnOf(field: string, sieve: Sieve): Column {
  const most = Object.hasOwn(largest, field) ? (largest[field] ?? -1) : -1;
  const judge = sieve.ofField(field);
  const absent = judge === null ? sieve.all : judge(undefined);
  const column = { most, judge, absent, isTime: field === 'start' || field === 'end', asked: nothing, masks: noMasks, texts: null };
  if (most >= 0) return judge === null ? column : { ...column, asked: new Uint8Array(tabled), masks: new Int32Array(tabled) };
  const texts = textJudge(field, judge ?? (() => sieve.all), sieve);
  return texts === null ? column : { ...column, texts };
}

/** Texts that must be of a form are judged in any case. */
function textJudge(field: string, judge: (text: string) => number, sieve: Sieve): MaskCache | null {
  if (field === 'srcaddr' || field === 'dstaddr') return new MaskCache((text) => (isAddress(text) ? judge(text) : unsure), 15, 40);
  if (field === 'log-status') return new MaskCache((text) => (text === 'NODATA' || text === 'SKIPDATA' ? unsure : judge(text)), 4, 16);
  return sieve.ofField(field) === null ? null : new MaskCache(judge, 12, 48);
}
