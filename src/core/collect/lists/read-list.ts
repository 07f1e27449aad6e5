import { readCsvList } from './csv-list.ts';
import type { ReadList } from './list-taker.ts';
import { readPlaceList } from './place-list.ts';
import { type ListKind, readPlainList } from './plain-list.ts';
import { readStixList } from './stix-list.ts';

export interface ListFormat {
  readonly kind?: ListKind | 'places';
  /** Of CSV: the column's name, or its number from 1 on. */
  readonly column?: string | number;
}

/**
 * Reads a list in the format that its name and its beginning tell: STIX, CSV, or one entry a line. `now`: milliseconds
 * since 1970, for what is valid for a time. A text says why nothing could be read.
 */
export function readList(name: string, text: string, { kind = 'indicators', column }: ListFormat, now: number): ReadList | string {
  if (kind === 'places') return readPlaceList(text);
  if (/\.json$/i.test(name) || /^\ufeff?\s*\{/.test(text.slice(0, 1_000))) return readStixList(text, now);
  if (/\.csv$/i.test(name) || column !== undefined) return readCsvList(text, { kind, ...(column === undefined ? {} : { column }) });
  return readPlainList(text, kind);
}
