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

/** A text of letters, digits, spaces and `.@=+_-` that a record's text contains, whatever the case. */
export interface RawText {
  readonly text: string;
  /** It stands at the beginning, at the end, of a JSON string. */
  readonly opens: boolean;
  readonly closes: boolean;
}

/** Rows with one of these pairs of index fields, whose text contains one of `texts`; null asks nothing of the text. */
export interface WantedRows {
  readonly pairs: readonly (readonly [string, string])[];
  readonly texts: readonly RawText[] | null;
}

/** What a scan gives of a row. */
export type ScannedRow = Pick<LakeRow, 'source' | 'place' | 'raw'>;

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
  /** The different pairs of index fields in files of one source; null when there are more than `most`. */
  indexPairs(files: readonly LakeFile[], from: number, to: number, most: number): Promise<readonly (readonly [string, string])[] | null>;
  /**
   * The rows of files of one source that one of `wanted` asks for, in any order, each as often as it is stored. It may give
   * more, never less: a row whose index fields are unknown always comes, and so does one whose text hides letters in escapes.
   */
  scan(files: readonly LakeFile[], from: number, to: number, wanted: readonly WantedRows[] | 'all'): AsyncIterable<ScannedRow>;
  close(): Promise<void>;
}
