import type { Nature } from '../../core/model/judging.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { type Case, caseKind, caseOf } from './cases.ts';
import { type Resolved, resolveCase } from './resolve-case.ts';

/** A case as lists show it. What others thought of it is theirs, and is not in it. */
export interface CaseView {
  readonly id: string;
  readonly finding: string;
  readonly rule: string;
  readonly account: string;
  readonly question: string;
  readonly answer: Case['answer'];
  readonly answeredAt: number;
  readonly outcome: Case['outcomes'][number] | null;
  /** The person who reads has judged it, and so does not say how it turned out. */
  readonly own: boolean;
}

type Deps = Pick<ConsoleDeps, 'store' | 'tenant' | 'clock'>;

/** Cases in the order in which they came to their state: those whose end is not known, or all. */
export function listCases(deps: Deps, who: string, unresolved: boolean, limit: number): Promise<readonly CaseView[]> {
  return deps.store.within(deps.tenant, async (tx) =>
    (await tx.items.list({ kind: caseKind, ...(unresolved ? { state: ['unresolved'] } : {}), limit })).map((item) => {
      const one = caseOf(item);
      return {
        id: item.id,
        finding: one.finding,
        rule: one.key.rule,
        account: one.key.account,
        question: one.question,
        answer: one.answer,
        answeredAt: one.answeredAt,
        outcome: one.outcomes.at(-1) ?? null,
        own: one.answeredBy.includes(who) || one.opinions.some(({ by }) => by === who),
      };
    }),
  );
}

/** A second person says how a case turned out. */
export function reviewCase(deps: Deps, id: string, by: string, nature: Nature): Promise<Resolved> {
  return deps.store.within(deps.tenant, (tx) => resolveCase(tx, id, { nature, source: 'review', by, at: deps.clock.now() }));
}
