import type { OnProgress } from '../../app/on-progress.ts';
import type { BackupSummary, Wires } from '../../app/wires.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { progressBar } from '../progress.ts';
import { plural, showBytes, showSeconds } from '../show.ts';

interface Options {
  readonly format: PlainFormat;
}

export function backup(io: Io, wires: Wires, file: string, options: Options): Promise<ExitCode> {
  return carry(io, options, 'written to', (onProgress) => wires.backup(file, onProgress));
}

export function restore(io: Io, wires: Wires, file: string, options: Options): Promise<ExitCode> {
  return carry(io, options, 'restored from', (onProgress) => wires.restore(file, onProgress));
}

async function carry(io: Io, options: Options, how: string, work: (onProgress: OnProgress) => Promise<BackupSummary>): Promise<ExitCode> {
  const bar = await progressBar(io);
  let summary: BackupSummary;
  try {
    summary = await work(bar.onProgress);
  } finally {
    bar.stop();
  }
  if (options.format === 'json') await printJson(io, summary);
  await io.out.flush();
  await io.err.write(
    `${plural(summary.rows, 'row')} of ${plural(summary.tables, 'table')} (${showBytes(summary.bytes)}) ${how} ${printable(summary.file)} in ${showSeconds(summary.seconds)}\n`,
  );
  return exitCodes.ok.code;
}
