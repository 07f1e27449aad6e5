import { readFile } from 'node:fs/promises';
import { verifyLedger } from '../../app/console/read-ledger.ts';
import type { AuditReport } from '../../app/ledger/audit-export.ts';
import { type ConsistencyProof, type InclusionProof, proveConsistency, proveInclusion } from '../../app/ledger/prove.ts';
import type { Wires } from '../../app/wires.ts';
import { InputError } from '../../core/model/errors.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { progressBar } from '../progress.ts';
import { plural } from '../show.ts';

export interface VerifyOptions {
  readonly checkpoint: readonly string[];
  readonly format: PlainFormat;
}

export interface ProveOptions {
  readonly since?: string;
}

const bases = {
  'inside-only': 'only on what the database itself holds; give --checkpoint FILE to find a ledger that was signed anew as a whole',
  'outside-checkpoint': 'on checkpoints that were kept outside the database',
} as const;

export async function verify(io: Io, wires: Wires, options: VerifyOptions): Promise<ExitCode> {
  const outside = await Promise.all(options.checkpoint.map((file) => readFile(file, 'utf8')));
  const report = await wires.withConsole((deps) => verifyLedger(deps, outside));
  if (options.format === 'json') await printJson(io, report);
  else await io.out.write(verdictOf(io, report, `${report.waiting} waiting for a number`));
  await io.out.flush();
  await io.err.write(`this rests ${bases[report.basis]}${report.outsideSize === null ? '' : ` (size ${report.outsideSize})`}\n`);
  return report.ok ? exitCodes.ok.code : exitCodes.no.code;
}

/** The public key that checkpoints are signed with. */
export async function key(io: Io, wires: Wires): Promise<ExitCode> {
  await io.out.write(`${await wires.withConsole(async ({ ledger }) => ledger.verifierKey)}\n`);
  return exitCodes.ok.code;
}

/** What proves that a leaf is in the log, or that the log continues an earlier checkpoint: a JSON document that any verifier of RFC 9162 can check. */
export async function prove(io: Io, wires: Wires, leaf: string | undefined, options: ProveOptions): Promise<ExitCode> {
  const earlier = options.since === undefined ? null : await readFile(options.since, 'utf8');
  if ((leaf === undefined) === (earlier === null))
    throw new InputError('either the index of a leaf or --since FILE is wanted', 'ledger prove');
  const proof = await wires.withConsole<InclusionProof | ConsistencyProof>(({ ledger }) =>
    earlier === null ? proveInclusion(ledger, Number(leaf)) : proveConsistency(ledger, earlier),
  );
  await printJson(io, proof);
  await io.out.flush();
  return exitCodes.ok.code;
}

export async function exportTo(io: Io, wires: Wires, file: string): Promise<ExitCode> {
  const bar = await progressBar(io);
  let exported: Awaited<ReturnType<Wires['exportLedger']>>;
  try {
    exported = await wires.exportLedger(file, bar.onProgress);
  } finally {
    bar.stop();
  }
  await io.err.write(
    `${plural(exported.leaves, 'leaf', 'leaves')} and ${plural(exported.checkpoints, 'checkpoint')} written to ${printable(file)}\n`,
  );
  return exitCodes.ok.code;
}

export interface AuditOptions extends VerifyOptions {
  readonly key: readonly string[];
}

/** As `verify`, of an export: for somebody who has neither the database nor trust in whoever runs it. */
export async function audit(io: Io, wires: Wires, file: string, options: AuditOptions): Promise<ExitCode> {
  if (options.key.length === 0) throw new InputError('whose signature is to be trusted? Give --key', 'ledger audit');
  const report = await wires.auditLedger(file, options.key, options.checkpoint);
  if (options.format === 'json') await printJson(io, report);
  else {
    await io.out.write(verdictOf(io, report, `${plural(report.checkpoints, 'checkpoint')}`));
    for (const [type, n] of Object.entries(report.types).sort(([a], [b]) => (a < b ? -1 : 1)))
      await io.out.write(`${String(n).padStart(9)}  ${printable(type)}\n`);
  }
  await io.out.flush();
  await io.err.write(`this rests ${auditBases[report.basis]}${report.outsideSize === null ? '' : ` (size ${report.outsideSize})`}\n`);
  return report.ok ? exitCodes.ok.code : exitCodes.no.code;
}

const auditBases = {
  'inside-only':
    'on the signatures in the export; give --checkpoint FILE, kept from before, to find a ledger that was signed anew as a whole',
  'outside-checkpoint': 'on checkpoints that you kept',
} as const;

function verdictOf(io: Io, report: Pick<AuditReport, 'ok' | 'size' | 'root' | 'faults'>, beside: string): string {
  const { colours } = io.out;
  return (
    `${report.ok ? colours.green('verified') : colours.red('NOT VERIFIED')}: ${plural(report.size, 'leaf', 'leaves')}, ${beside}\n` +
    `root ${printable(report.root)}\n` +
    folded(report.faults)
      .map(({ first, more }) => `${colours.red(first.fault)} ${placeOf(first)}${more === 0 ? '' : `, and ${more} more of this kind`}\n`)
      .join('')
  );
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
