import type { Wires } from '../../app/wires.ts';
import { InputError } from '../../core/model/errors.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { plural } from '../show.ts';

export interface RangeOptions {
  readonly out?: string;
  readonly seed: number;
  readonly campaign?: string;
  readonly serve?: boolean;
  readonly port: number;
  readonly format: PlainFormat;
}

export async function range(io: Io, wires: Wires, signal: AbortSignal, options: RangeOptions): Promise<ExitCode> {
  if (options.out === undefined && options.serve !== true)
    throw new InputError('say --out DIR to write logs, or --serve to serve the cloud', 'range');
  const summary = await wires.range({
    out: options.out ?? null,
    seed: options.seed,
    campaign: options.campaign ?? null,
    serve: options.serve === true,
    port: options.port,
    signal,
    onReady: (url) => {
      void io.err.write(`the simulated cloud answers at ${url}; Ctrl-C ends it\n`).then(() => io.err.flush());
    },
  });
  if (options.format === 'json') await printJson(io, summary);
  await io.out.flush();
  if (summary.out !== null) {
    await io.err.write(
      `${plural(summary.events, 'event')} (${plural(summary.attackEvents, 'event')} of the attack) in ${plural(summary.objects, 'object')} written to ${printable(summary.out)}\n`,
    );
  }
  return exitCodes.ok.code;
}
