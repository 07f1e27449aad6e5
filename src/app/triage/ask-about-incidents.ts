import { hashOf } from '../../core/lib/hash.ts';
import type { Decision } from '../../core/model/decision.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Incident } from '../../core/model/incident.ts';
import type { Playbook } from '../../core/model/plan.ts';
import { severityIds } from '../../core/model/severity.ts';
import type { DecisionRow, FindingRow, Tx } from '../../core/ports/store.ts';
import { inHand } from '../incident-in-hand.ts';
import { ask, incidentOf, waitingAbout } from './ask.ts';
import { questionsWaiting } from './ask-actor.ts';
import type { AskDeps } from './follow-questions.ts';
import { isCutOff } from './is-cut-off.ts';
import { partsOf } from './question-of.ts';

const mostIncidents = 200;
const mostWaiting = 500;
/** Findings of an incident that still wait and are looked at: one of them stands for it in the question. */
const mostLooked = 50;
/** So long an incident may still grow, and automation may still cut somebody off. */
const settlesIn = 2 * 60_000;

/**
 * Puts a question about each incident that wakes people and that has none: nobody was cut off, nobody has judged it, nobody is being asked. Without it
 * whoever was woken had nothing to answer, and the incident stayed open for ever. What could cut off who did it, and was not worth asking about by one finding, is offered with it. Returns how many were asked.
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

/**
 * Offers what could cut off who did a finding that alone is not worth asking about, where a person is being asked about its incident, or has had somebody of it cut off: whoever
 * has judged an intruder hears of the next door. What automation does by itself opens no question. Returns the question's id when it was asked or renewed.
 */
export async function offerBeside(
  tx: Tx,
  finding: Finding,
  decision: Decision,
  playbooks: readonly Playbook[],
  at: number,
): Promise<string | null> {
  const actions = decision.verdict === 'watch' ? cuttingOf(decision.actions, playbooks) : [];
  const inIncident = actions.length === 0 ? null : await incidentOf(tx, finding.id);
  const row = inIncident === null ? null : await tx.incidents.get(inIncident);
  if (row === null || !row.incident.pages) return null;
  const judged = await inHand(tx, row.incident.id);
  const last = await tx.judgements.get(judged?.judgement ?? '');
  const hasCut = last?.state === 'approved' && cuttingOf(last.options, playbooks).length > 0;
  const about = [...(await waitingAbout(tx, row.incident.id)), ...(hasCut ? [last] : [])];
  if (about.length === 0) return null;
  const offered = new Set(about.flatMap(({ options }) => options.map(({ playbook, target }) => hashOf({ playbook, target }))));
  const isNew = actions.some(({ playbook, target }) => !offered.has(hashOf({ playbook, target })));
  return isNew ? ask(tx, finding, { ...decision, actions }, playbooks, at) : null;
}

/** Of actions those that cut somebody off. */
function cuttingOf(actions: Decision['actions'], playbooks: readonly Playbook[]): Decision['actions'] {
  const cutting = new Set(playbooks.flatMap(({ id, cutsOff }) => (cutsOff === true ? [id] : [])));
  return actions.filter(({ playbook }) => cutting.has(playbook));
}

async function askAbout({ playbooks }: AskDeps, tx: Tx, incident: Incident, at: number): Promise<boolean> {
  if ((await inHand(tx, incident.id)) !== null) return false;
  // It may have grown, or somebody may have been asked, since it was listed.
  const asked = await askedOf(tx);
  const findings = await tx.incidents.findingsIn([incident.id]);
  if (findings.some((finding) => asked.has(finding))) return false;
  if (await isCutOff(tx, playbooks, incident)) return false;
  const versions = await tx.findings.versions(findings);
  const open = versions.flatMap(({ id, state }) => (state === 'open' || state === 'acknowledged' ? [id] : [])).toSorted();
  const waiting: { readonly row: FindingRow; readonly decided: DecisionRow }[] = [];
  for (const finding of open) {
    const row = await tx.findings.get(finding);
    if (row === null) continue;
    const decided = (await tx.decisions.ofFinding(finding)).filter(({ revision }) => revision === row.finding.revision).at(-1);
    // What is not decided yet may bring its own question, or an action.
    if (decided === undefined) return false;
    if (waiting.push({ row, decided }) === mostLooked) break;
  }
  // The gravest stands for it; of one that was judged by itself, before it was of an incident, the next does. What could cut off who did another is offered, too.
  let question: string | null = null;
  for (const { row, decided } of waiting.toSorted((a, b) => severityIds[b.row.finding.severity] - severityIds[a.row.finding.severity])) {
    const { verdict, actions: proposed } = decided.decision;
    const actions = verdict === 'watch' ? cuttingOf(proposed, playbooks) : [];
    if (question === null || actions.length > 0)
      question = (await ask(tx, row.finding, { ...decided.decision, actions }, playbooks, at)) ?? question;
  }
  return question !== null;
}
