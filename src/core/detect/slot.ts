import { fold } from '../lib/fold.ts';
import { grants } from '../lib/grants.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Test } from '../model/rule.ts';
import { compileTextTest, isPlain, type TextTest } from './text-test.ts';

/** How many different values of one field are remembered with the answers of all tests. */
const rememberedValues = 4_096;
/** Below this many tests of a field, asking is cheaper than remembering. */
const worthRemembering = 3;
/** Deeper arrays of arrays than this are no log record's. */
const maxNesting = 64;
/** A record's object has at most this many leaves that a text test looks at. */
const maxLeaves = 50_000;

const absent = 0;
const text = 1;
const other = 2;

/**
 * One field of the events that rules ask about: its value in the current event, and what all the tests of this field
 * said of values seen before. A test is asked once per different value, however many rules and events ask it.
 */
export class Slot {
  private readonly segments: readonly string[];
  private readonly path: string;
  private readonly tests: { readonly test: Test; readonly run: TextTest | null }[] = [];
  private readonly indexes = new Map<string, number>();
  private readonly memory = new Map<string, Uint8Array>();
  private generation = -1;
  private kind: typeof absent | typeof text | typeof other = absent;
  private raw = '';
  private folded: string | null = null;
  private answers: Uint8Array | null = null;
  private value: Json = null;
  private record: JsonObject = {};

  /** The empty path stands for the whole record: keywords. */
  constructor(path: string) {
    this.path = path;
    this.segments = path === '' ? [] : path.split('.');
  }

  /** The number of a test of this field; the same test has the same number. */
  indexOf(test: Test): number {
    const key = JSON.stringify(test);
    const known = this.indexes.get(key);
    if (known !== undefined) return known;
    const index = this.tests.length;
    this.tests.push({ test, run: isPlain(test) ? compileTextTest(test) : null });
    this.indexes.set(key, index);
    this.memory.clear();
    return index;
  }

  /** Asks test `index` of this field in the record; `generation` changes with the record. */
  ask(index: number, record: JsonObject, generation: number): boolean {
    if (this.generation !== generation) {
      this.generation = generation;
      this.load(record);
    }
    const { answers } = this;
    if (answers !== null) {
      const answer = answers[index];
      if (answer !== 0) return answer === 2;
      const fresh = this.run(index);
      // What depends on the rest of the event is not remembered with the value.
      if (this.tests[index]?.run !== null) answers[index] = fresh ? 2 : 1;
      return fresh;
    }
    return this.run(index);
  }

  private load(record: JsonObject): void {
    this.answers = null;
    this.folded = null;
    this.record = record;
    const value = this.segments.length === 0 ? record : valueAt(record, this.segments, this.path);
    if (value === undefined || value === null) {
      this.kind = absent;
      return;
    }
    if (typeof value === 'object') {
      this.kind = other;
      this.value = value;
      return;
    }
    this.kind = text;
    this.raw = typeof value === 'string' ? value : String(value);
    if (this.tests.length < worthRemembering) return;
    let answers = this.memory.get(this.raw);
    if (answers === undefined) {
      // A hostile log can bring any number of values: forget all rather than grow.
      if (this.memory.size >= rememberedValues) this.memory.clear();
      answers = new Uint8Array(this.tests.length);
      // Long values are rare and would make the memory large: they are asked anew.
      if (this.raw.length <= 512) this.memory.set(this.raw, answers);
    }
    this.answers = answers;
  }

  private run(index: number): boolean {
    const entry = this.tests[index];
    if (entry === undefined) return false;
    const { test, run } = entry;
    if (test.is === 'exists') return (this.kind !== absent) === test.want;
    if (test.is === 'null') return this.kind === absent;
    if (this.kind === absent) return false;
    if (test.is === 'grants') return this.letsIn(test.to);
    if (test.is === 'fieldref') return this.meetsField(test);
    if (run === null) return false;
    if (this.kind === text) {
      this.folded ??= fold(this.raw);
      return run(this.folded, this.raw);
    }
    return anyText(this.value, run);
  }

  private letsIn(to: 'anyone' | 'foreign-account'): boolean {
    const found = grants(this.kind === text ? this.raw : this.value);
    if (to === 'anyone') return found.anyone;
    const home = this.record['recipientAccountId'];
    for (const account of found.accounts) if (account !== home) return true;
    return false;
  }

  private meetsField({ path, how, cased }: Extract<Test, { is: 'fieldref' }>): boolean {
    const others = textsAt(this.record, path);
    const mine = this.kind === text ? [this.raw] : textsOf(this.value);
    return others.some((reference) => {
      const run = compileTextTest({ is: how, text: cased ? reference : fold(reference), cased });
      return mine.some((value) => run(fold(value), value));
    });
  }
}

/** The texts at a path, also of lists; numbers and truth values as text; nothing where there is nothing. */
export function textsAt(record: JsonObject, path: string): readonly string[] {
  const value = valueAt(record, path.split('.'), path);
  return value === undefined ? [] : textsOf(value);
}

function textsOf(value: Json): readonly string[] {
  if (value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item: Json) => (item === null || typeof item === 'object' ? [] : [String(item)]));
  return typeof value === 'object' ? [] : [String(value)];
}

/**
 * The value at a path of the source's own field names; arrays on the way are looked into, and several values come back
 * as an array. A record whose key itself has dots is found too. Undefined where there is nothing.
 */
export function valueAt(record: JsonObject, segments: readonly string[], path: string): Json | undefined {
  let value: Json | undefined = record;
  for (let i = 0; i < segments.length; i++) {
    if (Array.isArray(value)) {
      const found: Json[] = [];
      collect(value, segments, i, found, 0);
      return found.length === 0 ? undefined : found;
    }
    if (typeof value !== 'object' || value === null) {
      value = undefined;
      break;
    }
    value = member(value as JsonObject, segments[i] ?? '');
  }
  if (value === undefined && segments.length > 1) return member(record, path);
  return value;
}

function member(object: JsonObject, name: string): Json | undefined {
  const value = object[name];
  // Only what the record itself says: "constructor" and "__proto__" are names like others.
  if (value === undefined || (name in Object.prototype && !Object.hasOwn(object, name))) return undefined;
  return value;
}

function collect(value: Json, segments: readonly string[], from: number, found: Json[], depth: number): void {
  if (depth > maxNesting) return;
  if (Array.isArray(value)) {
    for (const item of value) collect(item, segments, from, found, depth + 1);
    return;
  }
  if (from === segments.length) {
    if (value !== null) found.push(value);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const next = member(value as JsonObject, segments[from] ?? '');
  if (next !== undefined) collect(next, segments, from + 1, found, depth + 1);
}

/** A text test of an object or list holds when it holds for one of its leaves, or for its compact JSON text. */
function anyText(value: Json, run: TextTest): boolean {
  const stack: Json[] = [value];
  let leaves = 0;
  while (stack.length > 0 && leaves < maxLeaves) {
    const item = stack.pop();
    if (item === null || item === undefined) continue;
    if (typeof item === 'object') {
      if (Array.isArray(item)) for (const part of item) stack.push(part);
      else for (const name of Object.keys(item)) stack.push((item as JsonObject)[name] ?? null);
      continue;
    }
    leaves++;
    const leaf = typeof item === 'string' ? item : String(item);
    if (run(fold(leaf), leaf)) return true;
  }
  const whole = jsonText(value);
  return whole !== null && run(fold(whole), whole);
}

function jsonText(value: Json): string | null {
  try {
    return JSON.stringify(value);
  } catch (error) {
    // Nested deeper than the stack allows: its leaves were looked at.
    if (error instanceof RangeError) return null;
    throw error;
  }
}
