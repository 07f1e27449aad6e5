import type { Ledger } from '../../core/ports/ledger.ts';

const page = 500;
const pages = 20;

export interface Leaf {
  readonly index: number;
  readonly at: number;
}

/** A leaf; or why it is not told that there is one: null where all leaves were looked at, and it has not been numbered yet. */
export type FoundLeaf = { readonly leaf: Leaf } | { readonly leaf: null; readonly missed: string | null };

/**
 * The newest numbered leaf about one of these subjects. Looks at the last 10,000 leaves only: this is a
 * picture's label; the proof is `verify`.
 */
export async function findLeaf(ledger: Pick<Ledger, 'latest' | 'entries'>, subjects: ReadonlySet<string>): Promise<FoundLeaf> {
  let unreadable = '';
  const size = (await ledger.latest())?.size ?? 0;
  for (let end = size, n = 0; end > 0 && n < pages; end -= page, n++) {
    const from = Math.max(0, end - page);
    const entries = await ledger.entries(from, end - from);
    for (const entry of entries.toReversed()) {
      const leaf = readLeaf(entry.bytes);
      if (leaf === null) unreadable = `leaf ${entry.index} cannot be read`;
      else if (subjects.has(leaf.subject)) return { leaf: { index: entry.index, at: leaf.at } };
    }
  }
  const older = size > page * pages ? `not among the newest ${page * pages} leaves` : '';
  return { leaf: null, missed: unreadable || older || null };
}

/** What a leaf says on its face. `data` is empty where it has none. */
export interface LeafFace {
  readonly type: string;
  readonly subject: string;
  readonly at: number;
  readonly data: { readonly [name: string]: unknown };
}

/** Null for bytes that are no entry of ours. */
export function readLeaf(bytes: string): LeafFace | null {
  try {
    const entry: unknown = JSON.parse(bytes);
    if (entry === null || typeof entry !== 'object') return null;
    const { type, subject, at, data } = entry as Record<string, unknown>;
    if (typeof type !== 'string' || typeof subject !== 'string' || typeof at !== 'number') return null;
    return { type, subject, at, data: data !== null && typeof data === 'object' ? (data as LeafFace['data']) : {} };
  } catch {
    return null;
  }
}
