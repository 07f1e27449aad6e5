import type { Playbook } from '../../core/model/plan.ts';
import { type Severity, severityIds } from '../../core/model/severity.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { DecisionRow, FindingRow, IncidentRow, Store, Tx } from '../../core/ports/store.ts';
import { ask } from './ask.ts';
import { questionsWaiting } from './ask-actor.ts';
import { isCutOff } from './is-cut-off.ts';
import { partsOf } from './question-of.ts';

export interface AskAboutIncidentsDeps {
  readonly store: Store;
  readonly tenant: string;
  readonly clock: Clock;
  readonly playbooks: readonly Playbook[];
}

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
export async function askAboutIncidents(deps: AskAboutIncidentsDeps): Promise<number> {
  const { store, tenant, clock } = deps;
  const rows = await store.within(tenant, (tx) => tx.incidents.list({ pages: true, isOpen: true, limit: mostIncidents }));
  let asked = 0;
  for (const row of rows)
    if (clock.now() - row.updatedAt >= settlesIn && (await store.within(tenant, (tx) => askAbout(deps, tx, row, clock.now())))) asked++;
  return asked;
}

async function askAbout({ playbooks }: AskAboutIncidentsDeps, tx: Tx, { incident }: IncidentRow, at: number): Promise<boolean> {
  if ((await tx.items.get('incident-in-hand', incident.id)) !== null) return false;
  const findings = new Set(await tx.incidents.findingsIn([incident.id]));
  const waiting = await tx.judgements.list({ state: 'waiting', limit: mostWaiting });
  if (waiting.some((judgement) => partsOf(judgement).some(({ finding }) => findings.has(finding)))) return false;
  if ((await questionsWaiting(tx)).some(({ finding }) => findings.has(finding))) return false;
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
