import { similarCases } from '../../core/decide/similar-cases.ts';
import type { Judgement } from '../../core/model/decision.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Json } from '../../core/model/json.ts';
import type { CaseKey, GivenOpinion, Opinion, Outcome } from '../../core/model/judging.ts';
import type { Item } from '../../core/ports/items.ts';
import type { Tx } from '../../core/ports/store.ts';

/**
 * A question that was answered, or an investigation that ended, kept to learn from: an item of kind `case`, whose id is the question's. States: `unresolved` until it
 * is known how it turned out, then `true-positive` or `benign`.
 */
export interface Case {
  readonly finding: string;
  readonly revision: string;
  readonly key: CaseKey;
  readonly question: string;
  /** `judged`: nothing was asked, an investigation ended so. */
  readonly answer: 'approved' | 'denied' | 'judged';
  readonly answeredAt: number;
  readonly answeredBy: readonly string[];
  /** What was recommended; null where nothing was. */
  readonly advice: Opinion | null;
  /** Its incident paged when it was answered. */
  readonly paged: boolean;
  /** Those of the persons who answered, the first of each. */
  readonly opinions: readonly GivenOpinion[];
  /** The last counts; the earlier ones are what was thought before. */
  readonly outcomes: readonly Outcome[];
}

export const caseKind = 'case';
/** Two judgements a shift are some 1,500 a year. */
const mostCases = 20_000;
/** Cases that a question is compared with, and those that a card shows. */
const mostCompared = 25;
const mostShown = 5;

export function caseOf(item: Item): Case {
  return item.doc as unknown as Case;
}

export function caseItem(id: string, one: Case, dueAt: number | null, at: number): Item {
  return { kind: caseKind, id, state: one.outcomes.at(-1)?.nature ?? 'unresolved', dueAt, at, doc: one as unknown as Json };
}

/** What is compared of a finding's case. */
export function keyOf(finding: Pick<Finding, 'rule' | 'account' | 'actor' | 'resources'>): CaseKey {
  return {
    rule: finding.rule.id,
    account: finding.account,
    actorType: finding.actor?.type ?? '',
    resourceTypes: [...new Set(finding.resources.map(({ type }) => type))].sort(),
  };
}

/** A case as a card shows it: how it was answered, and how it turned out. */
export interface SimilarCase {
  readonly id: string;
  readonly question: string;
  readonly account: string;
  readonly answer: Case['answer'];
  readonly answeredAt: number;
  readonly outcome: Outcome['nature'] | null;
}

/** Earlier cases like the question's, the most alike first. */
export async function similarTo(tx: Tx, question: Judgement): Promise<readonly SimilarCase[]> {
  const finding = (await tx.findings.get(question.finding))?.finding;
  return finding === undefined ? [] : casesLike(tx, finding, new Set([question.id]));
}

/** Earlier cases like the finding's but these, the most alike first. */
export async function casesLike(tx: Tx, finding: Finding, but: ReadonlySet<string>): Promise<readonly SimilarCase[]> {
  return (await alike(tx, finding, but, mostShown)).map(({ id, one }) => ({
    id,
    question: one.question,
    account: one.key.account,
    answer: one.answer,
    answeredAt: one.answeredAt,
    outcome: one.outcomes.at(-1)?.nature ?? null,
  }));
}

/** How many of the cases like the question's turned out to be what. */
export async function countCases(tx: Tx, question: Judgement): Promise<{ readonly truePositive: number; readonly benign: number }> {
  const finding = (await tx.findings.get(question.finding))?.finding;
  const found = finding === undefined ? [] : await alike(tx, finding, new Set([question.id]), mostCompared);
  const ends = found.map(({ one }) => one.outcomes.at(-1)?.nature);
  return { truePositive: ends.filter((end) => end === 'true-positive').length, benign: ends.filter((end) => end === 'benign').length };
}

async function alike(tx: Tx, finding: Finding, but: ReadonlySet<string>, most: number) {
  const cases = (await tx.items.list({ kind: caseKind, limit: mostCases }))
    .filter(({ id }) => !but.has(id))
    .map((item) => ({ id: item.id, one: caseOf(item) }))
    .map((item) => ({ ...item, at: item.one.answeredAt, key: item.one.key }));
  return similarCases(keyOf(finding), cases, most);
}
