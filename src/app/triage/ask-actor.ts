import { hashOf, idOf } from '../../core/lib/hash.ts';
import { textAt } from '../../core/lib/json-at.ts';
import type { Decision } from '../../core/model/decision.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Json } from '../../core/model/json.ts';
import type { Notification } from '../../core/model/notification.ts';
import type { Playbook } from '../../core/model/plan.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Item } from '../../core/ports/items.ts';
import type { Store, Tx } from '../../core/ports/store.ts';
import { endFinding } from '../end-finding.ts';
import { queueNotification } from '../notify/queue-notification.ts';
import { answerId } from '../notify/take-answer.ts';
import { planAction } from '../plan-action.ts';
import { ask, incidentOf } from './ask.ts';

/** Where a person is reached: a channel's name, and whom it reaches there. Never a channel that AWS credentials can write to or read. */
export interface Reach {
  readonly channel: string;
  readonly to: string;
}

/** By a person's name. */
export interface Reachable {
  readonly [person: string]: readonly Reach[];
}

/** What a question to an actor holds. Its item is of kind `question`: `waiting`, then `me`, `not-me` or `silent`. */
export interface ActorQuestion {
  readonly finding: string;
  readonly revision: string;
  readonly person: string;
  readonly decision: Decision;
  /** Ids of the notifications by which it went out: what can be answered. */
  readonly sent: readonly string[];
}

/** Its items. */
export const questionKind = 'question';
/** The oldest first; so many wait in no organisation. */
const mostAtOnce = 1_000;

/** So long a "yes, me" holds for more of the same: half a day's work. */
const holdsFor = 4 * 3_600_000;

/**
 * Asks the person whose credentials did it: was this you? False where nothing can be asked: nobody is reached, or the person has not
 * answered, or said no, for this finding before; then the engineer is asked. A "yes" of some hours ago holds for more of the same.
 */
export async function askActor(tx: Tx, finding: Finding, decision: Decision, reach: readonly Reach[], at: number): Promise<boolean> {
  const { first } = decision;
  if (first === undefined || reach.length === 0) return false;
  const id = idOf(tx.tenant, 'actor-question', finding.id);
  const known = await tx.items.get(questionKind, id);
  if (known !== null && known.state !== 'waiting' && known.state !== 'me') return false;
  const before = known === null ? null : (known.doc as unknown as ActorQuestion);
  if (known?.state === 'me' && before?.person === first.person && first.enough !== false && at - known.at < holdsFor) {
    await tx.findings.live(finding.id, 'resolved', at, first.person, 'More of the same, of which the person has said that it was them.');
    await leaf(tx, id, at, { state: 'me', finding: finding.id, revision: finding.revision, personHash: hashOf(first.person) });
    return true;
  }
  const question = { finding: finding.id, revision: finding.revision, person: first.person, decision };
  if (known?.state === 'waiting') {
    // More of the same came meanwhile: the question stays one, and its time runs on.
    await tx.items.move({ ...known, doc: { ...question, sent: before?.sent ?? [] } as unknown as Json }, ['waiting']);
    return true;
  }
  const asked = known === null ? id : idOf(id, finding.revision);
  const notifications = reach.map(({ channel, to }) => notificationOf(tx.tenant, id, asked, finding, first, channel, to));
  const doc = { ...question, sent: notifications.map((one) => one.id) } as unknown as Json;
  const item = { kind: questionKind, id, state: 'waiting', dueAt: at + first.minutes * 60_000, at, doc };
  if (!(known === null ? await tx.items.add(item) : await tx.items.move(item, ['me']))) return false;
  for (const notification of notifications) await queueNotification(tx, notification, at);
  await leaf(tx, id, at, { state: 'waiting', finding: finding.id, revision: finding.revision, personHash: hashOf(first.person) });
  return true;
}

/** What those are asked about whose credentials did it. */
export async function questionsWaiting(tx: Tx): Promise<readonly ActorQuestion[]> {
  const items = await tx.items.list({ kind: questionKind, state: ['waiting'], limit: mostAtOnce });
  return items.map(({ doc }) => doc as unknown as ActorQuestion);
}

function notificationOf(
  tenant: string,
  question: string,
  /** Another text each time that the question is asked. */
  asked: string,
  finding: Finding,
  { minutes }: NonNullable<Decision['first']>,
  channel: string,
  to: string,
): Notification {
  return {
    id: idOf(tenant, asked, channel, to),
    kind: 'ask',
    channel,
    to,
    about: { kind: 'question', id: question },
    severity: finding.severity,
    title: `Was this you? ${finding.rule.title}`,
    text: `${finding.message} If it was you, say so; if not, your credentials are cut off at once. Without an answer in ${minutes} minutes the engineer on call is asked.`,
    path: `/questions/${question}`,
    options: [
      { id: 'me', label: 'Yes, this was me' },
      { id: 'not-me', label: 'No, not me' },
    ],
  };
}

export interface ActorDeps {
  readonly store: Store;
  readonly tenant: string;
  readonly clock: Clock;
  readonly playbooks: readonly Playbook[];
}

/** Takes the answers that have come and the time that has run out. Returns how many questions ended. Any number of workers may do it at once. */
export async function followQuestions(deps: ActorDeps): Promise<number> {
  const { store, tenant, clock } = deps;
  const waiting = await store.within(tenant, (tx) => tx.items.list({ kind: questionKind, state: ['waiting'], limit: mostAtOnce }));
  let ended = 0;
  for (const item of waiting) if (await store.within(tenant, (tx) => follow(deps, tx, item, clock.now()))) ended++;
  return ended;
}

async function follow(deps: ActorDeps, tx: Tx, item: Item, at: number): Promise<boolean> {
  const { person, sent } = item.doc as unknown as ActorQuestion;
  for (const notification of sent) {
    // Only the person's own answer is looked for.
    const answer = await tx.items.get('answer', answerId(notification, person));
    const option = textAt(answer?.doc, 'option');
    if (answer === null || answer.state !== 'waiting' || (option !== 'me' && option !== 'not-me')) continue;
    if (await tx.items.move({ ...answer, state: 'taken', dueAt: null, at }, ['waiting'])) return end(deps, tx, item, option, at);
  }
  return item.dueAt !== null && item.dueAt <= at && end(deps, tx, item, 'silent', at);
}

/**
 * Ends a question: "me" closes the finding where that is enough, "not me" contains at once, silence asks the engineer. The engineer is also
 * asked what is left to do after a "not me", and, where nothing is, whether nobody was woken by the incident yet.
 */
async function end({ playbooks }: ActorDeps, tx: Tx, item: Item, how: 'me' | 'not-me' | 'silent', at: number): Promise<boolean> {
  if (!(await tx.items.move({ ...item, state: how, dueAt: null, at }, ['waiting']))) return false;
  const { finding: id, revision, person, decision } = item.doc as unknown as ActorQuestion;
  await leaf(tx, item.id, at, { state: how, finding: id, revision, personHash: hashOf(person) });
  const row = await tx.findings.get(id);
  // What has moved on was decided anew, and asks for itself.
  if (row === null || row.finding.revision !== revision || row.state === 'retracted' || row.state === 'resolved') return true;
  // What its options would have done may be done by now.
  const last = (await tx.decisions.ofFinding(id)).toSorted((a, b) => b.at - a.at)[0]?.decision;
  if (how === 'silent' && last !== undefined && last.verdict !== 'ask' && last.asks === undefined) return true;
  if (how === 'me' && decision.first?.enough !== false) {
    await endFinding(tx, row.finding, 'resolved', at, person, 'The person whose credentials did it says that it was them.');
    return true;
  }
  if (how !== 'not-me') {
    await ask(tx, row.finding, decision, playbooks, at);
    return true;
  }
  const alone = startedByNotMe(decision);
  for (const action of alone) await planAction(tx, row.finding, action, person, at);
  const left = decision.actions.filter(({ approvals }) => approvals >= 2);
  if (left.length === 0 && alone.length > 0 && (await pages(tx, id))) {
    await tx.findings.live(
      id,
      'acknowledged',
      at,
      person,
      'The person whose credentials did it says that it was not them: they are cut off.',
    );
    return true;
  }
  await ask(tx, row.finding, { ...decision, actions: left }, playbooks, at);
  return true;
}

/** What a "not me" starts at once: what one person may approve. */
export function startedByNotMe({ actions }: Decision): Decision['actions'] {
  return actions.filter(({ approvals }) => approvals < 2);
}

async function pages(tx: Tx, finding: string): Promise<boolean> {
  const incident = await incidentOf(tx, finding);
  return incident !== null && (await tx.incidents.get(incident))?.incident.pages === true;
}

async function leaf(tx: Tx, subject: string, at: number, data: { readonly [key: string]: string }): Promise<void> {
  await tx.ledger.append({ format: 'jobzero.ledger/1', type: 'question', subject, at, data });
}
