import { type Forecast, type Score, scoreOf } from '../../core/decide/score.ts';
import { valueAt } from '../../core/lib/json-at.ts';
import type { GivenOpinion, Opinion } from '../../core/model/judging.ts';
import type { Tx } from '../../core/ports/store.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { historyOf } from '../exercise/drills.ts';
import type { Exercise } from '../exercise/exercise.ts';
import { exerciseTx } from '../exercise/exercise-tx.ts';
import { sealPerson } from '../ledger/seals.ts';
import { type Case, caseKind, caseOf } from './cases.ts';

/** How a person's opinions turned out. Those given with the recommendation in sight are not among them. */
export interface PersonScore {
  readonly person: string;
  readonly shared: boolean;
  readonly score: Score;
  /** Opinions whose end is not known yet. */
  readonly open: number;
  /** Given while an intruder was active, with the recommendation in sight. */
  readonly afterAdvice: number;
  /** Where the recommendation took a case for something else: how often the person was right, and how often it was. */
  readonly against: { readonly person: number; readonly recommendation: number };
  /** Of drills and samples, counted apart. */
  readonly drills: Score;
  /** Cases that came again in disguise: how often the same was said, and how far apart the confidences were, in per cent in all. */
  readonly repeats: { readonly n: number; readonly same: number; readonly apart: number };
  /** Month by month, `2026-11`, when they were given. */
  readonly months: readonly { readonly month: string; readonly n: number; readonly squares: number }[];
}

export interface Scores {
  readonly own: PersonScore;
  /** Of others who share theirs, by name. */
  readonly others: readonly PersonScore[];
  readonly recommendation: Score;
}

const mostCases = 20_000;
const prefix = 'shared-scores/';

/** The scores that this person may see: the own ones, and those of others that they share. */
export function readScores(deps: Pick<ConsoleDeps, 'store' | 'tenant'>, who: string): Promise<Scores> {
  return deps.store.within(deps.tenant, async (tx) => {
    const cases = new Map((await tx.items.list({ kind: caseKind, limit: mostCases })).map((item) => [item.id, caseOf(item)]));
    const sharing = await sharedBy(tx);
    const exercises = exerciseTx(tx);
    const scored = async (person: string): Promise<PersonScore> => ({
      ...personScore(person, sharing.has(person), [...cases.values()]),
      ...exercised(
        person,
        cases,
        (await historyOf(exercises, person)).map(({ exercise }) => exercise),
      ),
    });
    const others: PersonScore[] = [];
    for (const person of [...sharing].filter((one) => one !== who).sort()) others.push(await scored(person));
    return {
      own: await scored(who),
      others,
      recommendation: scoreOf([...cases.values()].flatMap((one) => (one.advice === null ? [] : forecast(one, one.advice)))),
    };
  });
}

/** Shows a person's scores to others, or to nobody else any more. */
export function shareScores(deps: Pick<ConsoleDeps, 'store' | 'tenant' | 'clock'>, who: string, shared: boolean): Promise<void> {
  return deps.store.within(deps.tenant, async (tx) => {
    const at = deps.clock.now();
    await tx.settings.set(`${prefix}${who}`, { shared }, at, who);
    await tx.ledger.append({
      format: 'jobzero.ledger/1',
      type: 'setting',
      subject: 'shared-scores',
      at,
      data: { shared, bySeal: await sealPerson(tx, who) },
    });
  });
}

/** Does this person let others see theirs? */
export function sharesScores(deps: Pick<ConsoleDeps, 'store' | 'tenant'>, who: string): Promise<boolean> {
  return deps.store.within(deps.tenant, async (tx) => (await sharedBy(tx)).has(who));
}

async function sharedBy(tx: Tx): Promise<ReadonlySet<string>> {
  const rows = await tx.settings.list(prefix);
  return new Set(rows.filter(({ value }) => valueAt(value, 'shared') === true).map(({ name }) => name.slice(prefix.length)));
}

function forecast(one: Case, { nature, confidence }: Opinion): readonly Forecast[] {
  const outcome = one.outcomes.at(-1)?.nature;
  return outcome === undefined ? [] : [{ nature, confidence, outcome }];
}

function personScore(person: string, shared: boolean, cases: readonly Case[]): Omit<PersonScore, 'drills' | 'repeats'> {
  const said = cases.flatMap((one) => one.opinions.filter(({ by }) => by === person).map((opinion) => ({ one, opinion })));
  const before = said.filter(({ opinion }) => !opinion.afterAdvice);
  const months = new Map<string, Forecast[]>();
  for (const { one, opinion } of before) {
    const month = new Date(opinion.at).toISOString().slice(0, 7);
    months.set(month, [...(months.get(month) ?? []), ...forecast(one, opinion)]);
  }
  return {
    person,
    shared,
    score: scoreOf(before.flatMap(({ one, opinion }) => forecast(one, opinion))),
    open: before.filter(({ one }) => one.outcomes.length === 0).length,
    afterAdvice: said.length - before.length,
    against: against(before),
    months: [...months]
      .map(([month, held]) => ({ month, ...scoreOf(held) }))
      .filter(({ n }) => n > 0)
      .map(({ month, n, squares }) => ({ month, n, squares }))
      .sort((a, b) => (a.month < b.month ? -1 : 1)),
  };
}

function against(said: readonly { readonly one: Case; readonly opinion: GivenOpinion }[]): PersonScore['against'] {
  const differing = said.filter(
    ({ one, opinion }) => one.outcomes.length > 0 && one.advice !== null && one.advice.nature !== opinion.nature,
  );
  const person = differing.filter(({ one, opinion }) => one.outcomes.at(-1)?.nature === opinion.nature).length;
  return { person, recommendation: differing.length - person };
}

/** How a person did in exercises that were judged. */
function exercised(
  person: string,
  cases: ReadonlyMap<string, Case>,
  exercises: readonly Exercise[],
): Pick<PersonScore, 'drills' | 'repeats'> {
  const drills: Forecast[] = [];
  const repeats = { n: 0, same: 0, apart: 0 };
  for (const { kind, of, truth, opinion } of exercises) {
    if (opinion === null) continue;
    const { nature, confidence } = opinion;
    if (kind === 'drill' && truth !== null) drills.push({ nature, confidence, outcome: truth });
    const before =
      kind === 'repeat' && of !== null && 'case' in of ? cases.get(of.case)?.opinions.find(({ by }) => by === person) : undefined;
    if (before === undefined) continue;
    repeats.n++;
    if (before.nature === nature) repeats.same++;
    repeats.apart += before.nature === nature ? Math.abs(before.confidence - confidence) : before.confidence + confidence - 100;
  }
  return { drills: scoreOf(drills), repeats };
}
