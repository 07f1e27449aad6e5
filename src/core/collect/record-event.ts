import { hashOf } from '../lib/hash.ts';
import type { Event, Words } from '../model/event.ts';
import type { JsonObject } from '../model/json.ts';
import type { Source } from '../model/source.ts';

/**
 * An event of a source whose records have no id: its key is the hash of the record, so that every delivery of it is
 * the same event, and two records that say the same are one. `time` is in milliseconds since 1970. Words and key are
 * made when somebody asks. `original` is the record as AWS wrote it, where `raw` has members that were made of it.
 */
export function recordEvent(
  source: Source,
  raw: JsonObject,
  time: number,
  words: (raw: JsonObject) => Words,
  original: JsonObject = raw,
): Event {
  return new RecordEvent(source, raw, time, words, original);
}

/** A class, because millions are made and few are asked for more than their record. */
class RecordEvent implements Event {
  readonly source: Source;
  readonly raw: JsonObject;
  readonly time: number;
  private readonly original: JsonObject;
  private readonly wordsOf: (raw: JsonObject) => Words;
  private made: Words | null = null;
  private hashed: string | null = null;

  constructor(source: Source, raw: JsonObject, time: number, wordsOf: (raw: JsonObject) => Words, original: JsonObject) {
    this.source = source;
    this.raw = raw;
    this.time = time;
    this.wordsOf = wordsOf;
    this.original = original;
  }

  get key(): string {
    this.hashed ??= `sha256/${hashOfRecord(this.original)}`;
    return this.hashed;
  }

  get words(): Words {
    this.made ??= this.wordsOf(this.raw);
    return this.made;
  }
}

/**
 * The hash of a record without an id. Of one that is nested too deeply, or holds a number beyond all numbers (`1e400`),
 * of those of its members that are texts.
 */
export function hashOfRecord(raw: JsonObject): string {
  try {
    return hashOf(raw);
  } catch (error) {
    if (!(error instanceof RangeError) && !(error instanceof TypeError)) throw error;
    return hashOf(Object.fromEntries(Object.entries(raw).filter(([, value]) => typeof value === 'string')));
  }
}
