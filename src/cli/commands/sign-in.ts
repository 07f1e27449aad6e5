import type { Wires } from '../../app/wires.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';

export async function signIn(io: Io, wires: Wires, options: { readonly format: PlainFormat }): Promise<ExitCode> {
  const url = await wires.signInLink();
  if (options.format === 'json') await printJson(io, { url });
  else await io.out.write(`${url}\n`);
  await io.out.flush();
  await io.err.write('this link works once\n');
  return exitCodes.ok.code;
}
