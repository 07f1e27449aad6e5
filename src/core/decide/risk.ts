import type { DecideContext } from '../model/decide-context.ts';
import type { Finding } from '../model/finding.ts';
import { severityIds } from '../model/severity.ts';

/** Tactics after which something may be lost for good: data that left, or that is gone. */
const irreversibleTactics: ReadonlySet<string> = new Set(['exfiltration', 'impact']);

/**
 * Risk from 0 to 1000, in whole numbers: likelihood (0 to 10) x impact (0 to 100). Irreversible loss weighs most: a
 * parcel can be sent again, lost data cannot be given back. `weight` is what tolerance adds for this part of the business; a weakness of High or
 * above that stands open at the same resource makes it likelier that somebody got through.
 */
export function riskOf(finding: Finding, { offers, about }: Pick<DecideContext, 'offers' | 'about'>, weight: number): number {
  const open = about?.standing.some(({ severity }) => severityIds[severity] >= severityIds.High) === true ? 2 : 0;
  const seen = finding.kind === 'detection' ? 6 + Math.min(3, finding.evidence.length - 1) + (finding.count.atLeast ? 1 : 0) : 3;
  const irreversible = finding.rule.tactics.some((tactic) => irreversibleTactics.has(tactic)) ? 25 : 0;
  const inUse = offers.some((offer) => offer.servesProduction === 'yes' || offer.legitimateUse === 'some') ? 5 : 0;
  const impact = severityIds[finding.severity] * 14 + irreversible + inUse + weight;
  return Math.min(10, seen + open) * Math.min(100, Math.max(1, impact));
}
