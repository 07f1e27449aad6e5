import { hashOf } from '../../core/lib/hash.ts';
import type { ProposedAction } from '../../core/model/decision.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Item } from '../../core/ports/items.ts';
import type { Tx } from '../../core/ports/store.ts';
import { answerId, consoleChannel, meantIn, putAnswer } from '../notify/take-answer.ts';
import { type ActorQuestion, allAsked, questionKind, startedByNotMe } from '../triage/ask-actor.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { playbookTitle } from './playbook-of.ts';

/** A "was this you?" as the person who is asked sees it. */
export interface QuestionView {
  readonly id: string;
  readonly state: 'waiting' | 'answered' | 'me' | 'not-me' | 'silent';
  /** What is read, and so answered. */
  readonly revision: string;
  /** When the engineer is asked instead, in milliseconds since 1970; null when that is over. */
  readonly until: number | null;
  /** What was done, when, by which credentials and from where. */
  readonly finding: Pick<Finding, 'id' | 'severity' | 'message' | 'account' | 'region' | 'firstTime' | 'lastTime' | 'evidence'> & {
    readonly title: string;
    readonly actor: string;
  };
  /** More of the same, from the same addresses, that the answer is for as well. */
  readonly more: readonly Pick<Finding, 'id' | 'message'>[];
  /** Who is asked: whose credentials did it, or whose it is, whether it is meant. */
  readonly as: 'actor' | 'owner';
  /** Who has said that it was them; null where nobody has. */
  readonly saidBy: string | null;
  /** The channel by which the person has said "yes", which counts when it is said here; null where they have not. */
  readonly saidIn: string | null;
  /** What a "yes" brings: nothing more, a question to whose it is, or a look of the engineer. */
  readonly afterYes: 'over' | 'owner' | 'engineer';
  /** What silence brings: the engineer is asked, or automation contains it where it may. */
  readonly afterSilence: 'engineer' | 'contain';
  /** What a "not me" starts at once. */
  readonly starts: readonly { readonly title: string; readonly uid: string; readonly blastRadius: string; readonly inverse: string }[];
}

type Deps = Pick<ConsoleDeps, 'store' | 'tenant' | 'clock' | 'playbooks'>;
const most = 1_000;

/** What this person is asked, that which waits first, then the latest. */
export function listQuestions(deps: Deps, who: string): Promise<readonly QuestionView[]> {
  return deps.store.within(deps.tenant, async (tx) => {
    const items = await tx.items.list({ kind: questionKind, since: deps.clock.now() - 14 * 86_400_000, limit: most });
    const waiting = await tx.items.list({ kind: questionKind, state: ['waiting'], limit: most });
    const own = [...new Map([...items, ...waiting].map((item) => [item.id, item])).values()].filter(
      (item) => questionOf(item).person === who,
    );
    const views: QuestionView[] = [];
    for (const item of own.sort((a, b) => rank(a) - rank(b) || b.at - a.at)) {
      const view = await viewOf(deps, tx, item);
      if (view !== null) views.push(view);
    }
    return views;
  });
}

/** Null for a question that there is not, or that somebody else is asked. */
export function readQuestion(deps: Deps, id: string, who: string): Promise<QuestionView | null> {
  return deps.store.within(deps.tenant, async (tx) => {
    const item = await tx.items.get(questionKind, id);
    return item === null || questionOf(item).person !== who ? null : viewOf(deps, tx, item);
  });
}

export type QuestionAnswered = 'recorded' | 'unknown' | 'renewed' | 'too-late' | { readonly answered: string };

/**
 * The answer of the person who is asked, and of nobody else, to what that person has read. It goes the way of answers from channels: an item
 * that workers look for. The first answer holds, wherever it was given.
 */
export function answerQuestion(deps: Deps, id: string, who: string, option: 'me' | 'not-me', revision: string): Promise<QuestionAnswered> {
  return deps.store.within(deps.tenant, async (tx): Promise<QuestionAnswered> => {
    const item = await tx.items.get(questionKind, id);
    if (item === null || questionOf(item).person !== who) return 'unknown';
    const question = questionOf(item);
    if (item.state !== 'waiting') return 'too-late';
    if (question.revision !== revision) return 'renewed';
    const before = await answerTo(tx, question);
    if (before !== null) return { answered: before };
    const [notification] = question.sent;
    if (notification === undefined) return 'unknown';
    const first = await putAnswer(tx, { notification, option, by: who, channel: consoleChannel }, deps.clock.now());
    return first === null ? 'recorded' : { answered: first };
  });
}

function questionOf(item: Item): ActorQuestion {
  return item.doc as unknown as ActorQuestion;
}

const rank = ({ state }: Item) => (state === 'waiting' ? 0 : 1);

/** What the person has answered to any of its notifications, and nobody has taken yet. */
async function answerTo(tx: Tx, { sent, person }: ActorQuestion): Promise<string | null> {
  for (const notification of sent) {
    const answer = await tx.items.get('answer', answerId(notification, person));
    if (answer?.state === 'waiting') return (answer.doc as { readonly option: string }).option;
  }
  return null;
}

/** What a "not me" starts, what is the same once. Whose it is starts nothing against who did it: the engineer is asked. */
function startsOf(question: ActorQuestion): readonly ProposedAction[] {
  if (question.as === 'owner') return [];
  const all = allAsked(question).flatMap(({ decision }) => startedByNotMe(decision));
  return [...new Map(all.map((action) => [hashOf([action.playbook, action.target]), action])).values()];
}

async function viewOf({ playbooks }: Deps, tx: Tx, item: Item): Promise<QuestionView | null> {
  const question = questionOf(item);
  const row = await tx.findings.get(question.finding);
  if (row === null) return null;
  const { first } = question.decision;
  const [, ...others] = allAsked(question);
  const more: Pick<Finding, 'id' | 'message'>[] = [];
  for (const other of others) more.push({ id: other.finding, message: (await tx.findings.get(other.finding))?.finding.message ?? '' });
  const { id, severity, message, account, region, firstTime, lastTime, evidence, rule, actor } = row.finding;
  const state = item.state === 'waiting' && (await answerTo(tx, question)) !== null ? 'answered' : (item.state as QuestionView['state']);
  return {
    id: item.id,
    state,
    revision: question.revision,
    until: item.state === 'waiting' ? item.dueAt : null,
    finding: { id, severity, message, account, region, firstTime, lastTime, evidence, title: rule.title, actor: actor?.uid ?? '' },
    more,
    as: question.as ?? 'actor',
    saidBy: question.as === 'owner' && first?.as === undefined ? (first?.person ?? null) : null,
    saidIn: state === 'waiting' ? await meantIn(tx, question.sent, question.person) : null,
    afterYes: question.as === 'owner' ? 'over' : first?.owner !== undefined ? 'owner' : first?.enough === false ? 'engineer' : 'over',
    afterSilence: question.as !== 'owner' && first?.silence === 'contain' ? 'contain' : 'engineer',
    starts: startsOf(question).map(({ playbook, target, blastRadius, inverse }) => ({
      title: playbookTitle(playbooks, playbook),
      uid: target.uid,
      blastRadius,
      inverse,
    })),
  };
}
