import { diffVersions, diffWaiting } from '../../app/policy/policy-diff.ts';
import { type PolicyFile, policyHistory, policyVersion } from '../../app/policy/policy-history.ts';
import { reviewPolicy } from '../../app/policy/take-policy.ts';
import type { Wires } from '../../app/wires.ts';
import { InputError } from '../../core/model/errors.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { plural, showTime } from '../show.ts';
import { table } from '../table.ts';

export async function history(
  io: Io,
  wires: Wires,
  { file, format }: { readonly file: PolicyFile; readonly format: PlainFormat },
): Promise<ExitCode> {
  const versions = await wires.withConsole((deps) => policyHistory(deps, file));
  if (format === 'json') await printJson(io, versions);
  else {
    const head = [
      { title: 'VERSION', align: 'right' as const },
      { title: 'SINCE' },
      { title: 'OWNER' },
      { title: 'SHA-256' },
      { title: 'LEAF', align: 'right' as const },
    ];
    const rows = versions.map(({ n, at, by, hash, leaf }) => [
      { text: String(n) },
      { text: showTime(at) },
      { text: printable(by) },
      { text: hash.slice(0, 16) },
      { text: leaf === null ? '-' : String(leaf) },
    ]);
    await io.out.write(table(head, rows, io.out.columns, io.out.colours.dim));
  }
  await io.out.flush();
  await io.err.write(`${plural(versions.length, 'version')} of ${file}\n`);
  return exitCodes.ok.code;
}

export async function show(io: Io, wires: Wires, version: string, { file }: { readonly file: PolicyFile }): Promise<ExitCode> {
  const { text } = await wires.withConsole((deps) => policyVersion(deps, file, Number(version)));
  await io.out.write(printableLines(text));
  await io.out.flush();
  return exitCodes.ok.code;
}

export async function diff(io: Io, wires: Wires, a: string, b: string, { file }: { readonly file: PolicyFile }): Promise<ExitCode> {
  await io.out.write(diffText(io, await wires.withConsole((deps) => diffVersions(deps, file, Number(a), Number(b)))));
  await io.out.flush();
  return exitCodes.ok.code;
}

export interface ReviewOptions {
  readonly as: string;
  readonly reject?: boolean;
}

/** Without a hash what waits is shown against what holds. */
export async function review(io: Io, wires: Wires, hash: string | undefined, { as, reject = false }: ReviewOptions): Promise<ExitCode> {
  if (hash === undefined) {
    if (reject) throw new InputError('which text is turned down? Give its hash', 'policy review');
    const found = await wires.withConsole(diffWaiting);
    if (found.length === 0) await io.err.write('nothing waits for a review\n');
    for (const { name, waiting, lines } of found) {
      await io.out.write(diffText(io, lines));
      await io.out.flush();
      await io.err.write(
        `${name}: seen ${showTime(waiting.at)}, owned by ${printable(waiting.by)}; looser in ${waiting.looser.map(printable).join(', ')}\n` +
          (waiting.rejectedBy === undefined ? '' : `turned down by ${printable(waiting.rejectedBy)}\n`) +
          `to let it hold: jobzero policy review ${waiting.hash.slice(0, 12)} --as NAME; to turn it down, add --reject\n`,
      );
    }
    return exitCodes.ok.code;
  }
  await wires.withConsole((deps) => reviewPolicy(deps, { hash, by: as, accept: !reject }));
  await io.err.write(reject ? 'turned down; what held before goes on holding\n' : 'it holds from now on\n');
  return exitCodes.ok.code;
}

function diffText({ out: { colours } }: Io, lines: Awaited<ReturnType<typeof diffVersions>>): string {
  const paint = { ' ': (line: string) => line, '-': colours.red, '+': colours.green };
  return lines.map(({ sign, line }) => `${paint[sign](`${sign} ${printable(line)}`)}\n`).join('');
}

function printableLines(text: string): string {
  return text
    .split('\n')
    .map((line) => printable(line))
    .join('\n');
}
