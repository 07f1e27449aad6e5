import { findingIdOf } from '../core/assess/finding-of.ts';
import { canonicalJson } from '../core/lib/canonical-json.ts';
import type { Control } from '../core/model/control.ts';
import type { Finding } from '../core/model/finding.ts';
import type { Snapshot } from '../core/model/resource.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Cloud } from '../core/ports/cloud.ts';
import type { Store } from '../core/ports/store.ts';
import { assess } from './assess.ts';
import type { Assessed } from './wires.ts';

export interface ScanDeps {
  readonly tenant: string;
  readonly store: Store;
  readonly cloud: Cloud;
  readonly controls: readonly Control[];
  readonly clock: Clock;
}

export interface Scanned {
  readonly raised: readonly Finding[];
  /** Ids of findings whose resource passes now. */
  readonly resolved: readonly string[];
  readonly unread: number;
}

/** The same snapshot is not stored again; its hash tells. */
const page = 200;

/**
 * Judges the settings of all accounts and stores what it found: the snapshots as documents, the failures as findings,
 * and the end of those that pass now. What could not be read leaves its findings as they are.
 */
export async function scan(deps: ScanDeps): Promise<Scanned> {
  const { tenant, store, clock } = deps;
  const { snapshots, outcomes, findings, unread } = await assess(deps, { accounts: null, regions: null, onProgress: () => {} });
  const raised: Finding[] = [];
  for (let i = 0; i < findings.length; i += page) {
    raised.push(
      ...(await store.within(tenant, async (tx) => {
        const fresh: Finding[] = [];
        for (const finding of findings.slice(i, i + page)) if (await tx.findings.put(finding, clock.now())) fresh.push(finding);
        return fresh;
      })),
    );
  }
  const resolved = await store.within(tenant, async (tx) => {
    const at = clock.now();
    const ended: string[] = [];
    for (const id of passing(tenant, outcomes)) {
      const row = await tx.findings.get(id);
      if (row === null || row.state === 'resolved' || row.state === 'retracted') continue;
      await tx.findings.live(id, 'resolved', at, 'automation', 'The resource passes the control now.');
      ended.push(id);
    }
    for (const snapshot of snapshots) await keep(tx.documents, snapshot);
    await tx.ledger.append({
      format: 'jobzero.ledger/1',
      type: 'batch',
      subject: canonicalIds(snapshots),
      at,
      data: { snapshots: snapshots.map(({ id }) => id).sort(), raised: raised.length, resolved: ended.length, unread: unread.length },
    });
    return ended;
  });
  return { raised, resolved, unread: unread.length };
}

function passing(tenant: string, outcomes: readonly Assessed[]): readonly string[] {
  return outcomes.filter(({ outcome }) => outcome.status === 'Pass').map(({ control, resource }) => findingIdOf(tenant, control, resource));
}

async function keep(documents: { put(kind: string, bytes: string): Promise<string> }, snapshot: Snapshot): Promise<void> {
  await documents.put('snapshot', canonicalJson(snapshot));
}

function canonicalIds(snapshots: readonly Snapshot[]): string {
  return snapshots
    .map(({ id }) => id)
    .sort()
    .join(' ')
    .slice(0, 200);
}
