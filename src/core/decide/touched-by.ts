import { meetsWildcard } from '../lib/wildcard.ts';
import type { Finding } from '../model/finding.ts';
import type { Target } from '../model/plan.ts';

/** What an action would touch: its target and the role of who did it; where it cuts somebody off, all whose credentials the evidence names, with their roles. */
export function touchedBy(
  { uid }: Pick<Target, 'uid'>,
  cutsOff: boolean,
  { actor, evidence }: Pick<Finding, 'actor' | 'evidence'>,
): readonly string[] {
  const actors = [actor, ...(cutsOff ? evidence.map((one) => one.actor) : [])];
  const arns = actors.flatMap((one) => (one === undefined ? [] : [...(cutsOff ? [one.uid] : []), one.issuer ?? '']));
  return [uid, ...arns].filter((arn) => arn !== '');
}

/** Does one of these ARNs meet one of the patterns? */
export function meetsAny(arns: readonly string[], patterns: readonly string[]): boolean {
  return patternsMet(arns, patterns).length > 0;
}

/**
 * The patterns of what jobzero itself needs that an action would touch. Settings of an account bear the ARN of its root, and only who cuts
 * somebody off means the root user by it.
 */
export function ownTouched(touched: readonly string[], cutsOff: boolean, own: readonly string[]): readonly string[] {
  return patternsMet(cutsOff ? touched : touched.filter((arn) => !arn.endsWith(':root')), own);
}

function patternsMet(arns: readonly string[], patterns: readonly string[]): readonly string[] {
  return patterns.filter((pattern) => arns.some((arn) => meetsWildcard(pattern, arn)));
}
