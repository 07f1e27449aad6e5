import { checkSignatures, type NoteKey, type ParsedCheckpoint, parseCheckpoint, splitCheckpoints } from '../../core/lib/checkpoint.ts';
import { Frontier, leafHash } from '../../core/lib/merkle.ts';
import { InputError } from '../../core/model/errors.ts';
import type { Json } from '../../core/model/json.ts';
import type { LedgerFault, LedgerReport } from '../../core/ports/ledger.ts';
import { exportFormat } from './export-ledger.ts';

/** An export with a million faults does not fill the memory. */
const mostFaults = 1_000;

/** The export is read twice: the sizes of its checkpoints, which come last, must be known before the leaves are. */
export interface AuditInput {
  /** The lines of an export, from its beginning each time it is asked. */
  readonly lines: () => AsyncIterable<string>;
  /** The keys that the auditor trusts for a log of this origin, had from elsewhere than the export. */
  readonly keysFor: (origin: string) => readonly NoteKey[];
  /** Texts of checkpoints that the auditor kept. */
  readonly outside: readonly string[];
}

/** What an auditor learns; how many leaves of each type there are. */
export interface AuditReport extends Omit<LedgerReport, 'waiting'> {
  readonly checkpoints: number;
  readonly types: { readonly [type: string]: number };
}

/**
 * Checks an export with nothing but a public key: every leaf is there, in order, and leads to the root that each checkpoint
 * signed, also to those that the auditor kept. Throws InputError with the line for what is no export.
 */
export async function auditExport({ lines, keysFor, outside }: AuditInput): Promise<AuditReport> {
  const faults: LedgerFault[] = [];
  const add = (fault: LedgerFault) => void (faults.length < mostFaults && faults.push(fault));
  const inside = await checkpointsIn(lines());
  const keys = keysFor(inside.origin);
  const kept = outside.flatMap((text) => splitCheckpoints(text).map(parseCheckpoint));
  const trusted: ParsedCheckpoint[] = [];
  const signed = (checkpoint: ParsedCheckpoint): boolean => {
    const is = checkSignatures(checkpoint, keys);
    if (is !== 'good') add({ fault: is === 'bad' ? 'bad-signature' : 'unknown-key', size: checkpoint.size });
    return is === 'good';
  };
  for (const one of kept) {
    if (one.origin !== inside.origin)
      throw new InputError(`a checkpoint of ${one.origin}, and this export is of ${inside.origin}`, 'checkpoint');
    if (signed(one)) trusted.push(one);
  }
  for (const one of inside.checkpoints) signed(one);

  const due = [
    ...inside.checkpoints.map((one) => ({ ...one, fault: 'root-differs' as const })),
    ...kept.map((one) => ({ ...one, fault: 'inconsistent-with-outside' as const })),
  ].sort((a, b) => a.size - b.size);
  const frontier = new Frontier();
  const types: Record<string, number> = {};
  let next = 0;
  const compare = () => {
    for (; next < due.length && (due[next]?.size ?? 0) <= frontier.size; next++) {
      const one = due[next];
      if (one !== undefined && one.root !== frontier.root().toString('base64')) add({ fault: one.fault, size: one.size });
    }
  };
  compare();
  for await (const [index, bytes] of leavesIn(lines())) {
    if (index !== frontier.size) {
      add({ fault: 'leaf-missing', index: frontier.size });
      break;
    }
    frontier.push(leafHash(bytes));
    const type = typeOf(bytes);
    types[type] = (types[type] ?? 0) + 1;
    if (frontier.size === due[next]?.size) compare();
  }
  for (const one of due.slice(next)) add({ fault: 'truncated', size: frontier.size, expected: one.size });
  const last = inside.checkpoints.at(-1)?.size ?? 0;
  if (frontier.size > last) add({ fault: 'root-differs', size: frontier.size });
  return {
    ok: faults.length === 0,
    size: frontier.size,
    root: frontier.root().toString('base64'),
    basis: trusted.length > 0 ? 'outside-checkpoint' : 'inside-only',
    outsideSize: trusted.length > 0 ? Math.max(...trusted.map(({ size }) => size)) : null,
    faults,
    checkpoints: inside.checkpoints.length,
    types,
  };
}

async function checkpointsIn(
  lines: AsyncIterable<string>,
): Promise<{ readonly origin: string; readonly checkpoints: readonly ParsedCheckpoint[] }> {
  const checkpoints: ParsedCheckpoint[] = [];
  let origin: string | null = null;
  let ended = false;
  let n = 0;
  for await (const line of lines) {
    n++;
    const value = parsed(line, n);
    if (origin === null) {
      origin = headerOf(value, n);
      continue;
    }
    if (ended) throw new InputError('something follows the end of the export', `line ${n}`);
    const [kind, first] = Array.isArray(value) ? (value as readonly Json[]) : [];
    if (kind === 'end') ended = true;
    else if (kind === 'checkpoint' && typeof first === 'string') checkpoints.push(checkpointOf(first, origin, n));
    else if (kind !== 'leaf') throw new InputError('neither leaf nor checkpoint', `line ${n}`);
  }
  if (origin === null) throw new InputError('the file is empty', 'line 1');
  if (!ended) throw new InputError('the export is cut off: its last line is missing', `line ${n}`);
  return { origin, checkpoints: checkpoints.sort((a, b) => a.size - b.size) };
}

function checkpointOf(note: string, origin: string, n: number): ParsedCheckpoint {
  let checkpoint: ParsedCheckpoint;
  try {
    checkpoint = parseCheckpoint(note);
  } catch (error) {
    throw new InputError(error instanceof Error ? error.message : 'not a checkpoint', `line ${n}`, { cause: error });
  }
  if (checkpoint.origin !== origin) throw new InputError(`a checkpoint of ${checkpoint.origin} in an export of ${origin}`, `line ${n}`);
  return checkpoint;
}

async function* leavesIn(lines: AsyncIterable<string>): AsyncGenerator<readonly [index: number, bytes: string]> {
  let n = 0;
  for await (const line of lines) {
    if (++n === 1 || !line.startsWith('["leaf",')) continue;
    const [, index, bytes] = parsed(line, n) as readonly Json[];
    if (typeof index !== 'number' || typeof bytes !== 'string') throw new InputError('a leaf has an index and a text', `line ${n}`);
    yield [index, bytes];
  }
}

function headerOf(value: Json, n: number): string {
  const header = value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as { readonly [key: string]: Json }) : {};
  if (header['format'] !== exportFormat || typeof header['origin'] !== 'string')
    throw new InputError(`this is no export of a ledger (${exportFormat})`, `line ${n}`);
  return header['origin'];
}

function parsed(line: string, n: number): Json {
  try {
    return JSON.parse(line) as Json;
  } catch (error) {
    throw new InputError('not JSON', `line ${n}`, { cause: error });
  }
}

function typeOf(bytes: string): string {
  try {
    const { type } = JSON.parse(bytes) as { readonly type?: unknown };
    return typeof type === 'string' ? type : 'unreadable';
  } catch {
    return 'unreadable';
  }
}
