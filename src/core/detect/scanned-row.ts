import type { JsonObject } from '../model/json.ts';

/**
 * The current record of a scanned object: the numbers of its values for each column, and the record itself when
 * somebody needs more than those. One is made for all records, and moved from row to row.
 */
export class ScannedRow {
  private rows: Int32Array = new Int32Array(0);
  private parse: (from: number, to: number) => JsonObject = () => ({});
  private at = 0;
  private record: JsonObject | null = null;

  /** `parse` gives the record between two offsets. */
  open(rows: Int32Array, parse: (from: number, to: number) => JsonObject): void {
    this.rows = rows;
    this.parse = parse;
    this.record = null;
  }

  /** Goes to the row that begins at this index of the numbers. */
  move(at: number): void {
    this.at = at;
    this.record = null;
  }

  /** 0 where there is nothing, the number of a text, or -1 where the record must be asked. */
  number(column: number): number {
    return this.rows[this.at + 4 + column] ?? -1;
  }

  /** The event's time in milliseconds since 1970. */
  get time(): number {
    return ((this.rows[this.at + 3] ?? 0) >>> 0) * 1_000;
  }

  parsed(): JsonObject {
    this.record ??= this.parse(this.rows[this.at] ?? 0, this.rows[this.at + 1] ?? 0);
    return this.record;
  }
}

/** What rules are asked of: a parsed record, or one that was scanned only. */
export type Asked = JsonObject | ScannedRow;

export function recordOf(asked: Asked): JsonObject {
  return asked instanceof ScannedRow ? asked.parsed() : asked;
}
