import type { DecideContext } from '../../core/model/decide-context.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Incident } from '../../core/model/incident.ts';
import { severityIds } from '../../core/model/severity.ts';
import type { Tx } from '../../core/ports/store.ts';

/** Of a large incident so many findings tell who did it. */
const mostLooked = 50;

/** What a decision is told of the finding's incident: who did something of its other findings, where it wakes people. */
export async function incidentFor(
  tx: Tx,
  { id, pages, members }: Incident,
  finding: Finding,
): Promise<NonNullable<DecideContext['incident']>> {
  if (!pages) return { id, pages };
  const suspects = new Set<string>();
  for (const member of members.filter((one) => one.finding !== finding.id).slice(0, mostLooked)) {
    const row = await tx.findings.get(member.finding);
    if (row === null || row.state === 'retracted' || severityIds[row.finding.severity] < severityIds.Low) continue;
    for (const actor of [row.finding.actor, ...row.finding.evidence.map((one) => one.actor)])
      if (actor !== undefined) suspects.add(actor.uid);
  }
  return { id, pages, suspects: [...suspects].sort() };
}
