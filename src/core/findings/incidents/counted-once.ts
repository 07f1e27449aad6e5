import type { IncidentMember } from '../../model/incident.ts';
import { severityIds } from '../../model/severity.ts';

/** What two services say of one thing, they say within a day. */
export const sameWithin = 24 * 3_600_000;

/**
 * The members as they count: what another service found, and a rule of ours found too, counts once, as the graver of the two says. Of
 * several findings of the rule that nearest in time stands for both.
 */
export function countedOnce(members: readonly IncidentMember[]): readonly IncidentMember[] {
  const echoes = members.filter(({ sameAs }) => sameAs !== undefined);
  if (echoes.length === 0) return members;
  const graver = new Map<string, IncidentMember['severity']>();
  const gone = new Set<string>();
  for (const echo of echoes) {
    const twin = twinOf(echo, members);
    if (twin === undefined) continue;
    gone.add(echo.finding);
    const severity = graver.get(twin.finding) ?? twin.severity;
    if (severityIds[echo.severity] > severityIds[severity]) graver.set(twin.finding, echo.severity);
  }
  return members.flatMap((member) => {
    if (gone.has(member.finding)) return [];
    const severity = graver.get(member.finding);
    return [severity === undefined ? member : { ...member, severity }];
  });
}

/** The finding of our own that says the same. */
function twinOf(echo: IncidentMember, members: readonly IncidentMember[]): IncidentMember | undefined {
  const away = ({ firstTime }: IncidentMember) => Math.abs(firstTime - echo.firstTime);
  return members
    .filter(
      (one) =>
        one.sameAs === undefined && echo.sameAs?.includes(one.rule) === true && one.account === echo.account && away(one) <= sameWithin,
    )
    .sort((a, b) => away(a) - away(b) || (a.finding < b.finding ? -1 : 1))[0];
}
