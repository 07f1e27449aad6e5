import { Buffer } from 'node:buffer';
import type { Event, SetAside } from '../model/event.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Sift } from '../ports/line-sifter.ts';
import { jsonFormats, lineFormats } from './formats.ts';
import type { JsonFormat, LineFormat, Sifting, Surroundings } from './log-format.ts';
import { LineReader } from './records/line-reader.ts';
import { RecordSplitter, type Verdict } from './records/record-splitter.ts';
import { unwrap } from './records/unwrap.ts';

export interface ReaderOptions {
  /** The object's name, for places. */
  readonly object: string;
  /**
   * Takes an event with the exact text of its record and the record's offset. The text can be read again by itself and
   * gives the same event. It is null when the object was parsed as a whole, which is faster and keeps no texts.
   */
  readonly onEvent: (event: Event, text: string | null, offset: number) => void;
  readonly onSetAside: (setAside: SetAside) => void;
  readonly sifting?: Sifting | undefined;
  /** So many events were passed over. */
  readonly onPassed?: (events: number) => void;
}

/** So many bytes, and lines, are looked at before it is decided what an object is. */
const headBytes = 1 << 16;
const headLines = 20;

/**
 * Reads all records of an object that lies in memory, without their texts where that is possible: where it is JSON and
 * all of it is good. Else it is read again piece by piece, which knows the place of what is not.
 */
export function readWhole(bytes: Buffer, options: ReaderOptions): void {
  const events = wholeEvents(bytes, options.object);
  if (events === null) {
    const reader = new LogReader(options);
    reader.push(bytes);
    reader.end();
    return;
  }
  for (const event of events) options.onEvent(event, null, 0);
}

/** Is there an object on each line, so that the whole is no JSON? */
function isLines(bytes: Buffer): boolean {
  const line = bytes.indexOf(10);
  return line > 0 && bytes[line + 1] === 0x7b && bytes[line - 1] === 0x7d;
}

/** The events of a stored text, as `onEvent` gave it; usually one. `object` is where it had been read. */
export function eventsOfText(text: string, object: string): readonly Event[] {
  const events: Event[] = [];
  readWhole(Buffer.from(text), { object, onEvent: (event) => events.push(event), onSetAside: () => {} });
  return events;
}

/** The events of an object that is JSON, all of it good; null where it is not. */
export function wholeEvents(bytes: Buffer, object: string): readonly Event[] | null {
  return startsAsJson(bytes) && !isLines(bytes) ? eventsOf(parseWhole(bytes), object) : null;
}

/** The events of a parsed object; null when something in it is none. */
function eventsOf(value: Json | undefined, object: string): readonly Event[] | null {
  if (value === undefined) return null;
  const events: Event[] = [];
  let good = true;
  const bad = () => {
    good = false;
  };
  unwrap(
    value,
    {
      formatOf,
      take: (record, format, _, from) => {
        const event = format.event(record, from);
        if (typeof event === 'string') bad();
        else if (event !== null) events.push(event);
      },
      takeLine: bad,
      refuse: bad,
    },
    { object },
  );
  return good ? events : null;
}

function formatOf(record: JsonObject): JsonFormat | undefined {
  for (const format of jsonFormats) if (format.recognises(record)) return format;
  return undefined;
}

function parseWhole(bytes: Buffer): Json | undefined {
  // A byte-order mark is no part of the text.
  const from = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  try {
    return JSON.parse(bytes.toString('utf8', from)) as Json;
  } catch {
    return undefined;
  }
}

/**
 * Reads the records of one log object from a stream of bytes, whatever log it is: what its beginning says decides
 * between lines and JSON, and of JSON each record says itself what it is. Memory is bounded by the longest record allowed.
 */
export class LogReader {
  private readonly options: ReaderOptions;
  private head: Buffer | null = Buffer.alloc(0);
  private reader: { push(chunk: Uint8Array): void; end(why: string | null): void } | null = null;

  constructor(options: ReaderOptions) {
    this.options = options;
  }

  push(chunk: Uint8Array): void {
    if (this.reader !== null) return this.reader.push(chunk);
    const more = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const head = this.head === null || this.head.length === 0 ? more : Buffer.concat([this.head, more]);
    this.head = head;
    if (head.length >= headBytes || startsAsJson(head)) this.begin();
  }

  /** `why` says that the stream broke off. */
  end(why: string | null = null): void {
    if (this.reader === null) this.begin();
    this.reader?.end(why);
  }

  private begin(): void {
    const head = this.head ?? Buffer.alloc(0);
    this.head = null;
    const format = startsAsJson(head) ? undefined : lineFormatOf(head);
    // What nobody recognises is looked through for JSON, which tells what is in the way.
    this.reader = format === undefined ? this.splitter(head) : new LineReader(format, this.options);
    if (head.length > 0) this.reader.push(head);
  }

  private splitter(head: Buffer): { push(chunk: Uint8Array): void; end(why: string | null): void } {
    const { object, onSetAside } = this.options;
    const refuse = (offset: number, reason: string) => onSetAside({ place: { object, offset }, reason });
    const splitter = new RecordSplitter((text, offset, searching) => this.takeText(text, offset, searching), refuse);
    const sift = this.siftOf(head);
    if (sift === undefined) return splitter;
    const before = sift.passed;
    splitter.sift = (bytes, from) => sift.skip(bytes, from);
    return {
      push: (chunk) => splitter.push(chunk),
      end: (why) => {
        splitter.end(why);
        if (sift.passed > before) this.options.onPassed?.(sift.passed - before);
      },
    };
  }

  /** What the first line is decides how the others are passed over; of another log it would pass none. */
  private siftOf(head: Buffer): Sift | undefined {
    const { sifting } = this.options;
    const line = head.indexOf(10);
    const first = sifting === undefined || line < 0 ? undefined : parseWhole(head.subarray(0, line));
    if (sifting === undefined || typeof first !== 'object' || first === null || Array.isArray(first)) return undefined;
    const format = formatOf(first as JsonObject);
    return format?.sift?.(sifting.sieve(format.source), sifting.open);
  }

  private takeText(text: string, offset: number, searching: boolean): Verdict {
    const { object, onEvent, onSetAside } = this.options;
    let value: Json;
    try {
      value = JSON.parse(text) as Json;
    } catch {
      return 'broken';
    }
    let taken = 0;
    const refuse = (reason: string) => {
      if (!searching) onSetAside({ place: { object, offset }, reason });
    };
    unwrap(
      value,
      {
        formatOf,
        take: (record, format, exact, from) => {
          const event = format.event(record, from);
          if (typeof event === 'string') return refuse(event);
          taken++;
          if (event === null) return;
          const own = record === value ? text : (exact ?? textOf(record) ?? text);
          onEvent(event, from.logGroup === undefined ? own : wrapped(own, from), offset);
        },
        takeLine: (line, from) => {
          const event = eventOfLine(line, from);
          if (typeof event === 'string') return refuse(event);
          taken++;
          if (event !== null) onEvent(event, wrapped(line, from), offset);
        },
        refuse,
      },
      { object },
    );
    return taken > 0 ? 'taken' : 'foreign';
  }
}

function startsAsJson(bytes: Buffer): boolean {
  for (let i = 0; i < bytes.length; i++) {
    const c = bytes[i] ?? 0;
    if (c === 0x7b || c === 0x5b) return true;
    // White space and a byte-order mark may come before.
    if (c !== 32 && c !== 9 && c !== 10 && c !== 13 && c !== 0xef && c !== 0xbb && c !== 0xbf) return false;
  }
  return false;
}

function lineFormatOf(head: Buffer): LineFormat | undefined {
  const lines = head
    .toString('utf8', 0, headBytes)
    .replace(/^\uFEFF/, '')
    .split('\n', headLines);
  return lineFormats.find((format) => lines.some((line) => format.recognises(line.endsWith('\r') ? line.slice(0, -1) : line)));
}

/** A line that came alone, without a header. */
function eventOfLine(line: string, from: Surroundings): Event | string | null {
  const format = lineFormats.find((one) => one.recognises(line));
  return format === undefined ? 'no record of a log that is known here' : format.open(null, from)(line);
}

/** A message of CloudWatch Logs with what is known of it beside: by itself it would say less. */
function wrapped(message: string, { logGroup, logStream, owner, received }: Surroundings): string {
  return JSON.stringify({ messageType: 'DATA_MESSAGE', owner, logGroup, logStream, logEvents: [{ timestamp: received, message }] });
}

/** The text of a record that came out of a wrapper; null where it is nested deeper than it can be printed. */
function textOf(record: JsonObject): string | null {
  try {
    return JSON.stringify(record);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
