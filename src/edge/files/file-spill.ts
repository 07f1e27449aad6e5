import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import type { Run, Spill } from '../../core/ports/spill.ts';

const pageBytes = 1 << 16;
/** Of a run that is read: all runs are read at once, and a long input leaves hundreds of them. */
const readBytes = 1 << 13;

/** Runs as files in a folder of their own, readable by this user only; the folder goes with `close`. */
export function fileSpill(parent: string = tmpdir()): Spill {
  let folder: string | null = null;
  let next = 0;
  const open = (path: string): Run => ({ path, lines: () => readLines(path) });
  return {
    write(lines) {
      folder ??= mkdtempSync(join(parent, 'jobzero-spill-'));
      const path = join(folder, `${next++}.ndjson`);
      writeLines(path, lines);
      return open(path);
    },
    open,
    close() {
      if (folder !== null) rmSync(folder, { recursive: true, force: true });
      folder = null;
    },
  };
}

function writeLines(path: string, lines: Iterable<string>): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    let page = '';
    for (const line of lines) {
      page += `${line}\n`;
      if (page.length >= pageBytes) {
        writeSync(file, page);
        page = '';
      }
    }
    if (page !== '') writeSync(file, page);
  } finally {
    closeSync(file);
  }
}

function* readLines(path: string): Generator<string> {
  const file = openSync(path, 'r');
  try {
    const page = Buffer.allocUnsafeSlow(readBytes);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for (let n = readSync(file, page); n > 0; n = readSync(file, page)) {
      const lines = (rest + decoder.write(page.subarray(0, n))).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } finally {
    closeSync(file);
  }
}
