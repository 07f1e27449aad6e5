import { fold } from '../lib/fold.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Expr, GrantedTo, Test } from '../model/rule.ts';
import { letsIn } from './lets-in.ts';
import type { ListIndex } from './list-index.ts';
import { type Asked, recordOf, ScannedRow } from './scanned-row.ts';
import { compileTextTest, isPlain, type TextTest } from './text-test.ts';

/** How many different values of one field are remembered, twice, with the answers of all conditions. */
const rememberedValues = 4_096;
const longestRemembered = 512;
/** Deeper arrays of arrays than this are no log record's. */
const maxNesting = 64;
/** A record's object has at most this many leaves that a text test looks at. */
const maxLeaves = 50_000;

const absent = 0;
const text = 1;
const other = 2;
const none: readonly number[] = [];

/** A condition that asks one field only, so that its answer depends on nothing but that field's value. */
export type FieldExpr = Exclude<Expr, { op: 'keyword' | 'constant' }>;

/** What is remembered of one value: the answers of the conditions, 0 for not asked yet, and which guards hold. */
interface Known {
  readonly answers: Uint8Array;
  passing: readonly number[] | null;
}

/** A condition on the current value; false for `remembered` where the answer depends on the rest of the event. */
interface Condition {
  readonly holds: () => boolean;
  readonly remembered: boolean;
}

/**
 * One field of the events that rules ask about: its value in the current event, and what all conditions on this field
 * said of values seen before. A condition is asked once per different value, however many rules and events ask it.
 */
export class Slot {
  private readonly segments: readonly string[];
  private readonly lists: ListIndex | undefined;
  readonly path: string;
  /** No segment is a name that every object has by itself. */
  private readonly isPlain: boolean;
  private readonly conditions: Condition[] = [];
  private readonly indexes = new Map<string, number>();
  private guards: readonly number[] = [];
  /** Of two halves the older is forgotten when the younger is full. */
  private young = new Map<string, Known>();
  private old = new Map<string, Known>();
  private missing: Known | null = null;
  /** Of scanned records: which column has this field's number, the texts by number, and what is known of them. */
  private column = -1;
  private texts: string[] = [];
  private knownByNumber: (Known | undefined)[] = [];
  private generation = -1;
  private kind: typeof absent | typeof text | typeof other = absent;
  private raw = '';
  private folded: string | null = null;
  private known: Known | null = null;
  private value: Json = null;
  private record: Asked = {};

  /** The empty path stands for the whole record: keywords. */
  constructor(path: string, lists?: ListIndex) {
    this.path = path;
    this.lists = lists;
    this.segments = path === '' ? [] : path.split('.');
    this.isPlain = this.segments.length > 0 && !this.segments.some((segment) => segment in Object.prototype);
  }

  /** The number of a condition on this field; the same condition has the same number. */
  indexOf(expr: FieldExpr | { readonly op: 'keyword'; readonly test: Test }): number {
    const key = JSON.stringify(expr);
    const known = this.indexes.get(key);
    if (known !== undefined) return known;
    const index = this.conditions.length;
    this.conditions.push({ holds: this.compile(expr), remembered: isOfValue(expr) });
    this.indexes.set(key, index);
    this.forget();
    return index;
  }

  /** Takes a list of conditions, by their numbers: `passing` says which of them hold. */
  guard(conditions: readonly number[]): void {
    this.guards = conditions;
    this.forget();
  }

  /** The places in the list given to `guard` whose conditions hold in the record, ascending. */
  passing(record: Asked, generation: number): readonly number[] {
    if (this.generation !== generation) this.load(record, generation);
    const { known } = this;
    if (known === null) return this.holding();
    known.passing ??= this.holding();
    return known.passing;
  }

  private holding(): readonly number[] {
    const { guards } = this;
    const holding: number[] = [];
    for (let i = 0; i < guards.length; i++) if (this.answer(guards[i] ?? -1)) holding.push(i);
    return holding.length === 0 ? none : holding;
  }

  /** Asks condition `index` of this field in the record; `generation` changes with the record. */
  ask(index: number, record: Asked, generation: number): boolean {
    if (this.generation !== generation) this.load(record, generation);
    const { known } = this;
    if (known !== null) {
      const answer = known.answers[index];
      if (answer !== 0) return answer === 2;
    }
    return this.answer(index);
  }

  private answer(index: number): boolean {
    const condition = this.conditions[index];
    if (condition === undefined) return false;
    const fresh = condition.holds();
    if (this.known !== null && condition.remembered) this.known.answers[index] = fresh ? 2 : 1;
    return fresh;
  }

  private forget(): void {
    this.young.clear();
    this.old.clear();
    this.missing = null;
    this.knownByNumber = [];
    this.generation = -1;
  }

  /** Can a scanner look for this field? Not where an object's own names could be mistaken for the record's. */
  get isScannable(): boolean {
    return this.isPlain;
  }

  /** Scanned records have this field's number in this column. */
  scanAs(column: number): void {
    this.column = column;
  }

  /** Number `number` of this field is this text. */
  learn(number: number, text: string): void {
    this.texts[number] = text;
  }

  textOf(number: number): string {
    return this.texts[number] ?? '';
  }

  /** The numbers mean other texts from now on. */
  unlearn(): void {
    this.texts = [];
    this.knownByNumber = [];
    this.generation = -1;
  }

  private load(record: Asked, generation: number): void {
    this.generation = generation;
    this.record = record;
    this.folded = null;
    if (record instanceof ScannedRow && this.column >= 0) {
      const number = record.number(this.column);
      if (number === 0) return this.loadAbsent();
      if (number > 0) return this.loadNumber(number);
    }
    this.loadFrom(recordOf(record));
  }

  private loadNumber(number: number): void {
    this.kind = text;
    this.raw = this.texts[number] ?? '';
    this.known = this.knownByNumber[number] ?? this.meet(number);
  }

  private meet(number: number): Known {
    const known = this.unasked();
    this.knownByNumber[number] = known;
    return known;
  }

  private unasked(): Known {
    return { answers: new Uint8Array(this.conditions.length), passing: null };
  }

  private loadAbsent(): void {
    this.kind = absent;
    this.missing ??= this.unasked();
    this.known = this.missing;
  }

  private loadFrom(record: JsonObject): void {
    const value = this.find(record);
    if (value === undefined || value === null) return this.loadAbsent();
    if (typeof value === 'object') {
      this.kind = other;
      this.value = value;
      this.known = null;
      return;
    }
    this.kind = text;
    this.raw = typeof value === 'string' ? value : String(value);
    // Long values are rare and would make the memory large: they are asked anew.
    this.known = this.raw.length > longestRemembered ? null : this.recall(this.raw);
  }

  private recall(raw: string): Known {
    let known = this.young.get(raw);
    if (known !== undefined) return known;
    known = this.old.get(raw) ?? this.unasked();
    // A hostile log can bring any number of values: memory stays bounded.
    if (this.young.size >= rememberedValues) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(raw, known);
    return known;
  }

  private find(record: JsonObject): Json | undefined {
    const { segments } = this;
    if (!this.isPlain) return segments.length === 0 ? record : valueAt(record, segments, this.path);
    let value: Json | undefined = record[segments[0] ?? ''];
    for (let i = 1; i < segments.length; i++) {
      if (typeof value !== 'object' || value === null) return record[this.path];
      if (Array.isArray(value)) return valueAt(record, segments, this.path);
      value = (value as JsonObject)[segments[i] ?? ''];
    }
    return value === undefined && segments.length > 1 ? record[this.path] : value;
  }

  private compile(expr: FieldExpr | { readonly op: 'keyword'; readonly test: Test }): () => boolean {
    switch (expr.op) {
      case 'field':
      case 'keyword': {
        const { test } = expr;
        const run = isPlain(test) ? compileTextTest(test, this.lists) : null;
        return () => this.meets(test, run);
      }
      case 'not': {
        const of = this.compile(expr.of as FieldExpr);
        return () => !of();
      }
      case 'and': {
        const of = expr.of.map((part) => this.compile(part as FieldExpr));
        return () => of.every((part) => part());
      }
      case 'or': {
        const of = expr.of.map((part) => this.compile(part as FieldExpr));
        return () => of.some((part) => part());
      }
      default:
        return expr satisfies never;
    }
  }

  private meets(test: Test, run: TextTest | null): boolean {
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

  private letsIn(to: GrantedTo): boolean {
    const value = this.kind === text ? this.raw : this.value;
    return letsIn(value, to, recordOf(this.record)['recipientAccountId'], this.lists) !== null;
  }

  private meetsField({ path, how, cased }: Extract<Test, { is: 'fieldref' }>): boolean {
    const others = textsAt(recordOf(this.record), path);
    const mine = this.kind === text ? [this.raw] : textsOf(this.value);
    return others.some((reference) => {
      const run = compileTextTest({ is: how, text: cased ? reference : fold(reference), cased });
      return mine.some((value) => run(fold(value), value));
    });
  }
}

/**
 * The field that a condition asks, when it asks only one and the answer depends on nothing else; null otherwise.
 */
export function fieldOf(expr: Expr): string | null {
  switch (expr.op) {
    case 'field':
      return isOfValue(expr) ? expr.path : null;
    case 'not':
      return fieldOf(expr.of);
    case 'and':
    case 'or': {
      const [first, ...more] = expr.of.map(fieldOf);
      return first !== undefined && more.every((path) => path === first) ? first : null;
    }
    case 'constant':
    case 'keyword':
      return null;
    default:
      return expr satisfies never;
  }
}

/** Does the answer depend on the field's value alone? */
function isOfValue(expr: Expr): boolean {
  switch (expr.op) {
    case 'field':
      return expr.test.is !== 'fieldref' && expr.test.is !== 'grants';
    case 'keyword':
    case 'constant':
      return false;
    case 'not':
      return isOfValue(expr.of);
    default:
      return expr.of.every(isOfValue);
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
