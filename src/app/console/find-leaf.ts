import type { Ledger } from '../../core/ports/ledger.ts';
import type { Leaf } from './way-of-finding.ts';

const page = 500;
const pages = 20;

/**
 * The newest numbered leaf about one of these subjects, or null. Looks at the last 10,000 leaves only: this is a
 * picture's label; the proof is `verify`.
 */
export async function findLeaf(ledger: Ledger, subjects: ReadonlySet<string>): Promise<Leaf | null> {
  const size = (await ledger.latest())?.size ?? 0;
  for (let end = size, n = 0; end > 0 && n < pages; end -= page, n++) {
    const from = Math.max(0, end - page);
    const entries = await ledger.entries(from, end - from);
    for (const entry of entries.toReversed()) {
      const leaf = readLeaf(entry.bytes);
      if (leaf !== null && subjects.has(leaf.subject)) return { index: entry.index, at: leaf.at };
    }
  }
  return null;
}

/** What a leaf says on its face; null for bytes that are no entry of ours. */
export function readLeaf(bytes: string): { readonly type: string; readonly subject: string; readonly at: number } | null {
  try {
    const entry: unknown = JSON.parse(bytes);
    if (entry === null || typeof entry !== 'object') return null;
    const { type, subject, at } = entry as Record<string, unknown>;
    return typeof type === 'string' && typeof subject === 'string' && typeof at === 'number' ? { type, subject, at } : null;
  } catch {
    return null;
  }
}
