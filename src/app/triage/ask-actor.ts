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
  /** What it is about, and the addresses it was done from, sorted; absent in questions of before. */
  readonly rule?: string;
  readonly places?: readonly string[];
  /** More of the same that came while it waited, and that the answer is for as well. */
  readonly more?: readonly Asked[];
}

/** What is asked about of one finding. */
export type Asked = Pick<ActorQuestion, 'finding' | 'revision' | 'decision'>;

/** Its items. */
export const questionKind = 'question';
/** The oldest first; so many wait in no organisation. */
const mostAtOnce = 1_000;

/** So long a "yes, me" holds for more of the same: half a day's work. */
const holdsFor = 4 * 3_600_000;
/** A question covers so much more of the same; what follows is asked about by itself. */
const mostMore = 50;

/**
 * Asks the person whose credentials did it: was this you? False where nothing can be asked: nobody is reached, or the person has not
 * answered, or said no, for this finding before; then the engineer is asked. Whoever does one thing many times is asked once: more of the same, by the
 * same rule and from the same addresses, waits with the question that waits, and a "yes" of some hours ago holds for it.
 */
export async function askActor(tx: Tx, finding: Finding, decision: Decision, reach: readonly Reach[], at: number): Promise<boolean> {
  const { first } = decision;
  if (first === undefined || reach.length === 0) return false;
  const id = idOf(tx.tenant, 'actor-question', finding.id);
  const known = await tx.items.get(questionKind, id);
  if (known !== null && known.state !== 'waiting' && known.state !== 'me') return false;
  const before = known === null ? null : (known.doc as unknown as ActorQuestion);
  const same = await sameWork(tx, finding, first, at, known);
  const data = { finding: finding.id, revision: finding.revision, personHash: hashOf(first.person) };
  if (same?.state === 'me') {
    await tx.findings.live(finding.id, 'resolved', at, first.person, 'More of the same, of which the person has said that it was them.');
    await leaf(tx, same.id, at, { state: 'me', ...data });
    return true;
  }
  const one: Asked = { finding: finding.id, revision: finding.revision, decision };
  if (same !== null && same.id !== id) {
    const asked = same.doc as unknown as ActorQuestion;
    const more = [...(asked.more ?? []).filter((other) => other.finding !== finding.id), one];
    await tx.items.move({ ...same, doc: { ...asked, more } as unknown as Json }, ['waiting']);
    await leaf(tx, same.id, at, { state: 'waiting', ...data });
    return true;
  }
  const question = { ...one, person: first.person, rule: finding.rule.id, places: placesOf(finding) };
  const waits = known?.state === 'waiting' ? known : null;
  if (waits !== null && question.places.every((place) => (before?.places ?? question.places).includes(place))) {
    // More of the same came meanwhile: the question stays one, and its time runs on.
    await tx.items.move({ ...waits, doc: { ...before, ...question } as unknown as Json }, ['waiting']);
    return true;
  }
  const asked = known === null ? id : idOf(id, finding.revision);
  const notifications = reach.map(({ channel, to }) => notificationOf(tx.tenant, id, asked, finding, first, channel, to));
  // Who answers a text that told of one address has not answered for another: only what is sent now can be answered.
  const doc = { ...(waits === null ? {} : { more: before?.more ?? [] }), ...question, sent: notifications.map((sent) => sent.id) };
  const dueAt = waits?.dueAt ?? at + first.minutes * 60_000;
  const item = { kind: questionKind, id, state: 'waiting', dueAt, at, doc: doc as unknown as Json };
  if (!(known === null ? await tx.items.add(item) : await tx.items.move(item, ['me', 'waiting']))) return false;
  for (const notification of notifications) await queueNotification(tx, notification, at);
  await leaf(tx, id, at, { state: 'waiting', ...data });
  return true;
}

/**
 * The question whose answer holds for this finding, too: of the same person and rule, and from no other address; it waits, or was answered with "me" within hours.
 * Never where a "yes" is not enough. Of what is asked about already its own question comes first.
 */
async function sameWork(
  tx: Tx,
  finding: Finding,
  { person, enough }: NonNullable<Decision['first']>,
  at: number,
  known: Item | null,
): Promise<Item | null> {
  if (enough === false) return null;
  const places = placesOf(finding);
  const isSame = (item: Item) => {
    const asked = item.doc as unknown as ActorQuestion;
    if (asked.person !== person || asked.decision.first?.enough === false) return false;
    if (item.state === 'me' && at - item.at >= holdsFor) return false;
    // Questions of before say no addresses.
    if (asked.rule === undefined) return asked.finding === finding.id;
    const isItself = asked.finding === finding.id;
    const isTold = isItself || (asked.rule === finding.rule.id && places.length > 0 && !places.includes(nowhere));
    return isTold && places.every((place) => asked.places?.includes(place));
  };
  if (known !== null) return known.state === 'me' && isSame(known) ? known : null;
  const lately = await tx.items.list({ kind: questionKind, state: ['waiting', 'me'], since: at - holdsFor, limit: mostAtOnce });
  const hasRoom = (item: Item) => item.state === 'me' || ((item.doc as unknown as ActorQuestion).more ?? []).length < mostMore;
  return lately.find((item) => isSame(item) && hasRoom(item)) ?? null;
}

/** The addresses that it was done from, sorted. */
function placesOf({ evidence }: Finding): readonly string[] {
  return [...new Set(evidence.map(({ ip }) => ip ?? nowhere))].sort();
}

/** Of what an AWS service did, or a log that tells no address. */
const nowhere = '';

/** What those are asked about whose credentials did it. */
export async function questionsWaiting(tx: Tx): Promise<readonly Asked[]> {
  const items = await tx.items.list({ kind: questionKind, state: ['waiting'], limit: mostAtOnce });
  return items.flatMap(({ doc }) => allAsked(doc as unknown as ActorQuestion));
}

/** All that the answer to a question is for. */
export function allAsked({ finding, revision, decision, more = [] }: ActorQuestion): readonly Asked[] {
  return [{ finding, revision, decision }, ...more];
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
    text: `${finding.message} If it was you, say so; if not, your credentials are cut off at once. Your answer is also for more of the same from the same address within hours. Without an answer in ${minutes} minutes the engineer on call is asked.`,
    path: `/questions/${question}`,
    options: [
      { id: 'me', label: 'Yes, this was me' },
      { id: 'not-me', label: 'No, not me' },
    ],
  };
}

/** What is needed to ask, and to follow answers. */
export interface AskDeps {
  readonly store: Store;
  readonly tenant: string;
  readonly clock: Clock;
  readonly playbooks: readonly Playbook[];
}

/** Takes the answers that have come and the time that has run out. Returns how many questions ended. Any number of workers may do it at once. */
export async function followQuestions(deps: AskDeps): Promise<number> {
  const { store, tenant, clock } = deps;
  const waiting = await store.within(tenant, (tx) => tx.items.list({ kind: questionKind, state: ['waiting'], limit: mostAtOnce }));
  let ended = 0;
  for (const item of waiting) if (await store.within(tenant, (tx) => follow(deps, tx, item, clock.now()))) ended++;
  return ended;
}

async function follow(deps: AskDeps, tx: Tx, item: Item, at: number): Promise<boolean> {
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
async function end({ playbooks }: AskDeps, tx: Tx, item: Item, how: 'me' | 'not-me' | 'silent', at: number): Promise<boolean> {
  if (!(await tx.items.move({ ...item, state: how, dueAt: null, at }, ['waiting']))) return false;
  const question = item.doc as unknown as ActorQuestion;
  for (const one of allAsked(question)) {
    await leaf(tx, item.id, at, { state: how, finding: one.finding, revision: one.revision, personHash: hashOf(question.person) });
    await endOne(tx, one, question.person, playbooks, how, at);
  }
  return true;
}

async function endOne(
  tx: Tx,
  { finding: id, revision, decision }: Asked,
  person: string,
  playbooks: readonly Playbook[],
  how: 'me' | 'not-me' | 'silent',
  at: number,
): Promise<void> {
  const row = await tx.findings.get(id);
  // What has moved on was decided anew, and asks for itself.
  if (row === null || row.finding.revision !== revision || row.state === 'retracted' || row.state === 'resolved') return;
  // What its options would have done may be done by now.
  const last = (await tx.decisions.ofFinding(id)).toSorted((a, b) => b.at - a.at)[0]?.decision;
  if (how === 'silent' && last !== undefined && last.verdict !== 'ask' && last.asks === undefined) return;
  if (how === 'me' && decision.first?.enough !== false) {
    await endFinding(tx, row.finding, 'resolved', at, person, 'The person whose credentials did it says that it was them.');
    return;
  }
  if (how !== 'not-me') {
    await ask(tx, row.finding, decision, playbooks, at);
    return;
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
    return;
  }
  await ask(tx, row.finding, { ...decision, actions: left }, playbooks, at);
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
