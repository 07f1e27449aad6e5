import type { Checkpoint, LedgerReport } from '../../core/ports/ledger.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { readLeaf } from './find-leaf.ts';

export interface LeafView {
  readonly index: number;
  readonly type: string;
  readonly subject: string;
  readonly at: number | null;
  /** The exact bytes that were hashed. */
  readonly bytes: string;
}

export async function readLedger(deps: ConsoleDeps): Promise<Checkpoint | null> {
  return deps.ledger.latest();
}

/** Leaves from this index on, in order; without `from` the last ones. */
export async function listLeaves(deps: ConsoleDeps, from: number | undefined, limit: number): Promise<readonly LeafView[]> {
  const start = from ?? Math.max(0, ((await deps.ledger.latest())?.size ?? 0) - limit);
  const entries = await deps.ledger.entries(start, limit);
  return entries.map(({ index, bytes }) => {
    const leaf = readLeaf(bytes);
    return { index, bytes, type: leaf?.type ?? 'unreadable', subject: leaf?.subject ?? '', at: leaf?.at ?? null };
  });
}

/** Recomputes the ledger from its leaves, against the checkpoints kept outside and those given. */
export async function verifyLedger(deps: ConsoleDeps, outside: readonly string[]): Promise<LedgerReport> {
  const kept = (await deps.outsideCheckpoints?.()) ?? [];
  return deps.ledger.verify([...kept, ...outside]);
}
