import type { Judgement } from '../../core/model/decision.ts';
import type { DeclaredIncident, IncidentEvent } from '../../core/model/declared-incident.ts';
import type { PageEvent } from '../../core/model/page.ts';
import type { Action } from '../../core/model/plan.ts';
import type { Item } from '../../core/ports/items.ts';
import type { DecisionRow, FindingRow, IncidentRow, Tx } from '../../core/ports/store.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { playbookTitle } from '../console/playbook-of.ts';
import { queuedOf } from '../notify/delivery.ts';
import { pageDocOf, pageIdOf, pageKind } from '../on-call/page-item.ts';
import { partsOf } from '../triage/question-of.ts';
import { eventWords } from './event-words.ts';
import { aboutOf } from './still-going.ts';

/** One line of what happened. */
export interface Line {
  readonly at: number;
  /** `evidence`: what logs say that somebody did. */
  readonly who: 'evidence' | 'automation' | 'person';
  /** The person; of others empty. */
  readonly by: string;
  readonly what: string;
  /** Where it is seen in the console; null for nowhere. */
  readonly path: string | null;
  /** Ids of the events of logs behind it. */
  readonly evidence: readonly string[];
  /** What its leaf of the ledger is about; null where there is none. */
  readonly subject: string | null;
  /** Of an event of the declared incident, its number; null for all else. */
  readonly n: number | null;
}

/** All that is stored of a declared incident and of what it is about. */
export interface Chronicle {
  readonly lines: readonly Line[];
  readonly about: readonly IncidentRow[];
  readonly findings: readonly (FindingRow & { readonly foundAt: number })[];
  readonly decisions: readonly DecisionRow[];
  readonly actions: readonly Action[];
  readonly judgements: readonly Judgement[];
  readonly pages: readonly Item[];
}

/** Of a large incident its gravest findings are looked at. */
const mostFindings = 100;
const mostJudgements = 5_000;

/** What happened, from the evidence to the last word, in the order of time. */
export async function chronicle(
  deps: Pick<ConsoleDeps, 'playbooks'>,
  tx: Tx,
  declared: DeclaredIncident,
  events: readonly IncidentEvent[],
): Promise<Chronicle> {
  const about = await aboutOf(tx, declared);
  const findings: (FindingRow & { foundAt: number })[] = [];
  const decisions: DecisionRow[] = [];
  const actions: Action[] = [];
  const lines: Line[] = [];
  const line = (one: Partial<Line> & Pick<Line, 'at' | 'what'>): void => {
    lines.push({ who: 'automation', by: '', path: null, evidence: [], subject: null, n: null, ...one });
  };
  for (const entry of about.flatMap(({ incident }) => incident.timeline).slice(0, mostFindings)) {
    const { finding, time, what, title, events: evidence } = entry;
    const path = `/findings/${finding}`;
    line({ at: time, who: 'evidence', what: what === '' ? title : what, path, evidence, subject: finding });
    const row = await tx.findings.get(finding);
    if (row === null) continue;
    const foundAt = (await tx.findings.life(finding)).reduce((first, { at }) => Math.min(first, at), row.updatedAt);
    findings.push({ ...row, foundAt });
    line({ at: foundAt, what: `Found: ${title}`, path, subject: finding });
    for (const decision of await tx.decisions.ofFinding(finding)) {
      decisions.push(decision);
      line({ at: decision.at, what: `Decided to ${decision.decision.verdict}: ${decision.decision.reason}`, path, subject: decision.id });
    }
    for (const action of await tx.actions.list({ finding, limit: 50 })) actions.push(action);
  }
  for (const { id, by, at, action, what } of actions.flatMap((one) => actionLines(deps, one)))
    line({ at, what, path: `/actions/${id}`, subject: id, ...(action.by === 'automation' ? {} : { who: 'person' as const, by }) });
  const known = new Set(findings.map(({ finding }) => finding.id));
  const judgements = (await tx.judgements.list({ limit: mostJudgements })).filter((judgement) =>
    partsOf(judgement).some(({ finding }) => known.has(finding)),
  );
  for (const { id, question, askedAt, answeredAt, answeredBy, state, finding } of judgements) {
    line({ at: askedAt, what: `Asked: ${question}`, path: `/findings/${finding}`, subject: id });
    if (answeredAt !== null && state !== 'waiting')
      line({
        at: answeredAt,
        what: `${state}: ${question}`,
        path: `/findings/${finding}`,
        subject: id,
        ...(answeredBy.length === 0 ? {} : { who: 'person' as const, by: answeredBy.join(', ') }),
      });
  }
  const pages = await pagesOf(tx, about, judgements);
  for (const item of pages) for (const one of await pageLines(tx, item)) line({ ...one, path: '/on-call', subject: item.id });
  for (const event of events)
    line({
      at: event.at,
      what: eventWords(event, declared),
      subject: declared.id,
      n: event.n,
      ...(event.by === 'automation' ? {} : { who: 'person' as const, by: event.by }),
    });
  // What is equal in time stays in the order in which it was put together: evidence, finding, decision, action.
  const ordered = lines.map((one, i) => ({ one, i })).sort((a, b) => a.one.at - b.one.at || a.i - b.i);
  return { lines: ordered.map(({ one }) => one), about, findings, decisions, actions, judgements, pages };
}

function actionLines(deps: Pick<ConsoleDeps, 'playbooks'>, action: Action) {
  const { id, by, plannedAt, finishedAt, state, reason, target } = action;
  const title = `${playbookTitle(deps.playbooks, action.playbook)}: ${target.uid}`;
  const begun = { id, by, action, at: plannedAt, what: `Began: ${title}` };
  return finishedAt === null
    ? [begun]
    : [begun, { id, by, action, at: finishedAt, what: `${state}: ${title}${reason === '' ? '' : `. ${reason}`}` }];
}

async function pagesOf(tx: Tx, about: readonly IncidentRow[], judgements: readonly Judgement[]): Promise<readonly Item[]> {
  const ids = new Set([
    ...about.map(({ incident }) => pageIdOf(tx.tenant, { kind: 'incident', id: incident.id })),
    ...judgements.map(({ id }) => pageIdOf(tx.tenant, { kind: 'judgement', id })),
  ]);
  const found: Item[] = [];
  for (const id of ids) {
    const item = await tx.items.get(pageKind, id);
    if (item !== null && item.state !== 'held' && item.state !== 'joined') found.push(item);
  }
  return found;
}

async function pageLines(tx: Tx, item: Item): Promise<readonly (Pick<Line, 'at' | 'what'> & Partial<Line>)[]> {
  const { title, events, sent } = pageDocOf(item);
  const words = (event: PageEvent): Pick<Line, 'at' | 'what'> & Partial<Line> => {
    switch (event.type) {
      case 'raised':
        return { at: event.at, what: `Raised a page: ${title}` };
      case 'worse':
        return { at: event.at, what: `It became grave: ${title}` };
      case 'acknowledged':
        return { at: event.at, who: 'person', by: event.by, what: `took the page: ${title}` };
      case 'closed':
        return { at: event.at, what: `The page is over: ${title}` };
      default:
        return event satisfies never;
    }
  };
  const calls: { at: number; what: string }[] = [];
  for (const id of sent) {
    const notification = await tx.items.get('notification', id);
    if (notification === null) continue;
    const { channel, delivery } = queuedOf(notification);
    const outcome = notification.state === 'sent' ? 'arrived' : notification.state;
    calls.push({ at: delivery?.since ?? notification.at, what: `Called somebody by ${channel}: ${outcome}` });
  }
  return [...events.map(words), ...calls];
}
