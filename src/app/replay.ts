import { sha256 } from '../core/lib/hash.ts';
import type { EngineLoader } from '../core/ports/engine.ts';
import type { DecisionRow, Store } from '../core/ports/store.ts';
import { storedDecisions } from './stored-decisions.ts';

export interface ReplayReport {
  readonly decisions: number;
  /** The same bytes again. */
  readonly same: number;
  /** Other bytes, or another hash: a fault. */
  readonly different: readonly ReplayFault[];
  /** An argument was removed by retention: nothing can be said, and it is counted apart. */
  readonly expired: number;
}

export interface ReplayFault {
  readonly decision: string;
  readonly finding: string;
  readonly reason: string;
}

const toldFaults = 100;

/** Replays stored decisions from their stored bytes, each with the engine that made it, and compares bytes. */
export async function replay(
  tenant: string,
  store: Store,
  engines: EngineLoader,
  onProgress?: (done: number) => void,
): Promise<ReplayReport> {
  const different: ReplayFault[] = [];
  let decisions = 0;
  let same = 0;
  let expired = 0;
  for await (const { rows, texts } of storedDecisions(tenant, store)) {
    for (const row of rows) {
      decisions++;
      const outcome = replayOne(row, texts, engines);
      if (outcome === 'same') same++;
      else if (outcome === 'expired') expired++;
      else if (different.length < toldFaults) different.push({ decision: row.id, finding: row.finding, reason: outcome });
    }
    onProgress?.(decisions);
  }
  return { decisions, same, different, expired };
}

/** `same`, `expired`, or what differs. Each text is checked against its hash before it is trusted. */
export function replayOne(
  row: Pick<DecisionRow, 'findingHash' | 'contextHash' | 'toleranceHash' | 'engine' | 'decisionHash'>,
  texts: ReadonlyMap<string, string | null>,
  engines: EngineLoader,
): string {
  const [finding, context, tolerance, bundle] = [row.findingHash, row.contextHash, row.toleranceHash, row.engine].map(
    (hash) => texts.get(hash) ?? null,
  );
  if (finding == null || context == null || tolerance == null || bundle == null) return 'expired';
  for (const [name, hash, text] of [
    ['finding', row.findingHash, finding],
    ['context', row.contextHash, context],
  ] as const) {
    if (sha256(text) !== hash) return `the stored ${name} does not have its hash any more`;
  }
  for (const [name, hash, text] of [
    ['tolerance', row.toleranceHash, tolerance],
    ['engine', row.engine, bundle],
  ] as const) {
    if (hashOfLarge(text) !== hash) return `the stored ${name} does not have its hash any more`;
  }
  const bytes = engines.load(bundle)(finding, context, tolerance);
  return sha256(bytes) === row.decisionHash ? 'same' : 'the decision comes out with other bytes';
}

/** Policies and bundles are few and asked for with every decision: the same text object is hashed once. */
let hashed = new Map<string, string>();
function hashOfLarge(text: string): string {
  const known = hashed.get(text);
  if (known !== undefined) return known;
  if (hashed.size > 64) hashed = new Map();
  const hash = sha256(text);
  hashed.set(text, hash);
  return hash;
}
