import type { Offer } from '../model/decide-context.ts';
import type { Finding } from '../model/finding.ts';
import { severityIds } from '../model/severity.ts';

/** Tactics after which something may be lost for good: data that left, or that is gone. */
const irreversibleTactics: ReadonlySet<string> = new Set(['exfiltration', 'impact']);

/**
 * Risk from 0 to 1000, in whole numbers: likelihood (0 to 10) x impact (0 to 100). Irreversible loss weighs most: a
 * parcel can be sent again, lost data cannot be given back.
 */
export function riskOf(finding: Finding, offers: readonly Offer[]): number {
  const likelihood = finding.kind === 'detection' ? 6 + Math.min(3, finding.evidence.length - 1) + (finding.count.atLeast ? 1 : 0) : 3;
  const irreversible = finding.rule.tactics.some((tactic) => irreversibleTactics.has(tactic)) ? 25 : 0;
  const inUse = offers.some((offer) => offer.servesProduction === 'yes' || offer.legitimateUse === 'some') ? 5 : 0;
  const impact = Math.min(100, severityIds[finding.severity] * 14 + irreversible + inUse);
  return Math.min(10, likelihood) * impact;
}
