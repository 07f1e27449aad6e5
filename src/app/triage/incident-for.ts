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
  for (const one of await confirmedOf(
    tx,
    members
      .filter((member) => member.finding !== finding.id)
      .slice(0, mostLooked)
      .map((member) => member.finding),
  )) {
    const row = await tx.findings.get(one);
    if (row !== null && severityIds[row.finding.severity] >= severityIds.Low) confirmed.push(row.finding);
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

/** Those of findings whose evidence AWS had confirmed when they were decided as they are now, in their order. */
async function confirmedOf(tx: Tx, findings: readonly string[]): Promise<readonly string[]> {
  const now = new Map(
    (await tx.findings.versions(findings)).filter(({ state }) => state !== 'retracted').map((one) => [one.id, one.revision]),
  );
  const decided = new Map((await tx.decisions.lastOf([...now.keys()])).map((row) => [row.finding, row]));
  const confirmed: string[] = [];
  for (const finding of findings) {
    const row = decided.get(finding);
    if (row !== undefined && row.revision === now.get(finding) && (await wasConfirmed(tx, row.contextHash))) confirmed.push(finding);
  }
  return confirmed;
}

/** By the hash of what a decision was made from: it never changes, and in a large incident it is asked again for each of its findings. */
const knownConfirmed = new Map<string, boolean>();
const mostKnown = 20_000;

async function wasConfirmed(tx: Tx, contextHash: string): Promise<boolean> {
  const known = knownConfirmed.get(contextHash);
  if (known !== undefined) return known;
  const text = await tx.documents.get(contextHash);
  if (text === null) return false;
  const confirmed = (JSON.parse(text) as DecideContext).evidence === 'validated';
  if (knownConfirmed.size >= mostKnown) knownConfirmed.clear();
  knownConfirmed.set(contextHash, confirmed);
  return confirmed;
}
