import type { Tx } from '../core/ports/store.ts';

/** An item for each finding that was closed since nothing followed; its id is the finding's. Samples are drawn of them. */
export const quietClosedKind = 'quiet-closed';

/** Notes that a finding was closed for being quiet. */
export async function noteQuietClosed(tx: Tx, finding: string, at: number): Promise<void> {
  const item = { kind: quietClosedKind, id: finding, state: 'closed', dueAt: null, at, doc: {} };
  if (!(await tx.items.add(item))) await tx.items.move(item, ['closed']);
}
