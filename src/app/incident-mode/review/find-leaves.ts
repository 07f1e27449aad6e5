import { leafHash } from '../../../core/lib/merkle.ts';
import type { Ledger } from '../../../core/ports/ledger.ts';
import { type LeafFace, readLeaf } from '../../console/find-leaf.ts';

/** A leaf of the ledger that tells of something in the review. */
export interface FoundLeaf extends LeafFace {
  readonly index: number;
  /** RFC 6962 leaf hash, in hexadecimal digits. */
  readonly hash: string;
}

const page = 1_000;
/** A review reads so many leaves at most, from the end: about a day of a large organisation. */
const most = 500_000;

/** The leaves about these subjects that are not older than a time, in their order; `all` is false where the ledger was too long to read. */
export async function findLeaves(
  ledger: Pick<Ledger, 'latest' | 'entries'>,
  subjects: ReadonlySet<string>,
  since: number,
): Promise<{ readonly leaves: readonly FoundLeaf[]; readonly all: boolean }> {
  const size = (await ledger.latest())?.size ?? 0;
  const found: FoundLeaf[] = [];
  let end = size;
  for (let older = 0; end > 0 && size - end < most && older < page; end = Math.max(0, end - page)) {
    const from = Math.max(0, end - page);
    for (const { index, bytes } of await ledger.entries(from, end - from)) {
      const leaf = readLeaf(bytes);
      if (leaf === null) continue;
      // Clocks of several machines differ: a whole page of what is older ends the search.
      older = leaf.at < since ? older + 1 : 0;
      if (subjects.has(leaf.subject)) found.push({ index, hash: leafHash(bytes).toString('hex'), ...leaf });
    }
  }
  return { leaves: found.sort((a, b) => a.index - b.index), all: end <= 0 || size - end < most };
}
