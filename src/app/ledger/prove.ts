import { parseCheckpoint, splitCheckpoints } from '../../core/lib/checkpoint.ts';
import { leafHash, verifyConsistency, verifyInclusion } from '../../core/lib/merkle.ts';
import { consistencyRanges, inclusionRanges, type LeafRange, RangeRoots } from '../../core/lib/merkle-ranges.ts';
import { InputError } from '../../core/model/errors.ts';
import type { Ledger } from '../../core/ports/ledger.ts';

/** What proves that one leaf is in the log that a checkpoint signed; hashes in base64, the lowest first (RFC 9162, section 2.1.3). */
export interface InclusionProof {
  readonly format: 'jobzero.ledger-inclusion/1';
  readonly index: number;
  /** The leaf's exact bytes. */
  readonly leaf: string;
  readonly hashes: readonly string[];
  readonly checkpoint: string;
}

/** What proves that nothing before an earlier checkpoint was changed since (RFC 9162, section 2.1.4). */
export interface ConsistencyProof {
  readonly format: 'jobzero.ledger-consistency/1';
  readonly earlier: string;
  readonly hashes: readonly string[];
  readonly checkpoint: string;
}

const page = 2_000;

/** Throws InputError where the log has no such leaf yet, or its leaves do not lead to what its last checkpoint signed. */
export async function proveInclusion(ledger: Ledger, index: number): Promise<InclusionProof> {
  const latest = await latestOf(ledger);
  if (!(Number.isSafeInteger(index) && index >= 0 && index < latest.size))
    throw new InputError(`the ledger has leaves 0 to ${latest.size - 1}`, `leaf ${index}`);
  const hashes = await rootsOf(ledger, inclusionRanges(latest.size, index), latest.size);
  const [leaf] = await ledger.entries(index, 1);
  if (leaf === undefined || !verifyInclusion(leafHash(leaf.bytes), index, latest.size, hashes, Buffer.from(latest.root, 'base64')))
    throw new InputError('the leaves do not lead to what the last checkpoint signed; run "jobzero ledger verify"', `leaf ${index}`);
  return {
    format: 'jobzero.ledger-inclusion/1',
    index,
    leaf: leaf.bytes,
    hashes: hashes.map((hash) => hash.toString('base64')),
    checkpoint: latest.note,
  };
}

/** From an earlier checkpoint to the last one; of a text of many, from its last. Throws InputError for one of another log, or one that this log does not continue. */
export async function proveConsistency(ledger: Ledger, text: string): Promise<ConsistencyProof> {
  const latest = await latestOf(ledger);
  const earlier = splitCheckpoints(text).at(-1);
  if (earlier === undefined) throw new InputError('there is no checkpoint in it', 'checkpoint');
  const first = parseCheckpoint(earlier);
  if (first.origin !== latest.origin)
    throw new InputError(`a checkpoint of ${first.origin}, and this log is ${latest.origin}`, 'checkpoint');
  if (first.size > latest.size) throw new InputError(`the ledger has ${latest.size} leaves: it was cut off`, `size ${first.size}`);
  const hashes = await rootsOf(ledger, consistencyRanges(first.size, latest.size), latest.size);
  const at = ({ size, root }: { readonly size: number; readonly root: string }) => ({ size, root: Buffer.from(root, 'base64') });
  if (!verifyConsistency(at(first), at(latest), hashes))
    throw new InputError('the ledger of now does not continue the one of then', `size ${first.size}`);
  return {
    format: 'jobzero.ledger-consistency/1',
    earlier,
    hashes: hashes.map((hash) => hash.toString('base64')),
    checkpoint: latest.note,
  };
}

async function latestOf(ledger: Ledger) {
  const latest = await ledger.latest();
  if (latest === null) throw new InputError('the ledger has no checkpoint yet', 'ledger');
  return latest;
}

async function rootsOf(ledger: Ledger, ranges: readonly LeafRange[], size: number): Promise<readonly Buffer[]> {
  const roots = new RangeRoots(ranges);
  for (let from = 0; from < size; from += page)
    for (const { index, bytes } of await ledger.entries(from, Math.min(page, size - from))) roots.push(index, leafHash(bytes));
  return roots.roots();
}
