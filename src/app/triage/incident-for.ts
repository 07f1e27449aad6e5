import { memberOf } from '../../core/findings/incidents/member-of.ts';
import { pagesBy } from '../../core/findings/incidents/pages-by.ts';
import { tellsOfCredentials } from '../../core/lib/tells-of-credentials.ts';
import type { DecideContext, IncidentOfFinding } from '../../core/model/decide-context.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Incident } from '../../core/model/incident.ts';
import type { Sequence } from '../../core/model/sequence.ts';
import { severityIds } from '../../core/model/severity.ts';
import type { Tx } from '../../core/ports/store.ts';

/** Of a large incident so many findings tell who did it. */
const mostLooked = 50;

/** What a decision is told of the finding's incident: where it wakes people, who did something of it, and whether that is proven. */
export async function incidentFor(
  tx: Tx,
  { id, pages, members }: Incident,
  finding: Finding,
  sequences: readonly Sequence[],
): Promise<IncidentOfFinding> {
  if (!pages) return { id, pages };
  const confirmed: Finding[] = [];
  for (const member of members.filter((one) => one.finding !== finding.id).slice(0, mostLooked)) {
    const row = await tx.findings.get(member.finding);
    if (row === null || row.state === 'retracted' || severityIds[row.finding.severity] < severityIds.Low) continue;
    if (await isConfirmed(tx, row.finding)) confirmed.push(row.finding);
  }
  const whoDid = (findings: readonly Finding[]) =>
    [
      ...new Set(findings.flatMap(({ actor, evidence }) => [actor, ...evidence.map((one) => one.actor)].flatMap((one) => one?.uid ?? []))),
    ].sort();
  const proven = pagesBy(
    [finding, ...confirmed].flatMap((one) => memberOf(one) ?? []),
    sequences,
  );
  return { id, pages, proven, suspects: whoDid(confirmed), misplaced: whoDid(confirmed.filter(tellsOfCredentials)) };
}

/** Had AWS confirmed the finding's evidence when it was decided as it is now? */
async function isConfirmed(tx: Tx, { id, revision }: Finding): Promise<boolean> {
  const decided = (await tx.decisions.ofFinding(id)).filter((row) => row.revision === revision).at(-1);
  const text = decided === undefined ? null : await tx.documents.get(decided.contextHash);
  return text !== null && (JSON.parse(text) as DecideContext).evidence === 'validated';
}
