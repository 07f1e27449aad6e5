import type { Json } from '../model/json.ts';

/** A table that comes row by row. */
export interface QueryAnswer {
  readonly columns: readonly string[];
  /** Ends early, with an InputError, when the query takes too long or too much memory. */
  readonly rows: AsyncIterable<readonly Json[]>;
}

/** Asks the events of some files of the lake, in SQL. Nothing else can be reached: no file, no network, no setting. */
export interface LakeQuery {
  /** Runs one statement that only reads. `$name` stands for a parameter. Throws InputError for any other statement. */
  run(sql: string, parameters: { readonly [name: string]: string }): Promise<QueryAnswer>;
  close(): Promise<void>;
}
