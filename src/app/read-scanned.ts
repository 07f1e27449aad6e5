import type { Buffer } from 'node:buffer';
import { scannedEvent, wordPaths } from '../core/collect/cloudtrail/cloudtrail-event.ts';
import { wholeEvents } from '../core/collect/log-reader.ts';
import type { Matcher } from '../core/detect/compile.ts';
import { ScannedRow } from '../core/detect/scanned-row.ts';
import type { Event } from '../core/model/event.ts';
import type { OpenScanner, ScannedRecords } from '../core/ports/record-scanner.ts';

export interface ScannedOptions {
  readonly object: string;
  /** A record that was not parsed; `eventOf` makes an event of it. Both are good until the next row. */
  readonly onRow: (row: ScannedRow, eventOf: () => Event) => void;
  readonly onEvent: (event: Event) => void;
}

/**
 * Reads CloudTrail's delivered objects by scanning them: rules are asked of the numbers that the scanner gives to equal
 * texts, and only what some rule matches is parsed. The function that this returns says false, and has taken nothing,
 * where the object is of another form or something in it is not good: then the parser reads all of it. So it does where records are
 * said to lie in certain bounds (two numbers a record) and are found elsewhere.
 */
export function scannedReader(
  matcher: Matcher,
  open: OpenScanner,
): (bytes: Buffer, options: ScannedOptions, bounds?: Uint32Array) => boolean {
  const scanner = open(matcher.columns, wordPaths);
  const row = new ScannedRow();
  // What is ordinary has a call and a time, and is an event.
  const eventOf = () => scannedEvent(row, row.time, () => row.parsed());
  return (bytes, options, bounds) => {
    const scanned = scanner.scan(bytes);
    if (scanned === null) return false;
    const { count, rows, width, texts, anew } = scanned;
    matcher.learn(texts, anew);
    if (bounds !== undefined && !areWithin(scanned, bounds)) return false;
    const parsed = new Map<number, readonly Event[]>();
    for (let at = 0; at < count * width; at += width) {
      if (rows[at + 2] === 1) continue;
      const events = wholeEvents(bytes.subarray(rows[at], rows[at + 1]), options.object);
      if (events === null) return false;
      parsed.set(at, events);
    }
    // What is ordinary is ASCII.
    row.open(rows, matcher.columns.length, (from, to) => bytes.toString('latin1', from, to));
    for (let at = 0; at < count * width; at += width) {
      const events = parsed.get(at);
      if (events !== undefined) for (const event of events) options.onEvent(event);
      else {
        row.move(at);
        options.onRow(row, eventOf);
      }
    }
    return true;
  };
}

/** Is there one record in each of the bounds? */
function areWithin({ count, rows, width }: ScannedRecords, bounds: Uint32Array): boolean {
  if (2 * count !== bounds.length) return false;
  for (let n = 0; n < count; n++) {
    if ((rows[n * width] ?? -1) < (bounds[2 * n] ?? 0) || (rows[n * width + 1] ?? -1) > (bounds[2 * n + 1] ?? 0)) return false;
  }
  return true;
}
