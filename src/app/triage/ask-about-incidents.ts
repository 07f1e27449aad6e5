import type { Incident } from '../../core/model/incident.ts';
import { type Severity, severityIds } from '../../core/model/severity.ts';
import type { DecisionRow, FindingRow, Tx } from '../../core/ports/store.ts';
import { inHand } from '../incident-in-hand.ts';
import { ask } from './ask.ts';
import { questionsWaiting } from './ask-actor.ts';
import type { AskDeps } from './follow-questions.ts';
import { isCutOff } from './is-cut-off.ts';
import { partsOf } from './question-of.ts';

const mostIncidents = 200;
const mostWaiting = 500;
/** Findings of an incident that are looked at: one of them stands for it in the question. */
const mostLooked = 50;
/** So long an incident may still grow, and automation may still cut somebody off. */
const settlesIn = 2 * 60_000;

/**
 * Puts a question about each incident that wakes people and that has none: nobody was cut off, nobody has judged it, nobody is being asked. Without it
 * whoever was woken had nothing to answer, and the incident stayed open for ever. Returns how many were asked.
 */
export async function askAboutIncidents(deps: AskDeps): Promise<number> {
  const { store, tenant, clock } = deps;
  const { rows, asked } = await store.within(tenant, async (tx) => ({
    rows: await tx.incidents.list({ pages: true, isOpen: true, limit: mostIncidents }),
    asked: await askedOf(tx),
  }));
  let n = 0;
  for (const { incident, updatedAt } of rows) {
    if (clock.now() - updatedAt < settlesIn || incident.members.some(({ finding }) => asked.has(finding))) continue;
    if (await store.within(tenant, (tx) => askAbout(deps, tx, incident, clock.now()))) n++;
  }
  return n;
}

/** Findings that the engineer, or who did it, is being asked about. */
export async function askedOf(tx: Tx): Promise<ReadonlySet<string>> {
  const engineer = (await tx.judgements.list({ state: 'waiting', limit: mostWaiting })).flatMap(partsOf);
  return new Set([...engineer, ...(await questionsWaiting(tx))].map(({ finding }) => finding));
}

async function askAbout({ playbooks }: AskDeps, tx: Tx, incident: Incident, at: number): Promise<boolean> {
  if ((await inHand(tx, incident.id)) !== null) return false;
  // It may have grown, or somebody may have been asked, since it was listed.
  const asked = await askedOf(tx);
  if ((await tx.incidents.findingsIn([incident.id])).some((finding) => asked.has(finding))) return false;
  if (await isCutOff(tx, playbooks, incident)) return false;
  let gravest: { readonly row: FindingRow; readonly decided: DecisionRow } | null = null;
  for (const { finding } of incident.members.slice(0, mostLooked)) {
    const row = await tx.findings.get(finding);
    if (row === null || (row.state !== 'open' && row.state !== 'acknowledged')) continue;
    const decided = (await tx.decisions.ofFinding(finding)).filter(({ revision }) => revision === row.finding.revision).at(-1);
    // What is not decided yet may bring its own question, or an action.
    if (decided === undefined) return false;
    if (gravest === null || isGraver(row.finding.severity, gravest.row.finding.severity)) gravest = { row, decided };
  }
  if (gravest === null) return false;
  return (await ask(tx, gravest.row.finding, { ...gravest.decided.decision, actions: [] }, playbooks, at)) !== null;
}

function isGraver(one: Severity, than: Severity): boolean {
  return severityIds[one] > severityIds[than];
}
