/** The tactics of ATT&CK 19 in the order of its columns, with their names (https://attack.mitre.org/tactics/enterprise/). */
const names: readonly (readonly [tactic: string, name: string])[] = [
  ['reconnaissance', 'Reconnaissance'],
  ['resource-development', 'Resource Development'],
  ['initial-access', 'Initial Access'],
  ['execution', 'Execution'],
  ['persistence', 'Persistence'],
  ['privilege-escalation', 'Privilege Escalation'],
  ['stealth', 'Stealth'],
  ['defense-impairment', 'Defense Impairment'],
  ['credential-access', 'Credential Access'],
  ['discovery', 'Discovery'],
  ['lateral-movement', 'Lateral Movement'],
  ['collection', 'Collection'],
  ['command-and-control', 'Command and Control'],
  ['exfiltration', 'Exfiltration'],
  ['impact', 'Impact'],
];
const byTactic = new Map(names);

/** In the order of the columns; what ATT&CK does not know comes last. */
export function inColumns(tactics: Iterable<string>): readonly string[] {
  const wanted = new Set(tactics);
  return [...names.flatMap(([tactic]) => (wanted.delete(tactic) ? [tactic] : [])), ...[...wanted].sort()];
}

export function tacticName(tactic: string): string {
  return byTactic.get(tactic) ?? tactic;
}
