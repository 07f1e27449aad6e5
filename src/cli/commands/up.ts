import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ConsoleDeps } from '../../app/console/console-deps.ts';
import type { UpEvent, Wires } from '../../app/wires.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import { type Io, severityPaint } from '../io.ts';
import { printable } from '../printable.ts';
import { showTime } from '../show.ts';
import { wrapToWidth } from '../text-width.ts';
import { actionStates, statePaint } from './actions.ts';

export interface UpOptions {
  readonly profile?: string;
  readonly endpointUrl?: string;
  readonly logs: readonly string[];
  readonly queue: readonly string[];
  readonly roleArn?: string;
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
    // People want to hear of what is done or asked; a program gets everything.
    if (!json && event.event === 'decision' && event.state !== 'act' && event.state !== 'ask') return;
    writing = writing
      .then(() => io.out.write(json ? `${JSON.stringify({ ...event, time: new Date(event.at).toISOString() })}\n` : line(io, event)))
      .then(() => io.out.flush())
      .catch(() => fallen.abort());
  };
  await wires.up({
    profile: options.profile ?? null,
    endpointUrl: options.endpointUrl ?? null,
    regions: options.regions ?? null,
    logs: options.logs,
    queues: options.queue,
    roleArn: options.roleArn ?? null,
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

/** Time and kind stand in columns; what is said is wrapped beside them. */
const beside = 20;

function line(io: Io, event: UpEvent): string {
  const { colours, columns } = io.out;
  const paint = paintOf(io, event);
  const lines = wrapToWidth(printable(event.says), columns === null ? Number.POSITIVE_INFINITY : Math.max(40, columns - beside)).map(
    (part, i) =>
      i === 0
        ? `${colours.dim(showTime(event.at).slice(11))} ${colours.dim(event.event.padEnd(9))} ${paint(part)}`
        : `${' '.repeat(beside)}${paint(part)}`,
  );
  if (event.url !== undefined) lines.push('', `    ${colours.bold(colours.cyan(printable(event.url)))}`, '');
  return lines.map((part) => `${part}\n`).join('');
}

/** What asks for a person stands out, what was only noted steps back. */
function paintOf(io: Io, { event, severity, state }: UpEvent): (text: string) => string {
  const { colours } = io.out;
  if (severity !== undefined) return severityPaint(colours, severity);
  if (event === 'ready' || event === 'judgement') return colours.bold;
  if (event === 'trouble') return colours.red;
  if (event === 'decision' && (state === 'watch' || state === 'close')) return colours.dim;
  const action = event === 'action' ? actionStates.find((known) => known === state) : undefined;
  return action === undefined ? (text) => text : statePaint(action, colours);
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
