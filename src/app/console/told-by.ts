import type { Finding, FindingState } from '../../core/model/finding.ts';
import { type FindingSource, findingSources } from '../../core/model/imported.ts';
import type { Severity } from '../../core/model/severity.ts';
import type { Tx } from '../../core/ports/store.ts';
import { toldOf } from '../join-weaknesses.ts';

/** What one of those says who tell of a weakness. */
export interface ToldBy {
  readonly finding: string;
  /** `jobzero`, or a service of AWS. */
  readonly source: 'jobzero' | FindingSource;
  /** Its own name for it: our control, a rule of AWS Config, a control of Security Hub. */
  readonly type: string;
  readonly severity: Severity;
  /** What became of it here. */
  readonly state: FindingState;
  /** As it says itself: it stands, or it does not any more. */
  readonly fails: boolean;
  /** When it said so last, in milliseconds since 1970. */
  readonly at: number;
  /** Where the service shows it; empty for ours. */
  readonly url: string;
}

/** Who tells of the same weakness, this finding too, ours first; empty where nobody else does. */
export async function toldBy(tx: Tx, finding: Finding): Promise<readonly ToldBy[]> {
  const told = await toldOf(tx, finding);
  if (told.length < 2) return [];
  return told.map(({ finding: { id, imported, rule, severity }, state, updatedAt }) => ({
    finding: id,
    source: imported?.source ?? 'jobzero',
    type: imported?.type ?? rule.id,
    severity,
    state,
    // Ours is resolved when its control passes; accepted, it stands.
    fails: imported === undefined ? state !== 'resolved' && state !== 'retracted' : imported.state === 'active',
    at: imported?.updatedAt ?? updatedAt,
    url: imported?.url ?? '',
  }));
}

/** One sentence where ours and AWS's services say different things; null where they do not. Some of those look once a day only. */
export function disagreement(told: readonly ToldBy[]): string | null {
  const ours = told.find(({ source }) => source === 'jobzero');
  if (ours === undefined) return null;
  const others = told.flatMap(({ source, fails }) => (source === 'jobzero' || fails === ours.fails ? [] : [findingSources[source]]));
  if (others.length === 0) return null;
  const names = [...new Set(others)].join(' and ');
  const say = new Set(others).size === 1 ? 'says' : 'say';
  return ours.fails
    ? `${names} ${say} that it is in order, and our own control that it is not.`
    : `Our own control is content, and ${names} ${say} that it still fails.`;
}
