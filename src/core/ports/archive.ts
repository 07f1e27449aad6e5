/** All of the state, table by table, for a logical backup. Rows are opaque JSON texts of the store's own making. */
export interface Archive {
  /** Runs with one consistent snapshot of all tenants. */
  take<T>(work: (snapshot: ArchiveSnapshot) => Promise<T>): Promise<T>;
  /**
   * Fills an empty database that was made for `version`, then brings it to today's version. All of it happens, or
   * nothing. Throws InputError when the database is not empty, or the version is newer than this code.
   */
  fill(version: number, work: (write: ArchiveWrite) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

export interface ArchiveSnapshot {
  /** The version of the schema. */
  readonly version: number;
  /** In the order in which they are written and filled again. */
  readonly tables: readonly ArchiveTable[];
  /** The rows in the order of their keys, some at a time. */
  rows(table: string): AsyncIterable<readonly string[]>;
}

export interface ArchiveTable {
  readonly name: string;
  readonly rows: number;
}

/** Adds rows to a table. Throws InputError for a table that is unknown. */
export type ArchiveWrite = (table: string, rows: readonly string[]) => Promise<void>;
