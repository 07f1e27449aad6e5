import { CommanderError } from 'commander';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { explainError } from './explain-error.ts';
import type { Io } from './io.ts';
import { type Door, program } from './program.ts';

/** Runs one command line and tells the exit code. Never throws. */
export async function run(args: readonly string[], door: Omit<Door, 'finish'>): Promise<ExitCode> {
  const { io } = door;
  let code: ExitCode = exitCodes.ok.code;
  const root = program({
    ...door,
    finish: (told) => {
      code = told;
    },
  });
  // Help and complaints are collected, since commander writes them without waiting.
  let out = '';
  let err = '';
  const output = {
    writeOut: (text: string): void => {
      out += text;
    },
    writeErr: (text: string): void => {
      err += text;
    },
    getOutHelpWidth: () => Math.min(io.out.columns ?? 100, 120),
    getErrHelpWidth: () => Math.min(io.err.columns ?? 100, 120),
    getOutHasColors: () => io.out.colours.isColorSupported,
    getErrHasColors: () => io.err.colours.isColorSupported,
  };
  const configure = (command: typeof root): void => {
    command.configureOutput(output).exitOverride();
    for (const child of command.commands) configure(child);
  };
  configure(root);
  try {
    await root.parseAsync([...args], { from: 'user' });
    await io.out.flush();
  } catch (error) {
    if (error instanceof CommanderError) {
      // `help` and `version` end with 0; a group without a subcommand prints its help and ends with 1.
      code = error.exitCode === 0 ? exitCodes.ok.code : exitCodes.usage.code;
    } else if (door.signal.aborted) {
      code = exitCodes.interrupted.code;
    } else {
      code = await complain(io, error, args.includes('--debug'));
    }
  }
  try {
    if (out !== '') await io.out.write(out);
    await io.out.flush();
    if (err !== '') await io.err.write(err);
    await io.err.flush();
  } catch {
    // Nobody is left to tell.
  }
  return code;
}

async function complain(io: Io, error: unknown, debug: boolean): Promise<ExitCode> {
  const { sentence, code } = explainError(error);
  if (sentence === null) return code;
  try {
    await io.out.flush();
  } catch {
    // The error is told all the same.
  }
  try {
    const hint = code === exitCodes.internal.code && !debug ? ' (--debug prints where)' : '';
    await io.err.write(`${io.err.colours.red('jobzero:')} ${sentence}${hint}\n`);
    if (debug && error instanceof Error && error.stack !== undefined) await io.err.write(`${error.stack}\n`);
  } catch {
    // Nobody is left to tell.
  }
  return code;
}
