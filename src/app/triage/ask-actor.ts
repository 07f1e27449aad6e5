import { idOf } from '../../core/lib/hash.ts';
import { onlyLetIn } from '../../core/lib/let-in.ts';
import type { Decision } from '../../core/model/decision.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Json } from '../../core/model/json.ts';
import type { Notification } from '../../core/model/notification.ts';
import { type Severity, severityIds } from '../../core/model/severity.ts';
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
  /** The calls that its answer is for, by their records' keys: of what was told of, and of more of the same. Absent in questions of before. */
  readonly calls?: readonly string[];
  /** Of the finding that was told of. */
  readonly severity?: Severity;
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
/** So many calls are remembered with a question: of more of them another rule's finding is asked about by itself. */
const mostCalls = 500;

/**
 * Asks the person whose credentials did it: was this you? False where nothing can be asked: nobody is reached, or the person has not
 * answered, or said no, for this finding before; then the engineer is asked. Whoever does one thing many times is asked once: more of the same, by the
 * same rule and from the same addresses, or by a service and for the same account that is let in, waits with the question that waits, and a "yes" of some hours ago holds for it.
 * So does what another rule, no graver, finds in the same calls.
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
      return waitsWith(tx, owner, one, { ...data, as: 'owner', personSeal: await sealPerson(tx, first.owner) }, at, []);
  }
  if (same?.state === 'waiting' && same.id !== id) return waitsWith(tx, same, one, data, at, callsOf(finding));
  const as = first.as === undefined ? {} : { as: first.as };
  const letsIn = onlyLetIn(finding);
  const question = {
    ...one,
    person: first.person,
    rule: finding.rule.id,
    places: placesOf(finding),
    ...(letsIn === null ? {} : { letsIn }),
    calls: withCalls(before, callsOf(finding)),
    severity: finding.severity,
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
  const enough = first.enough !== false;
  const { minutes } = first;
  const notifications = textsOf(tx.tenant, finding, { id, asked, as: first.as ?? null, minutes, reach, cutsOff, contains, enough });
  // Who answers a text that told of one address has not answered for another: only what is sent now can be answered.
  const doc = { ...(waits === null ? {} : { more: before?.more ?? [] }), ...question, sent: notifications.map((sent) => sent.id) };
  const dueAt = waits?.dueAt ?? at + minutes * 60_000;
  const item = { kind: questionKind, id, state: 'waiting', dueAt, at, doc: doc as unknown as Json };
  if (!(known === null ? await tx.items.add(item) : await tx.items.move(item, ['me', 'waiting']))) return false;
  for (const notification of notifications) await queueNotification(tx, notification, at);
  await questionLeaf(tx, id, at, { state: 'waiting', ...data, ...as });
  return true;
}

/** Who does one thing many times is asked once: this waits with the question that waits. */
async function waitsWith(
  tx: Tx,
  item: Item,
  one: Asked,
  data: { readonly [key: string]: string },
  at: number,
  itsCalls: readonly string[],
): Promise<true> {
  const asked = item.doc as unknown as ActorQuestion;
  const more = [...(asked.more ?? []).filter((other) => other.finding !== one.finding), one];
  const calls = withCalls(asked, itsCalls);
  await tx.items.move({ ...item, doc: { ...asked, more, calls } as unknown as Json }, ['waiting']);
  await questionLeaf(tx, item.id, at, { state: 'waiting', ...data });
  return true;
}

/** The id of the question to whose it is, after who did it has said that it was them. */
export function ownersQuestion(question: string, owner: string): string {
  return idOf(question, 'owner', owner);
}

/**
 * The question whose answer holds for this finding, too, of the same person: about the same calls, or about more of the same. It waits, or was answered with "me" within hours, which
 * was enough and would be here. Of what is asked about already its own question comes first.
 */
async function sameWork(
  tx: Tx,
  finding: Finding,
  first: NonNullable<Decision['first']>,
  at: number,
  known: Item | null,
): Promise<Item | null> {
  const isSame = (item: Item) => {
    const asked = item.doc as unknown as ActorQuestion;
    if (asked.person !== first.person || asked.as !== first.as) return false;
    const enough = first.enough !== false && asked.decision.first?.enough !== false;
    if (item.state === 'me' && (!enough || at - item.at >= holdsFor)) return false;
    return isOfTheSameCalls(asked, item.dueAt, finding, first, at) || (enough && isMoreOfTheSame(asked, finding));
  };
  if (known !== null) return known.state === 'me' && isSame(known) ? known : null;
  const lately = await tx.items.list({ kind: questionKind, state: ['waiting', 'me'], since: at - holdsFor, limit: mostQuestions });
  const hasRoom = (item: Item) => item.state === 'me' || ((item.doc as unknown as ActorQuestion).more ?? []).length < mostMore;
  return lately.find((item) => isSame(item) && hasRoom(item)) ?? null;
}

/**
 * Is the question about the same calls, and told of something no less grave? An answer ends each finding by its own decision, also where a "yes" is not enough; this one
 * waits no longer than it would by itself, and silence does what was said.
 */
function isOfTheSameCalls(
  asked: ActorQuestion,
  dueAt: number | null,
  finding: Finding,
  { minutes, silence }: NonNullable<Decision['first']>,
  at: number,
): boolean {
  const calls = callsOf(finding);
  const told = new Set(asked.calls);
  return (
    calls.length > 0 &&
    calls.every((call) => told.has(call)) &&
    asked.severity !== undefined &&
    severityIds[finding.severity] <= severityIds[asked.severity] &&
    (dueAt === null || dueAt <= at + minutes * 60_000) &&
    asked.decision.first?.silence === silence
  );
}

/** Is it by the same rule, and from no other address than the question, or, where a service did it, for the same account that is let in? */
function isMoreOfTheSame(asked: ActorQuestion, finding: Finding): boolean {
  // Questions of before say no addresses.
  if (asked.rule === undefined) return asked.finding === finding.id;
  const places = placesOf(finding);
  const letsIn = onlyLetIn(finding);
  const hasPlace = places.length > 0 && !places.includes(nowhere);
  const isSameThing = asked.rule === finding.rule.id && (hasPlace || (letsIn !== null && asked.letsIn === letsIn));
  return (asked.finding === finding.id || isSameThing) && places.every((place) => asked.places?.includes(place));
}

/** The calls that it tells of, by their records' keys; none where not all of them are kept. */
function callsOf({ evidence, count }: Finding): readonly string[] {
  return count.atLeast || evidence.length < count.n ? [] : evidence.map(({ key }) => key);
}

/** The calls of a question with more, each once. */
function withCalls(asked: ActorQuestion | null, more: readonly string[]): readonly string[] {
  return [...new Set([...(asked?.calls ?? []), ...more])].slice(0, mostCalls);
}

/** The addresses that it was done from, sorted. */
function placesOf({ evidence }: Finding): readonly string[] {
  return [...new Set(evidence.map(({ ip }) => ip ?? nowhere))].sort();
}

/** Of what an AWS service did, or a log that tells no address. */
const nowhere = '';

/** What else the answer is for, in a sentence; empty where each is asked about by itself. `enough`: a "yes" is. */
function alsoFor(finding: Finding, enough: boolean): string {
  const isPlaced = !placesOf(finding).includes(nowhere);
  const letsIn = isPlaced ? null : onlyLetIn(finding);
  const what = isPlaced ? 'from the same address' : letsIn === null ? null : `that lets in the account ${letsIn}`;
  const more = enough ? what : null;
  const also = [
    ...(callsOf(finding).length === 0 ? [] : ['anything else, no graver, that is found in the same calls']),
    ...(more === null ? [] : [`more of the same ${more} within hours`]),
  ];
  return also.length === 0 ? '' : ` Your answer is also for ${also.join(', and for ')}.`;
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
    enough = true,
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
    /** A "yes" is. */
    readonly enough?: boolean;
  },
): readonly Notification[] {
  const more = alsoFor(finding, enough);
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
