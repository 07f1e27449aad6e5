import type { DecideContext } from '../../core/model/decide-context.ts';
import type { DecisionRow, Tx } from '../../core/ports/store.ts';

/** The last decision on a finding at this revision, or null. */
export async function decisionOn(tx: Tx, finding: string, revision: string): Promise<DecisionRow | null> {
  const rows = (await tx.decisions.ofFinding(finding)).filter((row) => row.revision === revision);
  return rows.toSorted((a, b) => a.at - b.at).at(-1) ?? null;
}

/** What was known of the world when it was decided; null where nothing was, or retention removed it. */
export async function contextOf(tx: Tx, finding: string, revision: string): Promise<DecideContext | null> {
  const row = await decisionOn(tx, finding, revision);
  const text = row === null ? null : await tx.documents.get(row.contextHash);
  return text === null ? null : (JSON.parse(text) as DecideContext);
}
