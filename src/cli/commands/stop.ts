import { pressStop } from '../../app/console/stop-button.ts';
import type { Wires } from '../../app/wires.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';

export interface StopOptions {
  readonly off?: boolean;
  readonly reason: string;
  readonly as: string;
  readonly format: PlainFormat;
}

export async function stop(io: Io, wires: Wires, options: StopOptions): Promise<ExitCode> {
  const on = options.off !== true;
  const stopped = await wires.withConsole((deps) => pressStop(deps, options.as, on, options.reason));
  if (options.format === 'json') await printJson(io, { on: stopped !== null, stop: stopped });
  await io.out.flush();
  await io.err.write(
    stopped === null ? 'released: automation works\n' : 'pressed: automation starts nothing; jobzero stop --off releases it\n',
  );
  return exitCodes.ok.code;
}
