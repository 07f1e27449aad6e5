import type { Finding } from '../../model/finding.ts';
import type { IncidentMember } from '../../model/incident.ts';
import { severityIds } from '../../model/severity.ts';
import { memberOf } from './member-of.ts';

/** Keeps what incidents need of the `most` gravest findings (of equal ones those with the smaller ids), about 1 kB each. */
export function gravestMembers(most: number): {
  add(finding: Finding): void;
  end(): { readonly members: readonly IncidentMember[]; readonly leftOut: number };
} {
  let held: IncidentMember[] = [];
  let n = 0;
  const cut = () => {
    held.sort((a, b) => severityIds[b.severity] - severityIds[a.severity] || (a.finding < b.finding ? -1 : 1));
    held = held.slice(0, most);
  };
  return {
    add(finding) {
      const member = memberOf(finding);
      if (member === null) return;
      n++;
      held.push(member);
      if (held.length >= most + 1_000) cut();
    },
    end() {
      cut();
      return { members: held, leftOut: n - held.length };
    },
  };
}
