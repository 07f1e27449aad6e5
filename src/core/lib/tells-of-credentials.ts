import type { Finding } from '../model/finding.ts';
import { severityIds } from '../model/severity.ts';

/** Valid accounts: somebody has credentials that are not theirs. https://attack.mitre.org/techniques/T1078/ */
const misused = /^T1078(\.|$)/;
/** What is done with good credentials as well: accounts changed, partners let in, roles taken in turn. */
const deeds = /^T(1098|1021|1199)(\.|$)/;

/** What GuardDuty and Macie name by a setting that was changed: somebody was allowed to, and mostly did it at work. */
const settings = /^(Policy|Stealth):/;

/**
 * Does it say that credentials are where they do not belong (another network, a program of attackers, two places at once), and not only what
 * was done with them? Administrators do much that looks grave; that is no reason to take them for thieves. What another service reports is taken as
 * it says, but for settings: playbooks name its types. Nothing below Medium.
 */
export function tellsOfCredentials({ rule, severity, imported }: Pick<Finding, 'rule' | 'severity' | 'imported'>): boolean {
  if (severityIds[severity] < severityIds.Medium) return false;
  if (imported !== undefined) return !settings.test(imported.type);
  return rule.techniques.some((id) => misused.test(id)) && !rule.techniques.some((id) => deeds.test(id));
}
