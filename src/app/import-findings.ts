import { type Copies, joinCopies } from '../core/findings/imported/copies.ts';
import { type AnsweredBy, importedFinding } from '../core/findings/imported/imported-finding.ts';
import { canonicalJson } from '../core/lib/canonical-json.ts';
import type { FindingChange } from '../core/model/finding.ts';
import type { Json } from '../core/model/json.ts';
import type { Tx } from '../core/ports/store.ts';
import { joinWeaknesses } from './join-weaknesses.ts';

const kind = 'imported-finding';

/**
 * Joins copies of other services' findings with those that are stored, and writes the findings that they make, each joined with what else tells
 * of its weakness, in the caller's transaction.
 * Returns what is new or changed; whoever calls joins that into incidents. Copies that are known already change nothing.
 */
export async function importFindings(
  tx: Tx,
  copies: readonly (readonly [id: string, copies: Copies])[],
  answeredBy: AnsweredBy,
  at: number,
): Promise<readonly FindingChange[]> {
  const changes: FindingChange[] = [];
  for (const [id, more] of copies) {
    const stored = await tx.items.get(kind, id);
    const known = stored === null ? null : (stored.doc as unknown as Copies);
    const joined = known === null ? more : joinCopies(known, more);
    if (known !== null && canonicalJson(known) === canonicalJson(joined)) continue;
    const item = { kind, id, state: 'kept', dueAt: null, at, doc: joined as unknown as Json };
    if (!(await tx.items.add(item))) await tx.items.move(item, ['kept']);
    const finding = importedFinding(tx.tenant, joined, answeredBy);
    if (finding === null) continue;
    const before = await tx.findings.get(finding.id);
    if (!(await tx.findings.put(finding, at))) continue;
    changes.push({ type: 'raised', finding, supersedes: before?.finding.revision ?? null });
    // What ended here and is put away there does not come back by that.
    if (before?.state === 'resolved' && finding.imported?.state !== 'active')
      await tx.findings.live(finding.id, 'resolved', at, 'automation', 'It is put away at its source as well.');
  }
  await joinWeaknesses(
    tx,
    changes.flatMap((change) => (change.type === 'raised' ? [change.finding] : [])),
    at,
  );
  return changes;
}
