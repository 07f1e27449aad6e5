import { readFile } from 'node:fs/promises';
import { verifyLedger } from '../../app/console/read-ledger.ts';
import type { Wires } from '../../app/wires.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { plural } from '../show.ts';

export interface VerifyOptions {
  readonly checkpoint: readonly string[];
  readonly format: PlainFormat;
}

const bases = {
  'inside-only': 'only on what the database itself holds; give --checkpoint FILE to find a ledger that was signed anew as a whole',
  'outside-checkpoint': 'on checkpoints that were kept outside the database',
} as const;

export async function verify(io: Io, wires: Wires, options: VerifyOptions): Promise<ExitCode> {
  const outside = await Promise.all(options.checkpoint.map((file) => readFile(file, 'utf8')));
  const report = await wires.withConsole((deps) => verifyLedger(deps, outside));
  const { colours } = io.out;
  if (options.format === 'json') await printJson(io, report);
  else {
    await io.out.write(
      `${report.ok ? colours.green('verified') : colours.red('NOT VERIFIED')}: ${plural(report.size, 'leaf', 'leaves')}, ${report.waiting} waiting for a number\n` +
        `root ${printable(report.root)}\n` +
        folded(report.faults)
          .map(({ first, more }) => `${colours.red(first.fault)} ${placeOf(first)}${more === 0 ? '' : `, and ${more} more of this kind`}\n`)
          .join(''),
    );
  }
  await io.out.flush();
  await io.err.write(`this rests ${bases[report.basis]}${report.outsideSize === null ? '' : ` (size ${report.outsideSize})`}\n`);
  return report.ok ? exitCodes.ok.code : exitCodes.no.code;
}

type Fault = Awaited<ReturnType<typeof verifyLedger>>['faults'][number];

/** One line a kind: a log under another key has a fault at every checkpoint. */
function folded(faults: readonly Fault[]): readonly { readonly first: Fault; readonly more: number }[] {
  const kinds = Map.groupBy(faults, ({ fault }) => fault);
  return [...kinds.values()].flatMap((same) => (same[0] === undefined ? [] : [{ first: same[0], more: same.length - 1 }]));
}

function placeOf(fault: Fault): string {
  if ('index' in fault) return `at leaf ${fault.index}`;
  if ('expected' in fault) return `at size ${fault.size}, where ${fault.expected} were expected`;
  return `at size ${fault.size}`;
}
