import type { DuckDBInstance } from '@duckdb/node-api';

/** What writing and reading need. */
export interface LakeDeps {
  readonly duckdb: DuckDBInstance;
  /** Absolute. */
  readonly folder: string;
  /** For unfinished files, on the same file system. */
  readonly scratch: string;
  /** How many rows are sorted at once. */
  readonly slice: number;
}
