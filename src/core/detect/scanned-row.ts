import type { Json, JsonObject } from '../model/json.ts';

/**
 * The current record of a scanned object: the numbers of its values for each column, and the record itself when
 * somebody needs more than those. One is made for all records, and moved from row to row.
 */
export class ScannedRow {
  private rows: Int32Array = new Int32Array(0);
  private textOf: (from: number, to: number) => string = () => '';
  /** How many columns there are: the spans stand behind them. */
  private columns = 0;
  private at = 0;
  private record: JsonObject | null = null;

  /** `textOf` gives the ASCII text between two offsets. */
  open(rows: Int32Array, columns: number, textOf: (from: number, to: number) => string): void {
    this.rows = rows;
    this.columns = columns;
    this.textOf = textOf;
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

  /** The value of a span: undefined where there is none. */
  value(span: number): Json | undefined {
    const cell = this.at + 4 + this.columns + 2 * span;
    const to = this.rows[cell + 1] ?? 0;
    if (to === 0) return undefined;
    const value = this.textOf(this.rows[cell] ?? 0, to);
    // Most are texts without escapes.
    return value.startsWith('"') && !value.includes('\\') ? value.slice(1, -1) : (JSON.parse(value) as Json);
  }

  parsed(): JsonObject {
    this.record ??= JSON.parse(this.textOf(this.rows[this.at] ?? 0, this.rows[this.at + 1] ?? 0)) as JsonObject;
    return this.record;
  }
}

/** What rules are asked of: a parsed record, or one that was scanned only. */
export type Asked = JsonObject | ScannedRow;

export function recordOf(asked: Asked): JsonObject {
  return asked instanceof ScannedRow ? asked.parsed() : asked;
}
