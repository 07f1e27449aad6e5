import { listTaker, type ReadList } from './list-taker.ts';
import { type ListKind, takeAccount, takeIndicator } from './plain-list.ts';

/** The names that lists give to the column of values, in the order in which they are looked for. */
const usual = [
  'value',
  'indicator',
  'ioc',
  'ip',
  'ip_address',
  'dst_ip',
  'address',
  'cidr',
  'domain',
  'host',
  'url',
  'account',
  'account_id',
];

export interface CsvOptions {
  /** The column's name, or its number from 1 on; unless given, the first with a name that is usual for it. */
  readonly column?: string | number;
  readonly kind?: ListKind;
}

/**
 * Reads the values of one column of a CSV list (RFC 4180). The first row that is no comment has the names of the
 * columns; where the column is a number, every row is one of values. A text says why nothing could be read.
 */
export function readCsvList(text: string, { column, kind = 'indicators' }: CsvOptions = {}): ReadList | string {
  const taker = listTaker();
  let at = typeof column === 'number' ? column - 1 : -1;
  let header = '';
  for (const { fields, line } of rowsOf(text)) {
    const [first = ''] = fields;
    if (first.startsWith('#') || (fields.length === 1 && first.trim() === '')) continue;
    if (at < 0) {
      header = fields.join(', ');
      at = columnOf(fields, column);
      if (at < 0) break;
      continue;
    }
    const value = fields[at]?.trim() ?? '';
    if (value === '') taker.setAside('nothing in the column', `line ${line}`, fields.join(','));
    else if (kind === 'texts') taker.take(value);
    else if (kind === 'accounts') takeAccount(value, `line ${line}`, taker);
    else takeIndicator(value, `line ${line}`, taker);
  }
  if (at < 0 && header !== '')
    return `no column is named ${column === undefined ? `any of ${usual.join(', ')}` : `"${column}"`}; there are: ${header.slice(0, 200)}`;
  return taker.end();
}

function columnOf(header: readonly string[], column: string | number | undefined): number {
  const names = header.map((name) => name.trim().toLowerCase());
  for (const wanted of column === undefined ? usual : [String(column).toLowerCase()]) {
    const at = names.indexOf(wanted);
    if (at >= 0) return at;
  }
  return -1;
}

/** The rows with the lines on which they begin. A quote that is not closed ends with its line, so that a broken row costs no other. */
export function* rowsOf(text: string): Generator<{ readonly fields: readonly string[]; readonly line: number }> {
  let line = 0;
  let from = text.startsWith('\ufeff') ? 1 : 0;
  while (from < text.length) {
    const end = text.indexOf('\n', from);
    const row = text.slice(from, end < 0 ? text.length : end);
    line++;
    yield { fields: fieldsOf(row.endsWith('\r') ? row.slice(0, -1) : row), line };
    if (end < 0) return;
    from = end + 1;
  }
}

function fieldsOf(row: string): readonly string[] {
  if (!row.includes('"')) return row.split(',');
  const fields: string[] = [];
  let at = 0;
  while (at <= row.length) {
    while (row[at] === ' ') at++;
    if (row[at] !== '"') {
      const comma = endOf(row, ',', at);
      fields.push(row.slice(at, comma));
      at = comma + 1;
      continue;
    }
    let field = '';
    for (at++; at < row.length; at++) {
      const quote = endOf(row, '"', at);
      field += row.slice(at, quote);
      at = quote + 1;
      if (row[at] !== '"') break;
      field += '"';
    }
    fields.push(field);
    at = endOf(row, ',', at) + 1;
  }
  return fields;
}

function endOf(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at < 0 ? text.length : at;
}
