import { z } from 'zod';
import { checkSignatures, type NoteKey, type ParsedCheckpoint, parseCheckpoint, splitCheckpoints } from '../../core/lib/checkpoint.ts';
import { leafHash, verifyConsistency, verifyInclusion } from '../../core/lib/merkle.ts';
import { InputError } from '../../core/model/errors.ts';

/** Proofs are a few kilobytes; a leaf may be large, and nobody's memory is to be filled. In UTF-16 units. */
const longest = 16 * 1024 * 1024;
/** A log of 2^53 leaves is 53 high, and a proof of consistency has one hash more. */
const mostHashes = 54;

const hash = z.string().refine((text) => /^[A-Za-z0-9+/]{43}=$/.test(text) && Buffer.from(text, 'base64').toString('base64') === text, {
  message: 'a hash is 32 bytes in base64',
});
const text = z.string().refine((value) => value.isWellFormed(), { message: 'ill-formed UTF-16: its bytes are not one text' });
const hashes = z.array(hash).max(mostHashes);
const inclusion = z.strictObject({
  format: z.literal('jobzero.ledger-inclusion/1'),
  index: z.int().min(0),
  leaf: text,
  hashes,
  checkpoint: text,
});
const consistency = z.strictObject({ format: z.literal('jobzero.ledger-consistency/1'), earlier: text, hashes, checkpoint: text });
const proofSchema = z.discriminatedUnion('format', [inclusion, consistency]);

export interface CheckProofInput {
  /** The JSON that `prove` made, from whoever wants to be believed. */
  readonly proof: string;
  /** The keys that are trusted for logs of this origin, had from elsewhere than the proof. */
  readonly keysFor: (origin: string) => readonly NoteKey[];
  /** The log that is expected; null where any log of these keys will do. */
  readonly origin: string | null;
  /** Texts of checkpoints that the auditor kept. */
  readonly outside: readonly string[];
}

export type ProofFault =
  /** A checkpoint is signed by nobody who is trusted. */
  | { readonly fault: 'unknown-key'; readonly size: number }
  | { readonly fault: 'bad-signature'; readonly size: number }
  /** It is of another log than the one that was expected, or its two checkpoints are of two logs. */
  | { readonly fault: 'another-log'; readonly size: number; readonly origin: string }
  | { readonly fault: 'not-included'; readonly size: number; readonly index: number }
  | { readonly fault: 'not-continued'; readonly size: number; readonly earlier: number }
  /** A checkpoint was kept of this size, and it signed another root. */
  | { readonly fault: 'inconsistent-with-outside'; readonly size: number }
  /** Checkpoints were kept, and this proof begins or ends at none of them. */
  | { readonly fault: 'not-the-kept-checkpoint'; readonly size: number };

export interface ProofReport {
  readonly ok: boolean;
  readonly proves: 'inclusion' | 'consistency';
  readonly origin: string;
  /** How many leaves the log had that is spoken of. */
  readonly size: number;
  readonly root: string;
  /** The leaf's number and exact bytes, of a proof of inclusion. */
  readonly leaf: { readonly index: number; readonly bytes: string } | null;
  /** The log of before, of a proof of consistency. */
  readonly earlier: { readonly size: number; readonly root: string } | null;
  readonly basis: 'inside-only' | 'outside-checkpoint';
  readonly faults: readonly ProofFault[];
}

/**
 * Checks a proof with nothing but public keys: that its checkpoints are signed, and that its hashes lead from the leaf, or from the
 * earlier log, to the root that was signed (RFC 9162, sections 2.1.3.2 and 2.1.4.2). Throws InputError, with the place, for what is no
 * proof at all.
 */
export function checkProof({ proof, keysFor, origin, outside }: CheckProofInput): ProofReport {
  const given = parsed(proof);
  const [checkpoint, earlier] = [noteOf(given.checkpoint, 'checkpoint'), 'earlier' in given ? noteOf(given.earlier, 'earlier') : null];
  const faults: ProofFault[] = [];
  for (const one of earlier === null ? [checkpoint] : [earlier, checkpoint]) {
    const signed = checkSignatures(one, keysFor(one.origin));
    if (signed !== 'good') faults.push({ fault: signed === 'bad' ? 'bad-signature' : 'unknown-key', size: one.size });
    if (one.origin !== (origin ?? checkpoint.origin)) faults.push({ fault: 'another-log', size: one.size, origin: one.origin });
  }
  const path = given.hashes.map((one) => Buffer.from(one, 'base64'));
  const { size } = checkpoint;
  if ('leaf' in given && !verifyInclusion(leafHash(given.leaf), given.index, size, path, rootOf(checkpoint).root))
    faults.push({ fault: 'not-included', size, index: given.index });
  if (earlier !== null && !verifyConsistency(rootOf(earlier), rootOf(checkpoint), path))
    faults.push({ fault: 'not-continued', size, earlier: earlier.size });

  const kept = outside.flatMap((one) => splitCheckpoints(one)).map(parseCheckpoint);
  const spoken = earlier === null ? [checkpoint] : [earlier, checkpoint];
  const met = spoken.filter((one) => kept.some((mine) => isSame(mine, one)));
  for (const one of spoken)
    if (kept.some((mine) => mine.origin === one.origin && mine.size === one.size && mine.root !== one.root))
      faults.push({ fault: 'inconsistent-with-outside', size: one.size });
  if (outside.length > 0 && met.length === 0) faults.push({ fault: 'not-the-kept-checkpoint', size });

  return {
    ok: faults.length === 0,
    proves: earlier === null ? 'inclusion' : 'consistency',
    origin: checkpoint.origin,
    size,
    root: checkpoint.root,
    leaf: 'leaf' in given ? { index: given.index, bytes: given.leaf } : null,
    earlier: earlier === null ? null : { size: earlier.size, root: earlier.root },
    basis: met.length > 0 ? 'outside-checkpoint' : 'inside-only',
    faults,
  };
}

function parsed(proof: string): z.infer<typeof proofSchema> {
  if (proof.length > longest) throw new InputError('larger than any proof', 'proof');
  let value: unknown;
  try {
    value = JSON.parse(proof);
  } catch (error) {
    throw new InputError('not JSON', 'proof', { cause: error });
  }
  const read = proofSchema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new InputError(`no proof that "ledger prove" made: ${issue?.message ?? 'not understood'}`, issue?.path.join('.') || 'proof');
}

function noteOf(note: string, place: string): ParsedCheckpoint {
  try {
    return parseCheckpoint(note);
  } catch (error) {
    throw new InputError(error instanceof Error ? error.message : 'not a checkpoint', place, { cause: error });
  }
}

function rootOf({ size, root }: ParsedCheckpoint): { readonly size: number; readonly root: Buffer } {
  return { size, root: Buffer.from(root, 'base64') };
}

function isSame(a: ParsedCheckpoint, b: ParsedCheckpoint): boolean {
  return a.origin === b.origin && a.size === b.size && a.root === b.root;
}
