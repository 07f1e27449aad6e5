import type { Grave } from '../../model/page.ts';
import { type Severity, severityIds } from '../../model/severity.ts';

/** What is known of an attack when a page is raised for it. */
export interface Attack {
  /** Its incident wakes people: core/findings/incidents/judge. */
  readonly pages: boolean;
  readonly severity: Severity;
  /** Stories that it tells: ids of sequences. */
  readonly sequences: readonly string[];
  /** Tactics that different rules stand for. */
  readonly tactics: readonly string[];
  /** Its findings. */
  readonly findings: readonly { readonly severity: Severity; readonly tactics: readonly string[]; readonly open: boolean }[];
  /** Time of its last event. */
  readonly lastTime: number;
}

/** What happened longer ago is not stopped by waking somebody. Longer than any log that we read is late. */
const recentMs = 12 * 3_600_000;
/** So many tactics are no accident: ATT&CK's columns, as core/findings/incidents/judge counts them. */
const manyTactics = 3;
const loss: ReadonlySet<string> = new Set(['exfiltration', 'impact']);

/**
 * May it break quiet hours? Data loss: a finding of High or above of exfiltration or impact, contained or not. An active intruder: an
 * incident that pages and is more than one odd call (Critical, a story, or three tactics), of which something grave is not contained.
 */
export function graveOf({ pages, severity, sequences, tactics, findings, lastTime }: Attack, at: number): Grave | null {
  if (at - lastTime > recentMs) return null;
  const high = findings.filter((finding) => severityIds[finding.severity] >= severityIds.High);
  if (high.some((finding) => finding.tactics.some((tactic) => loss.has(tactic)))) return 'data-loss';
  const intruder = pages && (severity === 'Critical' || sequences.length > 0 || tactics.length >= manyTactics);
  // An incident of weak signals has no High finding: then any of its findings that is open counts.
  return intruder && (high.length > 0 ? high : findings).some(({ open }) => open) ? 'active-intruder' : null;
}
