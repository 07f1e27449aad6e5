import { idOf } from '../../core/lib/hash.ts';
import { textAt } from '../../core/lib/json-at.ts';
import type { Decision } from '../../core/model/decision.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Json } from '../../core/model/json.ts';
import type { Playbook } from '../../core/model/plan.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Item } from '../../core/ports/items.ts';
import type { Store, Tx } from '../../core/ports/store.ts';
import { endFinding } from '../end-finding.ts';
import { sealPerson } from '../ledger/seals.ts';
import { queueNotification } from '../notify/queue-notification.ts';
import { answerId, meantIn } from '../notify/take-answer.ts';
import { planAction } from '../plan-action.ts';
import { ask, incidentOf } from './ask.ts';
import {
  type ActorQuestion,
  type Asked,
  allAsked,
  mostQuestions,
  ownersQuestion,
  questionKind,
  questionLeaf,
  type Reachable,
  startedByNotMe,
  textsOf,
} from './ask-actor.ts';
import { noteUnanswered } from './unanswered.ts';

/** What is needed to ask, and to follow answers. */
export interface AskDeps {
  readonly store: Store;
  readonly tenant: string;
  readonly clock: Clock;
  readonly playbooks: readonly Playbook[];
  /** How people are reached now; absent: nobody is, and whose it is is not asked. */
  readonly reachable?: () => Promise<Reachable>;
}

/** Takes the answers that have come and the time that has run out. Returns how many questions ended. Any number of workers may do it at once. */
export async function followQuestions(deps: AskDeps): Promise<number> {
  const { store, tenant, clock } = deps;
  const waiting = await store.within(tenant, (tx) => tx.items.list({ kind: questionKind, state: ['waiting'], limit: mostQuestions }));
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

type How = 'me' | 'not-me' | 'silent';

/**
 * Ends a question: "me" closes the finding where that is enough, "not me" contains at once, silence asks the engineer, or has it decided anew where
 * tolerance lets automation contain it then. After a "me" whose it is may be asked,
 * too. The engineer is also asked what is left to do after a "not me", and, where nothing is, whether nobody was woken by the incident yet.
 */
async function end(deps: AskDeps, tx: Tx, item: Item, how: How, at: number): Promise<boolean> {
  if (!(await tx.items.move({ ...item, state: how, dueAt: null, at }, ['waiting']))) return false;
  const question = item.doc as unknown as ActorQuestion;
  const { person, as, sent } = question;
  // Who has said "yes" and has not confirmed it is not silent: what that is worth, the engineer judges.
  const isHeard = how === 'silent' && (await meantIn(tx, sent, person)) !== null;
  const toOwner = new Map<string, Asked[]>();
  for (const one of allAsked(question)) {
    const data = {
      state: how,
      finding: one.finding,
      revision: one.revision,
      personSeal: await sealPerson(tx, person),
      ...(as === undefined ? {} : { as }),
    };
    await questionLeaf(tx, item.id, at, data);
    const finding = await standing(tx, one);
    if (finding === null) continue;
    const owner = as === 'owner' || how !== 'me' ? undefined : one.decision.first?.owner;
    if (owner !== undefined) toOwner.set(owner, [...(toOwner.get(owner) ?? []), one]);
    else
      await (as === 'owner' ? endByOwner : endByActor)(
        deps,
        tx,
        finding,
        isHeard ? forEngineer(one.decision) : one.decision,
        person,
        how,
        at,
      );
  }
  for (const [owner, about] of toOwner)
    if (!(await askOwner(deps, tx, item, owner, about, at)))
      for (const one of about) {
        const finding = await standing(tx, one);
        if (finding !== null) await endByActor(deps, tx, finding, one.decision, person, how, at);
      }
  return true;
}

/** The decision as if silence could only bring it to the engineer. */
function forEngineer({ first, ...decision }: Decision): Decision {
  if (first === undefined) return decision;
  const { silence: _, ...asked } = first;
  return { ...decision, first: asked };
}

/** The finding as it was asked about; null when it has moved on: then it was decided anew, and asks for itself. */
async function standing(tx: Tx, { finding: id, revision }: Asked): Promise<Finding | null> {
  const row = await tx.findings.get(id);
  return row === null || row.finding.revision !== revision || row.state === 'retracted' || row.state === 'resolved' ? null : row.finding;
}

/** Asks whose it is whether it is meant, now that who did it has said that it was them. False where that person is not reached now. */
async function askOwner(
  { reachable }: AskDeps,
  tx: Tx,
  asked: Item,
  owner: string,
  [first, ...more]: readonly Asked[],
  at: number,
): Promise<boolean> {
  const people = (await reachable?.()) ?? {};
  const reach = Object.hasOwn(people, owner) ? (people[owner] ?? []) : [];
  const finding = first === undefined ? null : await standing(tx, first);
  if (first === undefined || finding === null || reach.length === 0) return false;
  const { person, rule, places } = asked.doc as unknown as ActorQuestion;
  const id = ownersQuestion(asked.id, owner);
  const minutes = first.decision.first?.minutes ?? 0;
  const known = await tx.items.get(questionKind, id);
  const enough = first.decision.first?.enough !== false;
  const texts = textsOf(tx.tenant, finding, { id, asked: idOf(id, first.revision), as: 'owner', minutes, reach, saidBy: person, enough });
  const doc = { ...first, person: owner, rule, places, more, as: 'owner', sent: texts.map((text) => text.id) };
  const item = { kind: questionKind, id, state: 'waiting', dueAt: at + minutes * 60_000, at, doc: doc as unknown as Json };
  if (!(known === null ? await tx.items.add(item) : await tx.items.move(item, [known.state]))) return false;
  for (const text of texts) await queueNotification(tx, text, at);
  for (const one of [first, ...more])
    await questionLeaf(tx, id, at, {
      state: 'waiting',
      finding: one.finding,
      revision: one.revision,
      personSeal: await sealPerson(tx, owner),
      as: 'owner',
    });
  return true;
}

type End = (deps: AskDeps, tx: Tx, finding: Finding, decision: Decision, person: string, how: How, at: number) => Promise<void>;

/** What whose it is says settles it. Where nobody answers, the "yes" of who did it stands if it was enough. */
const endByOwner: End = async ({ playbooks }, tx, finding, decision, person, how, at) => {
  const { first } = decision;
  if (how === 'silent' && !(await asksStill(tx, finding))) return;
  const saidMe = first?.as === 'owner' ? null : (first?.person ?? null);
  if (how === 'me') {
    const also = saidMe === null ? '' : `, and ${saidMe} that it was them`;
    await endFinding(tx, finding, 'resolved', at, person, `Whose it is says that it is meant${also}.`);
  } else if (how === 'silent' && saidMe !== null && first?.enough !== false) {
    const reason = 'The person whose credentials did it says that it was them. Whose it is was asked, and has said nothing.';
    await endFinding(tx, finding, 'resolved', at, saidMe, reason);
  } else {
    const guardrails = how === 'silent' ? decision.guardrails : [...new Set([...decision.guardrails, 'not-meant' as const])].sort();
    await ask(tx, finding, { ...decision, guardrails }, playbooks, at);
  }
};

const endByActor: End = async ({ playbooks }, tx, finding, decision, person, how, at) => {
  if (how === 'silent' && !(await asksStill(tx, finding))) return;
  if (how === 'silent' && decision.first?.silence === 'contain') {
    await noteUnanswered(tx, finding, person, at);
    return;
  }
  if (how === 'me' && decision.first?.enough !== false) {
    await endFinding(tx, finding, 'resolved', at, person, 'The person whose credentials did it says that it was them.');
    return;
  }
  if (how !== 'not-me') {
    await ask(tx, finding, decision, playbooks, at);
    return;
  }
  const alone = startedByNotMe(decision);
  for (const action of alone) await planAction(tx, finding, action, person, at);
  const left = decision.actions.filter((action) => !alone.includes(action));
  if (left.length === 0 && alone.length > 0 && (await pages(tx, finding.id))) {
    const reason = 'The person whose credentials did it says that it was not them: they are cut off.';
    await tx.findings.live(finding.id, 'acknowledged', at, person, reason);
    return;
  }
  await ask(tx, finding, { ...decision, actions: left }, playbooks, at);
};

/** Was somebody to be asked by the last decision? What the options would have done may be done by now. */
async function asksStill(tx: Tx, { id }: Finding): Promise<boolean> {
  const last = (await tx.decisions.ofFinding(id)).toSorted((a, b) => b.at - a.at)[0]?.decision;
  return last === undefined || last.verdict === 'ask' || last.asks !== undefined;
}

async function pages(tx: Tx, finding: string): Promise<boolean> {
  const incident = await incidentOf(tx, finding);
  return incident !== null && (await tx.incidents.get(incident))?.incident.pages === true;
}
