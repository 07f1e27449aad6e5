import type { Finding, FindingState } from '../model/finding.ts';

/**
 * How many persons must ask before an action on this finding is undone: two while an attack of critical or high
 * severity is not closed, since undoing a containment lets the attacker back in; else one. `atMost` is for a business
 * that has only one person who could ask.
 */
export function undoPersons(finding: Pick<Finding, 'kind' | 'severity'> | null, state: FindingState | null, atMost: 1 | 2): 1 | 2 {
  if (finding === null || state === null) return 1;
  const isClosed = state === 'resolved' || state === 'suppressed' || state === 'retracted';
  const isGrave = finding.severity === 'Critical' || finding.severity === 'High';
  return finding.kind === 'detection' && isGrave && !isClosed ? atMost : 1;
}
