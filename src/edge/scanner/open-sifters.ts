import { Buffer } from 'node:buffer';
import type { FieldSieve } from '../../core/model/sieve.ts';
import type { FlowColumn, OpenSifters, QueryMember, Sift } from '../../core/ports/line-sifter.ts';
import { sifterWasm } from './sifter-wasm.ts';
import { align, grow, instantiate, type Memory } from './wasm.ts';

/** So many bytes are brought over at a time: few enough to stay in the processor's cache. */
const windowBytes = 256 * 1024;
/** Behind the window: nothing is found there. */
const padding = 128;

/** As in sifter.as. */
const kinds = { text: 0, number: 1, address: 2, time: 3, name: 4, answers: 5, ids: 6, status: 7 } as const;
const fieldBytes = 192;
const usualPlaces = 64;
/** Numbers below this have a class each; this many classes at most. */
const tabled = 65_536;
const classes = 255;

/** Texts of up to so many bytes are remembered, `2 ** bits` of them; longer ones are judged each time. */
interface CacheSize {
  readonly width: number;
  readonly bits: number;
}
const ofTexts = [
  { width: 16, bits: 14 },
  { width: 48, bits: 10 },
] as const;
const ofAddresses = [
  { width: 16, bits: 15 },
  { width: 48, bits: 12 },
] as const;
const ofNames = [
  { width: 48, bits: 15 },
  { width: 112, bits: 11 },
] as const;

interface Exports {
  readonly memory: Memory;
  configure(...numbers: readonly number[]): void;
  flows(from: number, lastNewline: number): number;
  queries(from: number, lastNewline: number): number;
  passed(): number;
}

interface Field {
  readonly kind: keyof typeof kinds;
  /** Of a member of a query. */
  readonly name?: string;
  readonly most?: number;
  readonly sieve: FieldSieve | null;
}

/** Opens sifters in WebAssembly, each with a memory of its own. */
export const openSifters: OpenSifters = {
  flows: (columns: readonly FlowColumn[], all) => open('flows', columns, all),
  queries: (members: readonly QueryMember[], all) => open('queries', members, all),
};

function open(what: 'flows' | 'queries', fields: readonly Field[], all: number): Sift {
  const judge = (which: number, from: number, length: number, among: number): number =>
    fields[which]?.sieve?.left(memory.toString('latin1', from, from + length), among) ?? among;
  const wasm = instantiate(sifterWasm, { host: { judge } }) as Exports;
  const window = layOut(wasm, fields, all);
  // From here on the memory never grows.
  const memory = Buffer.from(wasm.memory.buffer);
  /** What lies in the window: of these bytes those from `start` to `stop`. */
  let loaded: Uint8Array | null = null;
  let start = 0;
  let stop = 0;
  let lastNewline = -1;
  let passed = 0;

  function load(bytes: Uint8Array, from: number): void {
    start = from;
    stop = Math.min(bytes.length, from + windowBytes);
    memory.set(bytes.subarray(start, stop), window);
    memory.fill(0, window + stop - start, window + stop - start + padding);
    lastNewline = memory.subarray(window, window + stop - start).lastIndexOf(10);
    loaded = bytes;
  }

  return {
    get passed() {
      return passed;
    },
    skip(bytes, from) {
      let at = from;
      for (;;) {
        if (loaded !== bytes || at < start || at >= stop) load(bytes, at);
        const next = start + wasm[what](window + at - start, window + lastNewline) - window;
        passed += wasm.passed();
        const isBehind = next > start + lastNewline;
        // A line that is not all in the window, though it begins there, is too long.
        if (!isBehind || (next === start && stop < bytes.length)) return next;
        at = next;
        if (stop < bytes.length) load(bytes, at);
        else {
          loaded = null;
          return at;
        }
      }
    },
  };
}

/** Writes what is known of the fields into memory; returns where the window is. */
function layOut(wasm: Exports, fields: readonly Field[], all: number): number {
  let at = 64;
  const take = (bytes: number): number => {
    const from = at;
    at = align(at + bytes);
    grow(wasm.memory, at);
    return from;
  };
  const words = (from: number, numbers: readonly number[]) => new Int32Array(wasm.memory.buffer, from, numbers.length).set(numbers);
  const bytesAt = (from: number, length: number) => new Uint8Array(wasm.memory.buffer, from, length);
  const cacheAt = ({ width, bits }: CacheSize): readonly number[] => [take((width + 16) << bits), 64 - bits, width];

  const ones = take(32);
  bytesAt(ones, 16).fill(255);
  const usual = take(usualPlaces * 4);
  const lastTime = take(20);
  const lastTail = take(48);
  const fieldsAt = take(fields.length * fieldBytes);
  const asked: number[] = [];
  for (const [which, { kind, name, most = 0, sieve }] of fields.entries()) {
    const field = fieldsAt + which * fieldBytes;
    words(field, [kinds[kind], sieve?.matters ?? 0, sieve === null ? all : sieve.left(undefined), which]);
    const [low, high] = [most >>> 0, Math.floor(most / 2 ** 32)];
    words(field + 40, [low, high]);
    // What is seldom the same again need not be looked at for it.
    if (kind !== 'text') words(field + 180, [-1]);
    if (name !== undefined) {
      words(field + 72, [2 ** which, name.length + 2]);
      bytesAt(field + 80, name.length + 2).set(Buffer.from(`${name}":`));
    }
    if (sieve === null) continue;
    if (kind === 'number') {
      const numbers = numbersOf(sieve);
      const classesAt = take(tabled);
      bytesAt(classesAt, tabled).set(numbers.classes);
      const masksAt = take(4 * classes);
      words(masksAt, numbers.masks);
      const stepsAt = take(16 * numbers.great.length);
      for (const [i, { value, left }] of numbers.great.entries())
        words(stepsAt + 16 * i, [value >>> 0, Math.floor(value / 2 ** 32), left, 0]);
      words(field + 48, [classesAt, masksAt, stepsAt, sieve.steps === null ? -1 : numbers.great.length]);
    }
    const addresses = kind === 'address' || kind === 'answers' ? sieve.addressSteps : null;
    if (addresses !== null) {
      // The first step is 0; one behind the last address is none.
      const count = 1 + addresses.length - (addresses.at(-1) === 2 ** 32 ? 1 : 0);
      const stepsAt = take(count * 12);
      new Uint32Array(wasm.memory.buffer, stepsAt + 4, count - 1).set(addresses.subarray(0, count - 1));
      words(field + 112, [stepsAt, count]);
    }
    const [short, long] = kind === 'name' ? ofNames : kind === 'address' || kind === 'answers' ? ofAddresses : ofTexts;
    words(field + 16, [...cacheAt(short), ...cacheAt(long)]);
    // Short lists of values first.
    if (kind === 'address') asked.push(field);
    else if (kind === 'text') asked.unshift(field);
  }
  const askedAt = take(4 * asked.length);
  words(askedAt, asked);
  const window = take(windowBytes + padding);
  wasm.configure(fieldsAt, fields.length, askedAt, asked.length, all, ones, usual, lastTime, lastTail);
  return window;
}

interface Numbers {
  /** Of each small number the class, 0 where it must be asked, 255 where it must be asked each time. */
  readonly classes: Uint8Array;
  /** By class; -1 where there is none yet. */
  readonly masks: number[];
  /** Of greater numbers: from which on what is left, the first from `tabled` on. */
  readonly great: readonly { readonly value: number; readonly left: number }[];
}

/** Asks a sieve all that it can say of numbers, where that is soon done. */
function numbersOf({ steps, left }: FieldSieve): Numbers {
  const known = new Uint8Array(tabled);
  const masks = new Array<number>(classes).fill(-1);
  if (steps === null) return { classes: known, masks, great: [] };
  const classOf = new Map<number, number>();
  const small = [0, ...[...steps].filter((step) => step < tabled)];
  for (const [i, step] of small.entries()) {
    const mask = left(String(step));
    const own = classOf.get(mask) ?? classOf.size + 1;
    if (own < classes) {
      classOf.set(mask, own);
      masks[own] = mask;
    }
    known.fill(Math.min(own, classes), step, small[i + 1] ?? tabled);
  }
  const great = [tabled, ...[...steps].filter((step) => step > tabled)];
  return { classes: known, masks, great: great.map((value) => ({ value, left: left(String(value)) })) };
}
