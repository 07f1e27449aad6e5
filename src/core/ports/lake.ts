import type { Buffer } from 'node:buffer';
import type { Place } from '../model/event.ts';
import type { Source } from '../model/source.ts';

/** One event on its way into the lake: the exact bytes of its record, and what partitions and finds it. */
export interface LakeRow {
  readonly key: string;
  readonly source: Source;
  readonly account: string;
  readonly region: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly place: Place;
  /** The record's exact text. */
  readonly raw: string;
  /** The two fields of its source's index, as texts; null where one is no text. Kept beside the record, to find it again. */
  readonly index?: readonly [string | null, string | null];
}

/** The two index fields of a row. */
export type IndexPair = readonly [string, string];

/** What index fields the rows of some files have: the different pairs, and whether there are rows of which one or both are unknown. */
export interface IndexPairs {
  readonly pairs: readonly IndexPair[];
  readonly unknown: boolean;
}

/** Records that a scan gives at once: as many as suit the lake. Valid until the next are asked for. */
export interface RecordBatch {
  readonly source: Source;
  readonly count: number;
  /** The records' texts as UTF-8, as in a delivered object: `{"Records":[`, the texts with a comma between, and `]}`. */
  readonly bytes: Buffer;
  /** Where each record's text begins and ends in `bytes`: two numbers a record. */
  readonly bounds: Uint32Array;
  /** The object in which a record came. */
  objectOf(record: number): string;
}

/** A Parquet file, named by the hash of its inputs. It exists once the manifest in the store names it. */
export interface LakeFile {
  readonly path: string;
  readonly tenant: string;
  readonly account: string;
  readonly source: Source;
  /** The hour of its events: milliseconds since 1970, a multiple of 3,600,000. */
  readonly hour: number;
  readonly rows: number;
  readonly bytes: number;
}

export interface Lake {
  /**
   * Writes the rows of one batch, partitioned by account, source and hour. `batch` is the hash of the batch's sorted
   * object keys and ETags: writing the same batch again gives the same files.
   */
  write(tenant: string, batch: string, rows: AsyncIterable<LakeRow> | Iterable<LakeRow>): Promise<readonly LakeFile[]>;
  /** The rows of these files with `from <= time < to`, each key once, ordered by (time, key). */
  read(files: readonly LakeFile[], from: number, to: number): AsyncIterable<LakeRow>;
  /** The index fields in files of one source; null when there are more than `most` pairs. */
  indexPairs(files: readonly LakeFile[], from: number, to: number, most: number): Promise<IndexPairs | null>;
  /**
   * The rows of files of one source with one of these pairs of index fields, and where asked for those of which one is unknown; in
   * any order, each as often as it is stored. It may give more, never less.
   */
  scan(files: readonly LakeFile[], from: number, to: number, wanted: IndexPairs | 'all'): AsyncIterable<RecordBatch>;
  close(): Promise<void>;
}
