import type { Finding } from '../../core/model/finding.ts';
import type { FindingRow, Tx } from '../../core/ports/store.ts';
import { exerciseTx } from '../exercise/exercise-tx.ts';
import { exerciseAbout } from '../exercise/take-exercise.ts';
import { ledBy } from '../join-weaknesses.ts';
import { contextOf } from '../judge/context-of.ts';
import { asksAbout, questionOn } from '../triage/ask.ts';
import { aboutRows } from './about-rows.ts';
import { type ActionView, viewAction } from './action-view.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { exerciseFinding } from './exercise-finding.ts';
import { findLeaf } from './find-leaf.ts';
import type { FindingDetail } from './finding-detail.ts';
import { explainGuardrails, viewJudgement } from './judgement-view.ts';
import { playbookOf, playbookTitle } from './playbook-of.ts';
import { possibleActions } from './possible-actions.ts';
import { disagreement, toldBy } from './told-by.ts';
import { wayOfFinding } from './way-of-finding.ts';

/** All about one finding as this person may see it, or null when there is none of this id. */
export async function readFinding(deps: ConsoleDeps, id: string, who: string): Promise<FindingDetail | null> {
  const stored = await deps.store.within(deps.tenant, (tx) => readStored(deps, tx, id, who));
  if (stored === null) return readExercised(deps, id, who);
  const subjects = new Set([id, ...stored.actions.map((view) => view.action.id), ...stored.rows.map((row) => row.id)]);
  const found = await findLeaf(deps.ledger, subjects);
  const foundAt = stored.life[0]?.at ?? stored.updatedAt;
  const { rows, ...detail } = stored;
  return {
    ...detail,
    way: wayOfFinding(
      stored.finding,
      foundAt,
      rows,
      stored.judgement?.judgement ?? null,
      stored.actions.map((view) => view.action),
      found,
    ),
  };
}

async function readExercised(deps: ConsoleDeps, finding: string, who: string): Promise<FindingDetail | null> {
  const found = await deps.store.within(deps.tenant, async (tx) => exerciseAbout(exerciseTx(tx), finding, who));
  return found === null ? null : exerciseFinding(deps.tenant, found, await findLeaf(deps.ledger, new Set([found.id])));
}

async function readStored(deps: ConsoleDeps, tx: Tx, id: string, who: string) {
  const row = await tx.findings.get(id);
  if (row === null) return null;
  const life = (await tx.findings.life(id)).toSorted((a, b) => a.at - b.at);
  const rows = (await tx.decisions.ofFinding(id)).toSorted((a, b) => a.at - b.at);
  const judgement = await questionOn(tx, id);
  // Late data may ask of the same finding whether to take back what was done.
  const waiting = (await tx.judgements.list({ state: 'waiting', limit: 1000 })).find((asked) => asksAbout(asked, id));
  const shown = waiting ?? judgement;
  const possible = possibleActions(
    deps.tenant,
    row.state,
    row.finding.revision,
    rows.at(-1),
    judgement,
    await tx.actions.list({ finding: id, limit: 100 }),
  );
  const told = await toldBy(tx, row.finding);
  const actions: ActionView[] = [];
  for (const action of await tx.actions.list({ finding: id, limit: 100 })) actions.push(await viewAction(deps, tx, action));
  return {
    finding: row.finding,
    state: row.state,
    updatedAt: row.updatedAt,
    life,
    rows,
    decisions: rows.map(({ id: decisionId, at, engine, decisionHash, decision }) => ({
      id: decisionId,
      at,
      engine,
      decisionHash,
      decision,
      guardrails: explainGuardrails(decision.guardrails),
    })),
    judgement: shown === null ? null : await viewJudgement(deps, tx, shown, who),
    actions,
    alsoDone: await alsoDoneBy(tx, row.finding),
    about: rows.length === 0 ? [] : aboutRows((await contextOf(tx, id, rows.at(-1)?.revision ?? ''))?.about ?? null),
    incident: await incidentOf(tx, id),
    told,
    disagreement: disagreement(told),
    ledBy: await ledBy(tx, id),
    possible: possible.map(({ id: action, option }) => ({
      id: action,
      option,
      title: playbookTitle(deps.playbooks, option.playbook),
      asks: playbookOf(deps.playbooks, option.playbook, option.version)?.asks(option.target) ?? null,
    })),
  };
}

async function incidentOf(tx: Tx, finding: string): Promise<FindingDetail['incident']> {
  const [member] = await tx.incidents.members([finding]);
  const row = member === undefined || member.incident === null ? null : await tx.incidents.get(member.incident);
  return row === null ? null : { id: row.incident.id, title: row.incident.title, pages: row.incident.pages };
}

const day = 86_400_000;
/** Looked through, the gravest first: this is for reading, and not for counting. */
const lookedThrough = 200;
const mostShown = 12;

/** One attack makes several findings: the other ones of this principal, of the day before and the day after. */
async function alsoDoneBy(tx: Tx, { id, account, actor, firstTime, lastTime }: Finding): Promise<readonly FindingRow[]> {
  if (actor === undefined) return [];
  const rows = await tx.findings.list({ account, kind: 'detection', order: 'gravest', limit: lookedThrough });
  return rows
    .filter(
      ({ finding, state }) =>
        finding.id !== id &&
        state !== 'retracted' &&
        finding.actor?.uid === actor.uid &&
        finding.lastTime > firstTime - day &&
        finding.firstTime < lastTime + day,
    )
    .slice(0, mostShown);
}
