import { tactics as known } from '../../model/attack.ts';
import type { IncidentMember } from '../../model/incident.ts';

const columns = [...known.keys()];

/** ATT&CK's tactics among these, each once, in the order of its columns. Names of other versions are left out. */
export function inColumns(tactics: Iterable<string>): readonly string[] {
  const wanted = new Set(tactics);
  return columns.filter((tactic) => wanted.has(tactic));
}

/**
 * The tactics that an attacker has reached, in the order of ATT&CK's columns: as many as can be told apart when one rule
 * stands for one tactic (a maximum matching; of equal ones, that which has the first rules by id). A rule may name four
 * tactics, and thirty keys made in a rotation are one thing.
 */
export function tacticReach(members: Iterable<IncidentMember>): readonly string[] {
  const rules = new Map<string, readonly string[]>();
  for (const { rule, tactics } of members) if (!rules.has(rule)) rules.set(rule, inColumns(tactics));
  const standsFor = new Map<string, string>();
  const place = (rule: string, tried: Set<string>): boolean => {
    for (const tactic of rules.get(rule) ?? []) {
      if (tried.has(tactic)) continue;
      tried.add(tactic);
      const other = standsFor.get(tactic);
      if (other !== undefined && !place(other, tried)) continue;
      standsFor.set(tactic, rule);
      return true;
    }
    return false;
  };
  for (const rule of [...rules.keys()].sort()) place(rule, new Set());
  return inColumns(standsFor.keys());
}
