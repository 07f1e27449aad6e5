import type { Judgement } from '../../core/model/decision.ts';
import type { Tx } from '../../core/ports/store.ts';
import { exerciseTx } from '../exercise/exercise-tx.ts';
import { exercisesFor } from '../exercise/take-exercise.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { viewExerciseWithCases } from './exercise-view.ts';
import { type JudgementView, viewJudgement } from './judgement-view.ts';

/** Looked through for answered ones: the store lists the oldest first. */
const most = 5000;
const mostIds = 100_000;

/** Questions of one state or of all as this person may see them, the oldest first; `answered` are all that wait no more, the latest answer first. */
export function listJudgements(
  deps: ConsoleDeps,
  state: Judgement['state'] | 'answered' | undefined,
  limit: number,
  who: string,
): Promise<readonly JudgementView[]> {
  return deps.store.within(deps.tenant, async (tx) => {
    const found =
      state === 'answered'
        ? (await tx.judgements.list({ limit: most }))
            .filter((judgement) => judgement.state !== 'waiting')
            .toSorted((a, b) => (b.answeredAt ?? 0) - (a.answeredAt ?? 0) || (a.id < b.id ? -1 : 1))
            .slice(0, limit)
        : await tx.judgements.list(state === undefined ? { limit } : { state, limit });
    const views: JudgementView[] = [];
    for (const judgement of found) views.push(await viewJudgement(deps, tx, judgement, who));
    if (state === 'answered') return views;
    if (state === undefined || state === 'waiting') views.push(...(await waitingExercises(tx, who)));
    return views.sort(byAge).slice(0, limit);
  });
}

/** The oldest first, as the store lists questions: where an exercise stands must not tell what it is. */
const byAge = ({ judgement: a }: JudgementView, { judgement: b }: JudgementView) => a.askedAt - b.askedAt || (a.id < b.id ? -1 : 1);

/** Exercises that wait for this person, as they are read: like what is real. */
export async function waitingExercises(tx: Tx, who: string): Promise<readonly JudgementView[]> {
  const views: JudgementView[] = [];
  for (const exercise of await exercisesFor(exerciseTx(tx), who)) {
    const view = await viewExerciseWithCases(tx, exercise);
    if (view !== null) views.push(view);
  }
  return views;
}

/** Ids of all questions, answered ones too, and of the exercises that wait for this person: for whoever types the beginning of one. */
export function judgementIds(deps: Pick<ConsoleDeps, 'store' | 'tenant'>, who: string): Promise<readonly string[]> {
  return deps.store.within(deps.tenant, async (tx) => [
    ...(await tx.judgements.list({ limit: mostIds })).map(({ id }) => id),
    ...(await exercisesFor(exerciseTx(tx), who)).map(({ id }) => id),
  ]);
}
