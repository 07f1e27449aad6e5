import { createColors } from 'picocolors';
import type { Severity } from '../core/model/severity.ts';

type Colours = ReturnType<typeof createColors>;

/** One of the two streams. Writes are collected; a reader that goes away ends the command quietly. */
export interface Sink {
  /** Rejects with `ClosedOutput` when nobody reads any more. */
  write(text: string): Promise<void>;
  flush(): Promise<void>;
  readonly isTerminal: boolean;
  /** Columns of the terminal; null where the output is no terminal. */
  readonly columns: number | null;
  readonly colours: Colours;
}

/** What a command sees of the process. */
export interface Io {
  readonly out: Sink;
  readonly err: Sink;
}

/** Nobody reads standard output any more (`| head`). Unwinds the command, so that it closes what it opened. */
export class ClosedOutput extends Error {
  override readonly name = 'ClosedOutput';
}

const batch = 64 * 1024;

/** A sink over a stream of the process. Colours only on a terminal, and never under NO_COLOR (https://no-color.org/). */
export function sinkOver(
  stream: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number },
  env: { readonly [name: string]: string | undefined },
): Sink {
  const isTerminal = stream.isTTY === true;
  const forced = (env['FORCE_COLOR'] ?? '') !== '' && env['FORCE_COLOR'] !== '0';
  const colours = createColors((env['NO_COLOR'] ?? '') === '' && (forced || (isTerminal && env['TERM'] !== 'dumb')));
  let waiting: string[] = [];
  let size = 0;
  let closed: Error | null = null;
  stream.on('error', (error) => {
    closed = (error as NodeJS.ErrnoException).code === 'EPIPE' ? new ClosedOutput('nobody reads the output') : error;
  });
  const flush = async (): Promise<void> => {
    if (closed !== null) throw closed;
    if (size === 0) return;
    const text = waiting.join('');
    waiting = [];
    size = 0;
    await new Promise<void>((resolve, reject) => {
      stream.write(text, (error) => {
        if (error === null || error === undefined) resolve();
        else reject((error as NodeJS.ErrnoException).code === 'EPIPE' ? new ClosedOutput('nobody reads the output') : error);
      });
    });
  };
  return {
    isTerminal,
    get columns() {
      return isTerminal ? (stream.columns ?? 80) : null;
    },
    colours,
    flush,
    async write(text) {
      if (closed !== null) throw closed;
      waiting.push(text);
      size += text.length;
      if (isTerminal || size >= batch) await flush();
    },
  };
}

/** The colour of a severity, the same in every table. */
export function severityPaint(colours: Colours, severity: Severity): (text: string) => string {
  switch (severity) {
    case 'Critical':
      return (text) => colours.bold(colours.red(text));
    case 'High':
      return colours.red;
    case 'Medium':
      return colours.yellow;
    case 'Low':
      return colours.cyan;
    case 'Informational':
      return colours.dim;
    default:
      return severity satisfies never;
  }
}
