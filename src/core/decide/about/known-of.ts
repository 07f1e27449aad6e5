import { clipLine } from '../../lib/clip.ts';
import type { Fact, Known, Level } from '../../model/decide-context.ts';

/** A fact with the level that it proves. */
export interface Proof extends Fact {
  readonly level: Level;
}

const mostFacts = 5;
const mostUnknown = 5;
const longest = 240;

/** What proofs say together: the gravest counts, those that weigh most are shown, in an order that does not depend on theirs. */
export function knownOf(proofs: readonly Proof[], unknown: readonly string[]): Known {
  const distinct = new Map(proofs.map((proof) => [`${proof.level} ${proof.says}\n${proof.from}`, proof]));
  const facts = [...distinct.values()].sort((a, b) => b.level - a.level || order(a.says, b.says) || order(a.from, b.from));
  const missing = [...new Set(unknown)].sort();
  return {
    level: facts[0]?.level ?? 0,
    facts: facts.slice(0, mostFacts).map(({ says, from }) => ({ says: clipLine(says, longest), from: clipLine(from, longest) })),
    n: facts.length,
    unknown: [
      ...missing.slice(0, mostUnknown).map((text) => clipLine(text, longest)),
      ...(missing.length > mostUnknown ? [`and ${missing.length - mostUnknown} more`] : []),
    ],
  };
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
