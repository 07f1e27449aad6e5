import { createHash, type Hash } from 'node:crypto';
import { InputError } from '../core/model/errors.ts';
import type { ArchiveTable } from '../core/ports/archive.ts';
import { linesOf } from './lines-of.ts';

/**
 * A backup is lines of JSON:
 *   {"format":"jobzero.backup/1","version":1,"takenAt":0,"tables":[{"name":"documents","rows":2}]}
 *   ["documents",{...}]                  a row; tables come in the header's order
 *   {"sum":"<sha256>"}                   of all bytes so far, after every 500 rows at most: so damage has a place
 *   {"end":{"rows":2,"sum":"<sha256>"}}  the last line
 */
const format = 'jobzero.backup/1';
const sumEvery = 500;

export interface BackupHeader {
  readonly version: number;
  readonly takenAt: number;
  readonly tables: readonly ArchiveTable[];
}

/** Prints a backup; each call returns the text to write next. */
export class BackupPrinter {
  readonly #hash: Hash = createHash('sha256');
  #rows = 0;
  #sinceSum = 0;

  header(header: BackupHeader): string {
    return this.#hashed(`${JSON.stringify({ format, ...header })}\n`);
  }

  rows(table: string, rows: readonly string[]): string {
    let text = '';
    for (const row of rows) {
      text += this.#hashed(`[${JSON.stringify(table)},${row}]\n`);
      this.#rows++;
      if (++this.#sinceSum === sumEvery) text += this.#sumLine();
    }
    return text;
  }

  end(): string {
    return `${JSON.stringify({ end: { rows: this.#rows, sum: this.#sum() } })}\n`;
  }

  #sumLine(): string {
    this.#sinceSum = 0;
    return this.#hashed(`${JSON.stringify({ sum: this.#sum() })}\n`);
  }

  #sum(): string {
    return this.#hash.copy().digest('hex');
  }

  #hashed(text: string): string {
    this.#hash.update(text);
    return text;
  }
}

/** What a backup holds, in order. `bytes` is how far the reading is. */
export type BackupPart =
  | { readonly part: 'header'; readonly header: BackupHeader }
  | { readonly part: 'row'; readonly table: string; readonly row: string };

/**
 * Reads a backup, and throws InputError with the line where it is damaged, cut off or continued. Rows come out before
 * the sum that covers them is checked, so nothing may be kept of them until the reading has ended.
 */
export async function* parseBackup(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<BackupPart> {
  const hash = createHash('sha256');
  let number = 0;
  let lastSum = 0;
  let rows = 0;
  let ended = false;
  let header: BackupHeader | null = null;
  let left: { name: string; rows: number }[] = [];
  for await (const line of linesOf(bytes)) {
    number++;
    const place = `line ${number}`;
    if (ended) throw new InputError('the backup goes on after its end', place);
    const value = parsed(line, place);
    if (header === null) {
      header = parseHeader(value, place);
      left = header.tables.map((table) => ({ ...table }));
      yield { part: 'header', header };
    } else if (Array.isArray(value)) {
      while (left[0]?.rows === 0) left.shift();
      const table = left[0];
      if (value.length !== 2 || table === undefined || value[0] !== table.name || typeof value[1] !== 'object' || value[1] === null) {
        throw new InputError(`not the row that is expected here (of ${table?.name ?? 'no more tables'})`, place);
      }
      table.rows--;
      rows++;
      const prefix = `[${JSON.stringify(table.name)},`;
      const text = line.toString('utf8');
      if (!text.startsWith(prefix)) throw new InputError('not a row as backups print it', place);
      yield { part: 'row', table: table.name, row: text.slice(prefix.length, -1) };
    } else {
      const end = endOf(value);
      const sum = end === null ? sumOf(value) : end.sum;
      if (sum !== hash.copy().digest('hex')) {
        throw new InputError('what is written here is not what was backed up: the checksum differs', `lines ${lastSum + 1} to ${number}`);
      }
      lastSum = number;
      ended = end !== null;
      if (ended && (end?.rows !== rows || left.some((table) => table.rows > 0))) throw new InputError('rows are missing', place);
    }
    hash.update(line).update('\n');
  }
  if (!ended) throw new InputError('the backup is cut off: its last line is missing', `after line ${number}`);
}

function parsed(line: Buffer, place: string): unknown {
  try {
    return JSON.parse(line.toString('utf8')) as unknown;
  } catch (error) {
    throw new InputError('not a line of JSON', place, { cause: error });
  }
}

function parseHeader(value: unknown, place: string): BackupHeader {
  if (typeof value === 'object' && value !== null && 'format' in value && value.format === format) {
    const { version, takenAt, tables } = value as Partial<BackupHeader>;
    if (isCount(version) && isCount(takenAt) && Array.isArray(tables) && tables.every(isTable)) return { version, takenAt, tables };
  }
  throw new InputError(`not the header of a backup (${format})`, place);
}

function isTable(table: unknown): table is ArchiveTable {
  return (
    typeof table === 'object' &&
    table !== null &&
    'name' in table &&
    typeof table.name === 'string' &&
    'rows' in table &&
    isCount(table.rows)
  );
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function sumOf(value: unknown): string {
  return typeof value === 'object' && value !== null && 'sum' in value && typeof value.sum === 'string' ? value.sum : '';
}

function endOf(value: unknown): { rows: number; sum: string } | null {
  if (typeof value !== 'object' || value === null || !('end' in value)) return null;
  const { end } = value;
  const rows = typeof end === 'object' && end !== null && 'rows' in end && isCount(end.rows) ? end.rows : -1;
  return { rows, sum: sumOf(end) };
}
