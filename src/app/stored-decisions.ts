import type { DecisionRow, Store } from '../core/ports/store.ts';

const page = 500;

/** Stored decisions in the order of (at, id), with the texts that they were made from: by hash, null where retention removed one. */
export interface StoredDecisions {
  readonly rows: readonly DecisionRow[];
  readonly texts: ReadonlyMap<string, string | null>;
}

/** Reads all stored decisions, page by page; a text that many share is read once a page. */
export async function* storedDecisions(tenant: string, store: Store): AsyncGenerator<StoredDecisions> {
  for (let after: string | null = null; ; ) {
    const cursor: string | null = after;
    const read = await store.within(tenant, async (tx): Promise<StoredDecisions> => {
      const rows = await tx.decisions.list(cursor, page);
      const texts = new Map<string, string | null>();
      for (const hash of new Set(rows.flatMap((row) => [row.findingHash, row.contextHash, row.toleranceHash, row.engine])))
        texts.set(hash, await tx.documents.get(hash));
      return { rows, texts };
    });
    const last = read.rows.at(-1);
    if (last === undefined) return;
    yield read;
    after = last.id;
  }
}
