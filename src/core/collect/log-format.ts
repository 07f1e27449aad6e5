import type { Event } from '../model/event.ts';
import type { JsonObject } from '../model/json.ts';
import type { Sieve } from '../model/sieve.ts';
import type { Source } from '../model/source.ts';
import type { OpenSifters, Sift } from '../ports/line-sifter.ts';

/** What is known of a record beside its own text. */
export interface Surroundings {
  /** The object's name: AWS's own layouts tell account and Region in it, for logs that do not say them in each record. */
  readonly object: string;
  /** Of a record that came through CloudWatch Logs: its group and stream, the account that owns them, and the time of receipt in milliseconds. */
  readonly logGroup?: string;
  readonly logStream?: string;
  readonly owner?: string;
  readonly received?: number;
}

/** A log whose records are JSON objects. It is recognised by what a record has in it, never by an object's name. */
export interface JsonFormat {
  readonly source: Source;
  recognises(record: JsonObject): boolean;
  /** A text says why a record that was recognised is no event, null that it is none and need not be. */
  event(record: JsonObject, from: Surroundings): Event | string | null;
  /** What passes over records that stand on a line each; the reader without it says the same, slower. */
  sift?(sieve: Sieve, open: OpenSifters): Sift;
}

/** Takes a line; a text says why it is no event, null that it is none and need not be (a comment, a line of a longer message). */
export type TakeLine = (line: string) => Event | string | null;

/** A log of lines. */
export interface LineFormat {
  readonly source: Source;
  /** Is this line one of this log's, or its header? Asked of the first lines only. */
  recognises(line: string): boolean;
  /** Does the line name the columns of those after it? */
  isHeader(line: string): boolean;
  /** Takes the lines after this header; null where there was none. */
  open(header: string | null, from: Surroundings): TakeLine;
  /** What passes over lines after this header; null where that cannot be told. The reader without it says the same, slower. */
  sift?(header: string | null, sieve: Sieve, open: OpenSifters): Sift | null;
}

/** With it, events of which rules leave nothing are only counted, where that is quicker. */
export interface Sifting {
  /** What rules leave of a source's events. */
  readonly sieve: (source: Source) => Sieve;
  readonly open: OpenSifters;
}
