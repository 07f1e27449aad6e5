import type { IncidentMember } from '../../model/incident.ts';
import type { Sequence } from '../../model/sequence.ts';
import { judge } from './judge.ts';
import { matchSequence } from './match-sequence.ts';

/** Would these findings alone, as one incident, wake somebody? */
export function pagesBy(members: readonly IncidentMember[], sequences: readonly Sequence[]): boolean {
  const none: ReadonlySet<string> = new Set();
  return judge(
    members,
    sequences.filter((sequence) => matchSequence(sequence, members, none)),
  ).pages;
}
