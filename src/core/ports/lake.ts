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
  close(): Promise<void>;
}
