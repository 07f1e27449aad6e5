import type { DecideContext, Known, Level } from '../model/decide-context.ts';
import type { Finding } from '../model/finding.ts';
import { severityIds } from '../model/severity.ts';

/** Tactics after which something may be lost for good: data that left, or that is gone. */
const irreversibleTactics: ReadonlySet<string> = new Set(['exfiltration', 'impact']);

/** What each level of a respect adds, by level from 0; what is not known adds nothing. docs/guides/tolerance-and-arming.md has the same table. */
const adds = {
  exposed: [0, 0, 1, 2],
  exploited: [0, 1, 2, 3],
  reach: [0, 2, 6, 12],
  data: [0, 2, 8, 15],
} as const satisfies { readonly [respect: string]: { readonly [level in Level]: number } };

export interface Risk {
  /** 0 to 10. */
  readonly likelihood: number;
  /** 1 to 100. */
  readonly impact: number;
}

/**
 * Likelihood and impact of what a finding tells, in whole numbers. Irreversible loss weighs most: a parcel can be sent again, lost data cannot be
 * given back. `weight` is what tolerance adds for this part of the business. A weakness of High or above that stands open at the same resource, a
 * way in, and that somebody uses it, make it likelier that somebody got through; where one gets from there and what lies there make it worse.
 */
export function riskParts(finding: Finding, { offers, about }: Pick<DecideContext, 'offers' | 'about'>, weight: number): Risk {
  const added = (respect: keyof typeof adds) => adds[respect][levelOf(about?.[respect])];
  const open = about?.standing.some(({ severity }) => severityIds[severity] >= severityIds.High) === true ? 2 : 0;
  const seen = finding.kind === 'detection' ? 6 + Math.min(3, finding.evidence.length - 1) + (finding.count.atLeast ? 1 : 0) : 3;
  const irreversible = finding.rule.tactics.some((tactic) => irreversibleTactics.has(tactic)) ? 25 : 0;
  const inUse = offers.some((offer) => offer.servesProduction === 'yes' || offer.legitimateUse === 'some') ? 5 : 0;
  const impact = severityIds[finding.severity] * 14 + irreversible + inUse + weight + added('reach') + added('data');
  return {
    likelihood: Math.min(10, seen + open + added('exposed') + added('exploited')),
    impact: Math.min(100, Math.max(1, impact)),
  };
}

/** Risk from 0 to 1000: likelihood x impact. */
export function riskOf(finding: Finding, context: Pick<DecideContext, 'offers' | 'about'>, weight: number): number {
  const { likelihood, impact } = riskParts(finding, context, weight);
  return likelihood * impact;
}

function levelOf(known: Known | undefined): Level {
  return known?.level ?? 0;
}
