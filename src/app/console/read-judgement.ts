import { exerciseTx } from '../exercise/exercise-tx.ts';
import { exerciseOf } from '../exercise/take-exercise.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { viewExerciseWithCases } from './exercise-view.ts';
import { type JudgementView, viewJudgement } from './judgement-view.ts';

/** One question as this person may see it, or null when there is none of this id. */
export function readJudgement(deps: ConsoleDeps, id: string, who: string): Promise<JudgementView | null> {
  return deps.store.within(deps.tenant, async (tx) => {
    const judgement = await tx.judgements.get(id);
    if (judgement !== null) return viewJudgement(deps, tx, judgement, who);
    const exercise = await exerciseOf(exerciseTx(tx), id, who);
    return exercise === null ? null : viewExerciseWithCases(tx, exercise);
  });
}
