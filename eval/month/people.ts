import { answerJudgement } from '../../src/app/console/answer-judgement.ts';
import { queuedOf } from '../../src/app/notify/delivery.ts';
import { takeAnswer } from '../../src/app/notify/take-answer.ts';
import { type ActorQuestion, allAsked, type Reachable } from '../../src/app/triage/ask-actor.ts';
import { followQuestions } from '../../src/app/triage/follow-questions.ts';
import { partsOf } from '../../src/app/triage/question-of.ts';
import type { Judgement } from '../../src/core/model/decision.ts';
import type { Person } from '../../src/range/people.ts';
import type { Parts } from './open-parts.ts';
import type { Truth } from './truth.ts';

/** How people answer. They see what the card or the message shows, and nothing else of it; README.md says what they know. */
export interface Habits {
  /** Minutes from the message to the answer of whoever is awake. */
  readonly actorMinutes: number;
  /** Minutes from the question to the engineer's answer, and from there to a second person's. */
  readonly engineerMinutes: number;
  readonly secondMinutes: number;
}

export const usualHabits: Habits = { actorMinutes: 4, engineerMinutes: 15, secondMinutes: 10 };

/** A question to the engineer, as it was asked. */
export interface AskedQuestion {
  readonly id: string;
  readonly question: string;
  readonly guardrails: readonly string[];
  readonly askedAt: number;
  answeredAt: number | null;
  verdict: 'approve' | 'deny' | 'withdrawn' | null;
  /** All findings that had a part in it. */
  readonly findings: Set<string>;
  /** Runs of incidents behind it. */
  readonly runs: Set<string>;
}

export interface People {
  readonly questions: readonly AskedQuestion[];
  /** Findings about which the person whose credentials did it was asked. */
  readonly askedActors: ReadonlySet<string>;
  /** Ids of the messages that asked them; who is asked by several channels has one. */
  readonly texts: ReadonlySet<string>;
  /** Answers what is due; false when there was nothing to answer. */
  answer(): Promise<boolean>;
}

const minute = 60_000;

/** Simulates the people: those who are asked whether it was them, the engineer on call, and a second person. */
export function peopleOver(parts: Parts, truth: Truth, people: readonly Person[], habits: Habits): People {
  const { tenant, store, clock } = parts;
  const questions: AskedQuestion[] = [];
  const open = new Map<string, AskedQuestion>();
  const askedActors = new Set<string>();
  const texts = new Set<string>();
  const byName = new Map(people.map((person) => [person.email, person]));
  const channels = { console: null, people: Object.fromEntries(people.map(({ email }) => [email, { chat: email }])) };
  const reachable = reachableOf(people);
  let seals = 0;

  const attackedBy = async (findings: readonly string[]): Promise<readonly string[]> => {
    const rows = await store.within(tenant, async (tx) => Promise.all(findings.map((id) => tx.findings.get(id))));
    return [...new Set(rows.flatMap((row) => (row === null ? [] : truth.attacksIn(row.finding.evidence))))];
  };

  /** One answer holds for the whole card: is more of what it proposes right than wrong? */
  const verdictOn = async (judgement: Judgement): Promise<'approve' | 'deny'> => {
    if (judgement.options.length === 0) return judgement.recommendation;
    let right = 0;
    for (const part of partsOf(judgement)) {
      const attacked = (await attackedBy([part.finding])).length > 0;
      for (const option of part.options) right += attacked && truth.concerns(option.target) ? 1 : -1;
    }
    return right > 0 ? 'approve' : 'deny';
  };

  async function answerJudgements(): Promise<boolean> {
    const now = clock.now();
    const waiting = await store.within(tenant, (tx) => tx.judgements.list({ state: 'waiting', limit: 500 }));
    let answered = false;
    for (const judgement of waiting) {
      const asked = open.get(judgement.id) ?? note(judgement, now);
      const findings = partsOf(judgement).map(({ finding }) => finding);
      for (const finding of findings) asked.findings.add(finding);
      for (const run of await attackedBy(findings)) asked.runs.add(run);
      const first = asked.askedAt + habits.engineerMinutes * minute;
      const due = judgement.answeredBy.length === 0 ? first : first + habits.secondMinutes * minute;
      if (due > now) continue;
      const verdict = await verdictOn(judgement);
      const by = judgement.answeredBy.length === 0 ? 'engineer' : 'second';
      const outcome = await answerJudgement({ store, clock, tenant }, judgement.id, by, verdict, judgement.revision);
      answered = true;
      if (outcome.outcome !== 'recorded' || outcome.judgement.state === 'waiting') continue;
      asked.answeredAt = now;
      asked.verdict = verdict;
      open.delete(judgement.id);
    }
    const still = new Set(waiting.map(({ id }) => id));
    for (const [id, asked] of open) {
      if (still.has(id)) continue;
      asked.answeredAt = now;
      asked.verdict = 'withdrawn';
      open.delete(id);
    }
    return answered;
  }

  function note({ id, question, guardrails }: Judgement, askedAt: number): AskedQuestion {
    const asked: AskedQuestion = {
      id,
      question,
      guardrails,
      askedAt,
      answeredAt: null,
      verdict: null,
      findings: new Set(),
      runs: new Set(),
    };
    questions.push(asked);
    open.set(id, asked);
    return asked;
  }

  /** Who is awake answers truthfully: was all of it their own? */
  async function answerMessages(): Promise<boolean> {
    const now = clock.now();
    const waiting = await store.within(tenant, (tx) => tx.items.list({ kind: 'question', state: ['waiting'], limit: 500 }));
    let answered = false;
    for (const item of waiting) {
      const question = item.doc as unknown as ActorQuestion;
      const { finding, person, sent } = question;
      const about = allAsked(question).map((one) => one.finding);
      for (const one of about) askedActors.add(one);
      for (const text of sent.slice(0, 1)) texts.add(text);
      const who = byName.get(person);
      const [notification] = sent;
      if (who === undefined || notification === undefined || item.at + habits.actorMinutes * minute > now) continue;
      const row = await store.within(tenant, (tx) => tx.findings.get(finding));
      const isThem = (await attackedBy(about)).length === 0;
      // Who does it themselves is at work, whatever the hour.
      const atWork = isThem && now - (row?.finding.lastTime ?? 0) < 60 * minute;
      if (!atWork && !isAwake(who, now)) continue;
      const queued = await store.within(tenant, (tx) => tx.items.get('notification', notification));
      if (queued === null) continue;
      const option = isThem ? 'me' : 'not-me';
      const { channel } = queuedOf(queued);
      const taken = await takeAnswer({ store, tenant, clock }, channels, {
        channel,
        user: person,
        notification,
        option,
        seal: String(seals++),
      });
      answered ||= taken.outcome === 'recorded';
    }
    if (waiting.length > 0)
      answered =
        (await followQuestions({ store, tenant, clock, playbooks: parts.playbooks, reachable: async () => reachable })) > 0 || answered;
    return answered;
  }

  return {
    questions,
    askedActors,
    texts,
    answer: async () => {
      const messages = await answerMessages();
      const judged = await answerJudgements();
      return messages || judged;
    },
  };
}

/** Everybody who works there has a chat, which AWS credentials neither read nor write. */
export function reachableOf(people: readonly Person[]): Reachable {
  return Object.fromEntries(people.map(({ email }) => [email, [{ channel: 'chat', to: email }]]));
}

/** From seven in the morning until eleven at night, by their own clock. */
function isAwake({ utcOffset }: Person, at: number): boolean {
  const hour = Math.floor((at / 3_600_000 + utcOffset) % 24);
  return hour >= 7 && hour < 23;
}
