import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ConsoleDeps } from '../../app/console/console-deps.ts';
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
    serve: serveConsole,
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

/** The HTTP door, loaded only when it is opened. */
async function serveConsole(deps: ConsoleDeps, port: number): Promise<{ readonly url: string; close(): Promise<void> }> {
  const [{ createHttp }, { serveHttp }] = await Promise.all([import('../../http/create-http.ts'), import('../../http/serve-http.ts')]);
  const log = (message: string, context: { readonly [key: string]: string }): void => {
    process.stderr.write(`${JSON.stringify({ message, ...context })}\n`);
  };
  return serveHttp(createHttp({ ...deps, webFolder: webFolder(), log }), { port });
}

/** The built console, beside `src` or above `dist`; null when it was not built. */
function webFolder(): string | null {
  const folders = ['../../../web/dist', '../../../../web/dist'].map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return folders.find((folder) => existsSync(folder)) ?? null;
}
