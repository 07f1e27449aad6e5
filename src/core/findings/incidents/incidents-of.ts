import type { Finding } from '../../model/finding.ts';
import type { Incident, IncidentMember } from '../../model/incident.ts';
import type { Sequence } from '../../model/sequence.ts';
import { severityIds } from '../../model/severity.ts';
import { countedOnce } from './counted-once.ts';
import { incidentOf } from './incident-of.ts';
import { crowdedKeys, joinMembers } from './join-members.ts';
import { judge } from './judge.ts';
import { matchSequence } from './match-sequence.ts';
import { memberOf } from './member-of.ts';

/** The incidents of findings, sorted by id: a function of the set of them. Of two with one id the smaller revision counts. */
export function incidentsOf(findings: Iterable<Finding>, sequences: readonly Sequence[], tenant: string): readonly Incident[] {
  const members = new Map<string, IncidentMember>();
  for (const finding of findings) {
    const known = members.get(finding.id);
    if (known !== undefined && known.revision <= finding.revision) continue;
    const member = memberOf(finding);
    if (member !== null) members.set(member.finding, member);
  }
  const all = [...members.values()];
  return incidentsOfMembers(all, crowdedKeys(all), sequences, tenant).map(({ incident }) => incident);
}

/** The same of different members, with the links that do not count. */
export function incidentsOfMembers(
  members: readonly IncidentMember[],
  crowded: ReadonlySet<string>,
  sequences: readonly Sequence[],
  tenant: string,
): readonly { readonly incident: Incident; readonly members: readonly IncidentMember[] }[] {
  return joinMembers(members, crowded)
    .flatMap((group) => {
      const counted = countedOnce(group);
      const matched = counted.length === 1 ? [] : sequences.filter((sequence) => matchSequence(sequence, counted, crowded));
      if (!isIncident(counted, matched)) return [];
      return [{ incident: incidentOf(group, matched, judge(counted, matched), tenant), members: group }];
    })
    .sort((a, b) => (a.incident.id < b.incident.id ? -1 : 1));
}

/** A weak finding alone, or one rule's weak ones, are findings only, unless a story says what a note beside them means. */
function isIncident(members: readonly IncidentMember[], matched: readonly Sequence[]): boolean {
  if (matched.some(({ severity }) => severityIds[severity] >= severityIds.High)) return true;
  if (members.some(({ severity }) => severityIds[severity] >= severityIds.High)) return true;
  return new Set(members.flatMap(({ rule, severity }) => (severityIds[severity] >= severityIds.Low ? [rule] : []))).size > 1;
}
