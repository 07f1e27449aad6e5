import type { Evidence } from '../model/finding.ts';
import { compareEvidence } from './compare-evidence.ts';

/** A match, and what of it is told apart: a value, a time, or the match itself. */
export interface Mark<T> {
  readonly what: string;
  readonly item: T;
}

/** Matches of one rule in a slice of time: the first marks of the `k` things that came first, and the last of the `k` that came last. */
export interface Ends {
  readonly t: 'ends';
  readonly k: number;
  /** In the order of matches. */
  readonly marks: readonly Mark<Evidence>[];
  /** There are others. */
  readonly more: boolean;
}

export function joinEnds(a: Ends, b: Ends): Ends {
  const k = Math.max(a.k, b.k);
  return { t: 'ends', k, ...endsOf([...a.marks, ...b.marks], compareEvidence, a.more || b.more, k) };
}

/**
 * What of a list of marks is kept; idempotent. A thing that is dropped has `k` before it, or behind it, whatever comes later,
 * so that parts may be trimmed before they are joined.
 */
export function endsOf<T extends { readonly time: number; readonly key: string }>(
  all: readonly Mark<T>[],
  compare: (a: T, b: T) => number,
  more: boolean,
  k: number,
): { readonly marks: readonly Mark<T>[]; readonly more: boolean } {
  const inOrder = (a: Mark<T>, b: Mark<T>) => compare(a.item, b.item) || compareTexts(a.what, b.what);
  // Of two records with one id the smaller bytes stand, from either end.
  const fromEnd = (a: Mark<T>, b: Mark<T>) => b.item.time - a.item.time || compareTexts(b.item.key, a.item.key) || inOrder(a, b);
  const sorted = different([...all].sort(inOrder));
  const first = firstOf(sorted, k);
  const last = firstOf([...sorted].sort(fromEnd), k);
  const kept = new Set([...first, ...last]);
  const marks = sorted.filter((mark) => kept.has(mark));
  return { marks, more: more || marks.length < sorted.length };
}

/** Of marks in order each match and thing once. */
function different<T extends { readonly time: number; readonly key: string }>(sorted: readonly Mark<T>[]): readonly Mark<T>[] {
  const seen = new Set<string>();
  return sorted.filter(({ what, item }) => {
    const name = JSON.stringify([item.time, item.key, what]);
    return seen.size < seen.add(name).size;
  });
}

/** The first marks of `k` different things. */
function firstOf<T>(sorted: readonly Mark<T>[], k: number): readonly Mark<T>[] {
  const seen = new Set<string>();
  const marks: Mark<T>[] = [];
  for (const mark of sorted) {
    if (marks.length === k) break;
    if (seen.has(mark.what)) continue;
    seen.add(mark.what);
    marks.push(mark);
  }
  return marks;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
