import { readFile } from 'node:fs/promises';
import { verifyLedger } from '../../app/console/read-ledger.ts';
import type { AuditReport } from '../../app/ledger/audit-export.ts';
import type { ProofFault } from '../../app/ledger/check-proof.ts';
import { type ConsistencyProof, type InclusionProof, proveConsistency, proveInclusion } from '../../app/ledger/prove.ts';
import { forgetPerson } from '../../app/ledger/seals.ts';
import { showLeaf } from '../../app/ledger/show-leaf.ts';
import { publicPem } from '../../app/ledger/trusted-keys.ts';
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
export async function key(io: Io, wires: Wires, { pem = false }: { readonly pem?: boolean } = {}): Promise<ExitCode> {
  const line = await wires.withConsole(async ({ ledger }) => ledger.verifierKey);
  await io.out.write(pem ? publicPem(line) : `${line}\n`);
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

/** A leaf, and whom it means as far as that is known. */
export async function show(io: Io, wires: Wires, leaf: string, { format }: { readonly format: PlainFormat }): Promise<ExitCode> {
  const shown = await wires.withConsole((deps) => showLeaf(deps, Number(leaf)));
  if (format === 'json') await printJson(io, shown);
  else {
    const { face, bytes, persons } = shown;
    const said = (value: unknown): string => {
      if (Array.isArray(value)) return value.map(said).join(', ');
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return Object.hasOwn(persons, text) ? `${persons[text]} (${text})` : text;
    };
    const lines = face === null ? [['bytes', bytes]] : [...Object.entries(face.data).map(([name, value]) => [name, said(value)])];
    if (face !== null) await io.out.write(`${printable(face.type)} ${printable(face.subject)} ${new Date(face.at).toISOString()}\n`);
    for (const [name = '', value = ''] of lines) await io.out.write(`  ${printable(name)}: ${printable(value)}\n`);
  }
  await io.out.flush();
  return exitCodes.ok.code;
}

/** Crypto-shredding: whom leaves mean cannot be said any more. */
export async function forget(io: Io, wires: Wires, person: string, { yes = false }: { readonly yes?: boolean }): Promise<ExitCode> {
  if (!yes) throw new InputError('it cannot be undone; say --yes', 'ledger forget');
  const known = await wires.withConsole(({ store, tenant, clock }) => store.within(tenant, (tx) => forgetPerson(tx, person, clock.now())));
  if (!known) throw new InputError('no leaf means this person', person);
  await io.err.write('leaves of until now name this person no more; backups of before still can\n');
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

export interface CheckProofOptions extends AuditOptions {
  readonly origin?: string;
}

/** Whether a proof holds, for somebody who has nothing but a public key. */
export async function checkProof(io: Io, wires: Wires, file: string, options: CheckProofOptions): Promise<ExitCode> {
  if (options.key.length === 0) throw new InputError('whose signature is to be trusted? Give --key', 'ledger check-proof');
  const report = await wires.checkProof(file, options.key, options.checkpoint, options.origin ?? null);
  if (options.format === 'json') await printJson(io, report);
  else {
    const { colours } = io.out;
    const { leaf, earlier, size } = report;
    const what =
      leaf !== null
        ? `leaf ${leaf.index} is in the log of ${plural(size, 'leaf', 'leaves')}`
        : `the log of ${plural(size, 'leaf', 'leaves')} continues the one of ${earlier?.size ?? 0}`;
    await io.out.write(
      `${report.ok ? colours.green('proven') : colours.red('NOT PROVEN')}: ${what}, ${printable(report.origin)}\nroot ${printable(report.root)}\n`,
    );
    if (leaf !== null && report.ok) await io.out.write(`${printable(leaf.bytes)}\n`);
    for (const fault of report.faults) await io.out.write(`${colours.red(fault.fault)}: ${saysOf(fault)}\n`);
  }
  await io.out.flush();
  await io.err.write(`this rests ${proofBases[report.basis]}\n`);
  return report.ok ? exitCodes.ok.code : exitCodes.no.code;
}

function saysOf(fault: ProofFault): string {
  switch (fault.fault) {
    case 'unknown-key':
      return `the checkpoint of size ${fault.size} is signed by no key that was given`;
    case 'bad-signature':
      return `the signature under the checkpoint of size ${fault.size} is wrong: its text was changed`;
    case 'another-log':
      return `the checkpoint of size ${fault.size} is of the log ${printable(fault.origin)}`;
    case 'not-included':
      return `the hashes do not lead from leaf ${fault.index} to the root of size ${fault.size}`;
    case 'not-continued':
      return `the hashes do not lead from the log of size ${fault.earlier} to the one of size ${fault.size}`;
    case 'inconsistent-with-outside':
      return `the checkpoint that you kept of size ${fault.size} has another root: the log was signed anew`;
    case 'not-the-kept-checkpoint':
      return `none of the checkpoints that you kept is in it; ask for "ledger prove --since" with one of them`;
    default:
      return fault satisfies never;
  }
}

const proofBases = {
  'inside-only': 'on the signature in the proof; give --checkpoint FILE, kept from before, to find a log that was signed anew as a whole',
  'outside-checkpoint': 'on a checkpoint that you kept',
} as const;

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
