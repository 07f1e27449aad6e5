import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readWhole } from '../../core/collect/log-reader.ts';
import type { Event } from '../../core/model/event.ts';

export interface WrittenFile {
  readonly key: string;
  /** Decompressed. */
  readonly text: string;
}

/** All objects below a folder, by their keys. */
export function filesIn(root: string): readonly WrittenFile[] {
  return (readdirSync(root, { recursive: true }) as string[])
    .filter((path) => statSync(join(root, path)).isFile())
    .sort()
    .map((key) => {
      const bytes = readFileSync(join(root, key));
      return { key, text: (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8') };
    });
}

export interface ReadFile extends WrittenFile {
  readonly events: readonly Event[];
  /** Why our own reader left records out. */
  readonly setAside: readonly string[];
}

/** What our own reader makes of them. */
export function readFiles(files: readonly WrittenFile[]): readonly ReadFile[] {
  return files.map(({ key, text }) => {
    const events: Event[] = [];
    const setAside: string[] = [];
    readWhole(Buffer.from(text), {
      object: key,
      onEvent: (event) => events.push(event),
      onSetAside: ({ reason }) => setAside.push(`${key}: ${reason}`),
    });
    return { key, text, events, setAside };
  });
}

/** The end that the name of a load balancer's object tells, in milliseconds since 1970; null for others. */
export function endOf(key: string): number | null {
  const [, year, month, day, hour, minute] = (/_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_[^/]*\.log(?:\.gz)?$/.exec(key) ?? []).map(Number);
  return !key.includes('elasticloadbalancing') || year === undefined ? null : Date.UTC(year, (month ?? 1) - 1, day, hour, minute);
}
