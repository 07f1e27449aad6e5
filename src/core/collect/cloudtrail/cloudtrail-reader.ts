import type { Buffer } from 'node:buffer';
import type { Event, SetAside } from '../../model/event.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { RecordSplitter, type Verdict } from '../records/record-splitter.ts';
import { cloudTrailEvent } from './cloudtrail-event.ts';
import { unwrap } from './unwrap.ts';

export interface ReaderOptions {
  /** The object's name, for places. */
  readonly object: string;
  /**
   * Takes an event with the exact text of its record and the record's offset. The text is null when the object was
   * parsed as a whole, which is faster and keeps no texts.
   */
  readonly onEvent: (event: Event, text: string | null, offset: number) => void;
  readonly onSetAside: (setAside: SetAside) => void;
}

/**
 * Reads all CloudTrail records of an object that lies in memory, without their texts where that is possible: where all
 * of it is good. Else it is read again piece by piece, which knows the place of what is not.
 */
export function readWhole(bytes: Buffer, options: ReaderOptions): void {
  const events = eventsOf(parseWhole(bytes));
  if (events === null) {
    const reader = new CloudTrailReader(options);
    reader.push(bytes);
    reader.end();
    return;
  }
  for (const event of events) options.onEvent(event, null, 0);
}

/** The events of a parsed object; null when something in it is none. */
function eventsOf(value: Json | undefined): readonly Event[] | null {
  if (value === undefined) return null;
  const events: Event[] = [];
  let good = true;
  unwrap(
    value,
    (record) => {
      const event = cloudTrailEvent(record);
      if (typeof event === 'string') good = false;
      else events.push(event);
    },
    () => {
      good = false;
    },
  );
  return good ? events : null;
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

/** Reads CloudTrail records from a stream of bytes; memory is bounded by the longest record allowed. */
export class CloudTrailReader {
  private readonly splitter: RecordSplitter;

  constructor(options: ReaderOptions) {
    const { object } = options;
    const refuse = (offset: number, reason: string) => options.onSetAside({ place: { object, offset }, reason });
    this.splitter = new RecordSplitter((text, offset, searching) => this.takeText(text, offset, searching, options), refuse);
  }

  push(chunk: Uint8Array): void {
    this.splitter.push(chunk);
  }

  /** `why` says that the stream broke off. */
  end(why: string | null = null): void {
    this.splitter.end(why);
  }

  private takeText(text: string, offset: number, searching: boolean, options: ReaderOptions): Verdict {
    let value: Json;
    try {
      value = JSON.parse(text) as Json;
    } catch {
      return 'broken';
    }
    let taken = 0;
    const refuse = (reason: string) => {
      if (!searching) options.onSetAside({ place: { object: options.object, offset }, reason });
    };
    unwrap(
      value,
      (record: JsonObject) => {
        const event = cloudTrailEvent(record);
        if (typeof event === 'string') return refuse(event);
        taken++;
        options.onEvent(event, record === value ? text : (textOf(record) ?? text), offset);
      },
      refuse,
    );
    return taken > 0 ? 'taken' : 'foreign';
  }
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
