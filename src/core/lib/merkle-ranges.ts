import { Frontier, splitOf } from './merkle.ts';

/** Leaves `from` up to before `to`. */
export interface LeafRange {
  readonly from: number;
  readonly to: number;
}

/**
 * The leaves under each hash of the inclusion proof of leaf `index` in a log of `size` leaves (RFC 6962, section 2.1.1), in the proof's
 * order. With `RangeRoots` a proof takes one pass over the leaves and a few hashes of memory, however long the log is.
 */
export function inclusionRanges(size: number, index: number): readonly LeafRange[] {
  if (!(Number.isSafeInteger(index) && index >= 0 && index < size)) throw new RangeError(`no leaf ${index} among ${size}`);
  const ranges: LeafRange[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    if (index < middle) {
      ranges.push({ from: middle, to });
      to = middle;
    } else {
      ranges.push({ from, to: middle });
      from = middle;
    }
  }
  return ranges.reverse();
}

/** The same for the proof that the first `size` leaves are a prefix of the log of `of` leaves (RFC 6962, section 2.1.2). */
export function consistencyRanges(size: number, of: number): readonly LeafRange[] {
  if (!(Number.isSafeInteger(size) && size >= 0 && size <= of)) throw new RangeError(`no prefix of ${size} among ${of}`);
  if (size === 0 || size === of) return [];
  const ranges: LeafRange[] = [];
  let [from, to, whole] = [0, of, true];
  while (size !== to) {
    const middle = from + splitOf(to - from);
    if (size <= middle) {
      ranges.push({ from: middle, to });
      to = middle;
    } else {
      ranges.push({ from, to: middle });
      from = middle;
      whole = false;
    }
  }
  // What is the whole prefix, its reader knows already.
  return [...(whole ? [] : [{ from, to }]), ...ranges.reverse()];
}

/** Collects the roots over ranges of a log whose leaf hashes are given one after the other, in any split but in order. */
export class RangeRoots {
  private readonly parts: readonly { readonly range: LeafRange; readonly frontier: Frontier }[];

  constructor(ranges: readonly LeafRange[]) {
    this.parts = ranges.map((range) => ({ range, frontier: new Frontier() }));
  }

  push(index: number, hash: Uint8Array): void {
    for (const { range, frontier } of this.parts) if (index >= range.from && index < range.to) frontier.push(hash);
  }

  /** In the order of the ranges. Throws a RangeError when leaves of one were not given. */
  roots(): readonly Buffer[] {
    return this.parts.map(({ range: { from, to }, frontier }) => {
      if (frontier.size !== to - from) throw new RangeError(`leaves ${from} to ${to} were not all given`);
      return frontier.root();
    });
  }
}
