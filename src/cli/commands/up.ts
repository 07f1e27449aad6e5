import type { UpEvent, Wires } from '../../app/wires.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type Io, severityPaint } from '../io.ts';
import { printable } from '../printable.ts';
import type { PlainFormat } from '../program.ts';
import { showTime } from '../show.ts';

export interface UpOptions {
  readonly profile?: string;
  readonly endpointUrl?: string;
  readonly logs?: string;
  readonly regions?: readonly string[];
  readonly workers: number;
  readonly port: number;
  readonly format: PlainFormat;
  readonly json?: boolean;
}

export async function up(io: Io, wires: Wires, signal: AbortSignal, options: UpOptions): Promise<ExitCode> {
  const json = options.json === true || options.format === 'json';
  // Events are written one after the other, each at once: somebody watches, or a program waits for a line.
  let writing: Promise<void> = Promise.resolve();
  const fallen = new AbortController();
  const onEvent = (event: UpEvent): void => {
    writing = writing
      .then(() => io.out.write(json ? `${JSON.stringify({ ...event, time: new Date(event.at).toISOString() })}\n` : line(io, event)))
      .then(() => io.out.flush())
      .catch(() => fallen.abort());
  };
  await wires.up({
    profile: options.profile ?? null,
    endpointUrl: options.endpointUrl ?? null,
    regions: options.regions ?? null,
    logs: options.logs ?? null,
    workers: options.workers,
    port: options.port,
    onEvent,
    // A reader that went away ends it as Ctrl-C does, so that no process is left behind.
    signal: AbortSignal.any([signal, fallen.signal]),
  });
  await writing;
  return exitCodes.ok.code;
}

function line(io: Io, event: UpEvent): string {
  const { colours } = io.out;
  const says = printable(event.says);
  const paint =
    event.severity !== undefined
      ? severityPaint(colours, event.severity)
      : event.event === 'ready' || event.event === 'judgement'
        ? colours.bold
        : event.event === 'trouble'
          ? colours.red
          : (text: string): string => text;
  const address = event.url === undefined ? '' : `\n\n    ${colours.bold(colours.cyan(printable(event.url)))}\n`;
  return `${colours.dim(showTime(event.at).slice(11))} ${colours.dim(event.event.padEnd(9))} ${paint(says)}${address}\n`;
}
