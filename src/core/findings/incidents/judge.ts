import { tactics } from '../../model/attack.ts';
import type { IncidentMember } from '../../model/incident.ts';
import type { Sequence } from '../../model/sequence.ts';
import { type Severity, severities, severityIds } from '../../model/severity.ts';
import { tacticReach } from './tactic-reach.ts';

export interface Verdict {
  readonly severity: Severity;
  readonly pages: boolean;
  readonly why: readonly string[];
  readonly tactics: readonly string[];
}

/** Weak findings page together when they reach so many tactics: of Low and above, and of these by Medium and above. */
const weakPage = { tactics: 4, medium: 2 } as const;
/** Or so many tactics by Medium and above alone. */
const mediumPage = 3;
/** A grave finding with so many tactics around it is Critical. */
const criticalTactics = 5;

/**
 * How grave an incident is and whether it pages: one High finding does, a sequence of severity High does, and weak
 * findings do when they reach many tactics. Integers only; Informational findings never count.
 */
export function judge(members: readonly IncidentMember[], matched: readonly Sequence[]): Verdict {
  const worst = gravest(members.map(({ severity }) => severity));
  const told = gravest(matched.map(({ severity }) => severity));
  const above = (severity: Severity) => members.filter((member) => severityIds[member.severity] >= severityIds[severity]);
  const grave = above('High');
  const all = tacticReach(above('Low'));
  const medium = tacticReach(above('Medium'));
  const why: string[] = [];
  if (grave.length > 0) why.push(`${counted(grave.length, 'finding')} of severity High or above.`);
  for (const { id, title, severity } of matched) if (isGrave(severity)) why.push(`The sequence ${id}: ${title}.`);
  const weak = (all.length >= weakPage.tactics && medium.length >= weakPage.medium) || medium.length >= mediumPage;
  if (weak)
    why.push(`${counted(all.length, 'tactic')} (${all.map(nameOf).join(', ')}), ${medium.length} by findings of severity Medium or above.`);
  const pages = why.length > 0;
  if (!pages) why.push(`No finding of severity High, no such sequence, and ${counted(all.length, 'tactic')}: too little to wake somebody.`);
  const highest = gravest([worst, told, ...(weak ? (['High'] as const) : [])]);
  return { severity: isGrave(highest) && all.length >= criticalTactics ? 'Critical' : highest, pages, why, tactics: all };
}

function isGrave(severity: Severity): boolean {
  return severityIds[severity] >= severityIds.High;
}

function gravest(list: readonly Severity[]): Severity {
  return severities.find((severity) => list.includes(severity)) ?? 'Informational';
}

function counted(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}

function nameOf(tactic: string): string {
  return tactics.get(tactic)?.name ?? tactic;
}
