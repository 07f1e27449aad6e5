import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Dice } from '../dice.ts';
import { gzipped } from '../log-objects.ts';

/** What is written into the same objects. */
export interface Stream {
  readonly key: string;
  readonly account: string;
  /** Lines of text, compressed or not; or batches of a subscription of CloudWatch Logs. */
  readonly frame: 'gzip' | 'text' | { readonly logGroup: string; readonly logStream: string };
  /** What every object of lines begins with: lines that name the columns. */
  readonly head?: string;
  /** Key of an object whose lines end at a time, in milliseconds since 1970. */
  readonly name: (end: number, dice: Dice) => string;
}

/** A line of a log, and when it is of. */
export interface PlacedLine {
  readonly stream: Stream;
  readonly at: number;
  readonly text: string;
}

export interface LineWriter {
  put(line: PlacedLine): void;
  /** Writes what was put, as of a span that ends then. */
  flush(end: number): void;
  readonly written: { readonly objects: number; readonly lines: number };
}

/** A flood does not fill the memory: a busy stream has several objects in a span, as in AWS. */
const linesAtMost = 20_000;
/** Records that CloudWatch Logs puts into one batch of a subscription. */
const batchAtMost = 400;

/** Gathers lines by their streams and writes objects below a folder, each beside its place first and then renamed. */
export function openLineWriter(folder: string, dice: Dice): LineWriter {
  const open = new Map<string, { readonly stream: Stream; lines: PlacedLine[] }>();
  const folders = new Set<string>();
  const written = { objects: 0, lines: 0 };

  const write = (stream: Stream, lines: PlacedLine[], end: number) => {
    if (lines.length === 0) return;
    lines.sort((a, b) => a.at - b.at);
    // What is of a time that comes later may have been put already.
    const path = join(folder, stream.name(Math.max(end, lines.at(-1)?.at ?? end), dice));
    const parent = dirname(path);
    if (!folders.has(parent)) {
      mkdirSync(parent, { recursive: true });
      folders.add(parent);
    }
    writeFileSync(`${path}.part`, framed(stream, lines, dice));
    renameSync(`${path}.part`, path);
    written.objects++;
    written.lines += lines.length;
  };

  return {
    written,
    put: (line) => {
      const { stream } = line;
      const one = open.get(stream.key) ?? { stream, lines: [] };
      open.set(stream.key, one);
      one.lines.push(line);
      if (one.lines.length < linesAtMost) return;
      write(stream, one.lines, line.at);
      one.lines = [];
    },
    flush: (end) => {
      for (const { stream, lines } of open.values()) write(stream, lines, end);
      open.clear();
      // Some logs have a folder for each minute: nobody needs the old ones.
      folders.clear();
    },
  };
}

function framed({ frame, account, head = '' }: Stream, lines: readonly PlacedLine[], dice: Dice): Uint8Array {
  if (frame === 'text' || frame === 'gzip') {
    const text = `${head}${lines.map((line) => line.text).join('\n')}\n`;
    return frame === 'text' ? Buffer.from(text) : gzipped(text, 1);
  }
  // Each batch comes compressed by itself, and Firehose puts them one behind the other.
  const batches: Uint8Array[] = [];
  for (let i = 0; i < lines.length; i += batchAtMost) {
    const logEvents = lines
      .slice(i, i + batchAtMost)
      .map(({ at, text }) => ({ id: eventId(at, dice), timestamp: Math.floor(at), message: text }));
    const batch = { messageType: 'DATA_MESSAGE', owner: account, ...frame, subscriptionFilters: ['jobzero'], logEvents };
    batches.push(gzipped(JSON.stringify(batch), 1));
  }
  return Buffer.concat(batches);
}

/** Ids of CloudWatch Logs are 56 digits that grow with time. */
function eventId(at: number, dice: Dice): string {
  const tail = `${dice.next()}${dice.next()}${dice.next()}${dice.next()}${dice.next()}`;
  return `3${Math.floor(at)}${tail.padEnd(42, '0').slice(0, 42)}`;
}

/** What Firehose calls an object that it began to fill at a time: https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html */
export function firehoseName(below: string, delivery: string): (end: number, dice: Dice) => string {
  return (end, dice) => {
    const stamp = new Date(end).toISOString();
    return `${below}/${stamp.slice(0, 13).replaceAll(/[-T]/g, '/')}/${delivery}-1-${stamp.slice(0, 19).replaceAll(/[T:]/g, '-')}-${dice.uuid()}`;
  };
}
