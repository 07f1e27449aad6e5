import type { Wires } from '../../app/wires.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';

export interface SignInOptions {
  readonly as: string;
  readonly own?: boolean;
  readonly format: PlainFormat;
}

export async function signIn(io: Io, wires: Wires, options: SignInOptions): Promise<ExitCode> {
  const url = await wires.signInLink({ who: options.as, scope: options.own === true ? 'own' : 'all' });
  if (options.format === 'json') await printJson(io, { url });
  else await io.out.write(`${url}\n`);
  await io.out.flush();
  await io.err.write('this link works once\n');
  return exitCodes.ok.code;
}
