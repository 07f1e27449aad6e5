import { idOf } from '../../core/lib/hash.ts';
import { onlyLetIn } from '../../core/lib/let-in.ts';
import type { Decision } from '../../core/model/decision.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Json } from '../../core/model/json.ts';
import type { Notification } from '../../core/model/notification.ts';
import type { Item } from '../../core/ports/items.ts';
import type { Tx } from '../../core/ports/store.ts';
import { sealedId, sealPerson } from '../ledger/seals.ts';
import { queueNotification } from '../notify/queue-notification.ts';

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
  /** The one account that all of it lets in; absent where it lets in none or several, and in questions of before. */
  readonly letsIn?: string;
  /** More of the same that came while it waited, and that the answer is for as well. */
  readonly more?: readonly Asked[];
  /** The person is whose it is, not who did it, and is asked whether it is meant. `me` then says that it is, and `not-me` that it is not. */
  readonly as?: 'owner';
}

/** What is asked about of one finding. */
export type Asked = Pick<ActorQuestion, 'finding' | 'revision' | 'decision'>;

/** Its items. */
export const questionKind = 'question';
/** The oldest first; so many wait in no organisation. */
export const mostQuestions = 1_000;

/** So long a "yes, me" holds for more of the same: half a day's work. */
const holdsFor = 4 * 3_600_000;
/** A question covers so much more of the same; what follows is asked about by itself. */
const mostMore = 50;

/**
 * Asks the person whose credentials did it: was this you? False where nothing can be asked: nobody is reached, or the person has not
 * answered, or said no, for this finding before; then the engineer is asked. Whoever does one thing many times is asked once: more of the same, by the
 * same rule and from the same addresses, or by a service and for the same account that is let in, waits with the question that waits, and a "yes" of some hours ago holds for it.
 */
export async function askActor(tx: Tx, finding: Finding, decision: Decision, reach: readonly Reach[], at: number): Promise<boolean> {
  const { first } = decision;
  if (first === undefined || reach.length === 0) return false;
  const id = idOf(tx.tenant, 'actor-question', finding.id);
  const known = await tx.items.get(questionKind, id);
  if (known !== null && known.state !== 'waiting' && known.state !== 'me') return false;
  const before = known === null ? null : (known.doc as unknown as ActorQuestion);
  const same = await sameWork(tx, finding, first, at, known);
  if (known?.state === 'me' && first.owner !== undefined) {
    // Whose it is has said no: that is the engineer's now.
    const owner = await tx.items.get(questionKind, ownersQuestion(id, first.owner));
    if (owner?.state === 'not-me') return false;
  }
  const data = { finding: finding.id, revision: finding.revision, personSeal: await sealPerson(tx, first.person) };
  const one: Asked = { finding: finding.id, revision: finding.revision, decision };
  if (same?.state === 'me') {
    const owner = first.owner === undefined ? null : await tx.items.get(questionKind, ownersQuestion(same.id, first.owner));
    if (first.owner === undefined || owner?.state === 'me') {
      await tx.findings.live(finding.id, 'resolved', at, first.person, 'More of the same, of which the person has said that it was them.');
      await questionLeaf(tx, same.id, at, { state: 'me', ...data });
      return true;
    }
    if (owner?.state === 'waiting')
      return waitsWith(tx, owner, one, { ...data, as: 'owner', personSeal: await sealPerson(tx, first.owner) }, at);
  }
  if (same?.state === 'waiting' && same.id !== id) return waitsWith(tx, same, one, data, at);
  const as = first.as === undefined ? {} : { as: first.as };
  const letsIn = onlyLetIn(finding);
  const question = {
    ...one,
    person: first.person,
    rule: finding.rule.id,
    places: placesOf(finding),
    ...(letsIn === null ? {} : { letsIn }),
    ...as,
  };
  const waits = known?.state === 'waiting' ? known : null;
  if (waits !== null && question.places.every((place) => (before?.places ?? question.places).includes(place))) {
    // More of the same came meanwhile: the question stays one, and its time runs on.
    await tx.items.move({ ...waits, doc: { ...before, ...question } as unknown as Json }, ['waiting']);
    return true;
  }
  const asked = known === null ? id : idOf(id, finding.revision);
  const cutsOff = startedByNotMe(decision).length > 0;
  const contains = first.silence === 'contain';
  const notifications = textsOf(tx.tenant, finding, { id, asked, as: first.as ?? null, minutes: first.minutes, reach, cutsOff, contains });
  // Who answers a text that told of one address has not answered for another: only what is sent now can be answered.
  const doc = { ...(waits === null ? {} : { more: before?.more ?? [] }), ...question, sent: notifications.map((sent) => sent.id) };
  const dueAt = waits?.dueAt ?? at + first.minutes * 60_000;
  const item = { kind: questionKind, id, state: 'waiting', dueAt, at, doc: doc as unknown as Json };
  if (!(known === null ? await tx.items.add(item) : await tx.items.move(item, ['me', 'waiting']))) return false;
  for (const notification of notifications) await queueNotification(tx, notification, at);
  await questionLeaf(tx, id, at, { state: 'waiting', ...data, ...as });
  return true;
}

/** Who does one thing many times is asked once: this waits with the question that waits. */
async function waitsWith(tx: Tx, item: Item, one: Asked, data: { readonly [key: string]: string }, at: number): Promise<true> {
  const asked = item.doc as unknown as ActorQuestion;
  const more = [...(asked.more ?? []).filter((other) => other.finding !== one.finding), one];
  await tx.items.move({ ...item, doc: { ...asked, more } as unknown as Json }, ['waiting']);
  await questionLeaf(tx, item.id, at, { state: 'waiting', ...data });
  return true;
}

/** The id of the question to whose it is, after who did it has said that it was them. */
export function ownersQuestion(question: string, owner: string): string {
  return idOf(question, 'owner', owner);
}

/**
 * The question whose answer holds for this finding, too: of the same person and rule, and from no other address, or, where a service did it, for the same account that is let in; it waits, or was answered with "me" within hours.
 * Never where a "yes" is not enough. Of what is asked about already its own question comes first.
 */
async function sameWork(
  tx: Tx,
  finding: Finding,
  { person, enough, as }: NonNullable<Decision['first']>,
  at: number,
  known: Item | null,
): Promise<Item | null> {
  if (enough === false) return null;
  const places = placesOf(finding);
  const letsIn = onlyLetIn(finding);
  const isSame = (item: Item) => {
    const asked = item.doc as unknown as ActorQuestion;
    if (asked.person !== person || asked.as !== as || asked.decision.first?.enough === false) return false;
    if (item.state === 'me' && at - item.at >= holdsFor) return false;
    // Questions of before say no addresses.
    if (asked.rule === undefined) return asked.finding === finding.id;
    const isItself = asked.finding === finding.id;
    const hasPlace = places.length > 0 && !places.includes(nowhere);
    const isTold = isItself || (asked.rule === finding.rule.id && (hasPlace || (letsIn !== null && asked.letsIn === letsIn)));
    return isTold && places.every((place) => asked.places?.includes(place));
  };
  if (known !== null) return known.state === 'me' && isSame(known) ? known : null;
  const lately = await tx.items.list({ kind: questionKind, state: ['waiting', 'me'], since: at - holdsFor, limit: mostQuestions });
  const hasRoom = (item: Item) => item.state === 'me' || ((item.doc as unknown as ActorQuestion).more ?? []).length < mostMore;
  return lately.find((item) => isSame(item) && hasRoom(item)) ?? null;
}

/** The addresses that it was done from, sorted. */
function placesOf({ evidence }: Finding): readonly string[] {
  return [...new Set(evidence.map(({ ip }) => ip ?? nowhere))].sort();
}

/** Of what an AWS service did, or a log that tells no address. */
const nowhere = '';

/** What else the answer is for, in a sentence; empty where each is asked about by itself. */
function alsoFor(finding: Finding): string {
  const says = (what: string) => ` Your answer is also for more of the same ${what} within hours.`;
  if (!placesOf(finding).includes(nowhere)) return says('from the same address');
  const letsIn = onlyLetIn(finding);
  return letsIn === null ? '' : says(`that lets in the account ${letsIn}`);
}

/** What those are asked about whose credentials did it. */
export async function questionsWaiting(tx: Tx): Promise<readonly Asked[]> {
  const items = await tx.items.list({ kind: questionKind, state: ['waiting'], limit: mostQuestions });
  return items.flatMap(({ doc }) => allAsked(doc as unknown as ActorQuestion));
}

/** All that the answer to a question is for. */
export function allAsked({ finding, revision, decision, more = [] }: ActorQuestion): readonly Asked[] {
  return [{ finding, revision, decision }, ...more];
}

/** What is said to a person by each of their channels. */
export function textsOf(
  tenant: string,
  finding: Finding,
  {
    id,
    asked,
    as,
    minutes,
    reach,
    saidBy = null,
    cutsOff = false,
    contains = false,
  }: {
    readonly id: string;
    /** Another text each time that the question is asked. */
    readonly asked: string;
    readonly as: 'owner' | null;
    readonly minutes: number;
    readonly reach: readonly Reach[];
    /** Who has said that it was them. */
    readonly saidBy?: string | null;
    /** A "not me" starts something. */
    readonly cutsOff?: boolean;
    /** Silence lets automation contain it. */
    readonly contains?: boolean;
  },
): readonly Notification[] {
  const more = alsoFor(finding);
  const said = saidBy === null ? '' : ` ${saidBy} says that it was them.`;
  const toOwner = `${finding.message}${said} It is in your account or with what is yours: say whether it is meant. If not, the engineer on call is asked at once.${more}`;
  const ifNot = cutsOff ? 'if not, your credentials are cut off at once' : 'if not, the engineer on call is asked at once';
  const ifSilent = contains ? 'automation contains it, as your tolerance has it' : 'the engineer on call is asked';
  const toActor = `${finding.message} If it was you, say so; ${ifNot}.${more} Without an answer in ${minutes} minutes ${ifSilent}.`;
  return reach.map(({ channel, to }) => ({
    id: idOf(tenant, asked, channel, to),
    kind: 'ask',
    channel,
    to,
    about: { kind: 'question', id },
    severity: finding.severity,
    title: `${as === 'owner' ? 'Is this meant?' : 'Was this you?'} ${finding.rule.title}`,
    text: as === 'owner' ? toOwner : toActor,
    path: `/questions/${id}`,
    options:
      as === 'owner'
        ? [
            { id: 'me', label: 'Yes, this is meant' },
            { id: 'not-me', label: 'No, this is not meant' },
          ]
        : [
            { id: 'me', label: 'Yes, this was me' },
            { id: 'not-me', label: 'No, not me' },
          ],
  }));
}

/**
 * What a "not me" starts at once: what one person may approve. Nothing where only log objects say what was done: whoever writes to a log bucket could have somebody asked who says, truthfully,
 * that it was not them, and is cut off.
 */
export function startedByNotMe({ actions, guardrails }: Decision): Decision['actions'] {
  return guardrails.includes('evidence-unvalidated') ? [] : actions.filter(({ approvals }) => approvals < 2);
}

/** The leaf of a question that was asked or answered. The id of an owner's question is made of their name, so ids are sealed. */
export async function questionLeaf(tx: Tx, subject: string, at: number, data: { readonly [key: string]: string }): Promise<void> {
  await tx.ledger.append({ format: 'jobzero.ledger/1', type: 'question', subject: await sealedId(tx, subject), at, data });
}
