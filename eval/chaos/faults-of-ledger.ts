import { canonicalJson } from '../../src/core/lib/canonical-json.ts';
import { hashOf } from '../../src/core/lib/hash.ts';
import type { LedgerEntry, Store } from '../../src/core/ports/store.ts';

/**
 * What is wrong with the leaves of one action: a state or a receipt that is told twice, a receipt without its leaf or whose document
 * differs from its leaf, an end before the beginning.
 */
export async function faultsOfLedger(
  store: Store & { entries(tenant: string): readonly LedgerEntry[] },
  tenant: string,
  action: string,
): Promise<readonly string[]> {
  const leaves = store.entries(tenant).filter(({ subject }) => subject === action);
  const found: string[] = [];
  const told = new Map<string, number>();
  for (const { type, data } of leaves) {
    if (type !== 'receipt' && type !== 'action') continue;
    const what = `${type} ${String(data['step'] ?? data['state'])}`;
    told.set(what, (told.get(what) ?? 0) + 1);
  }
  for (const [what, times] of told) if (times > 1) found.push(`the ledger tells of ${what} ${times} times`);
  const states = leaves.flatMap(({ type, data }) => (type === 'action' ? String(data['state']) : []));
  const begun = states.indexOf('running');
  const ended = states.findIndex((state) => ['verified', 'unverified', 'failed'].includes(state));
  if (ended >= 0 && (begun < 0 || begun > ended)) found.push(`the ledger tells of an end before the beginning: ${states.join(', ')}`);
  await store.within(tenant, async (tx) => {
    const receipts = await tx.actions.receipts(action);
    const hashes = new Set(leaves.flatMap(({ type, data }) => (type === 'receipt' ? String(data['receiptHash']) : [])));
    for (const receipt of receipts) {
      const hash = hashOf(receipt);
      // What was carried out before this store began has its leaf elsewhere.
      if (begun >= 0 && !hashes.delete(hash)) found.push(`receipt ${receipt.step} has no leaf`);
      const document = await tx.documents.get(hash);
      if (begun >= 0 && document !== canonicalJson(receipt)) found.push(`the document of receipt ${receipt.step} is another`);
    }
    if (hashes.size > 0) found.push(`${hashes.size} leaves tell of receipts that are not there`);
  });
  return found;
}
