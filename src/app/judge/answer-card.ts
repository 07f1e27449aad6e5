import type { Opinion } from '../../core/model/judging.ts';
import { type Answered, answerJudgement } from '../console/answer-judgement.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { exerciseTx } from '../exercise/exercise-tx.ts';
import { answerExercise, exerciseOf, judgeExercise } from '../exercise/take-exercise.ts';
import { giveOpinion, readOpinion } from './give-opinion.ts';
import { isIntruderActive } from './intruder.ts';
import { natureOfAnswer, opinionOf } from './opinions.ts';
import { type Reveal, revealOf } from './reveal.ts';

export type CardAnswered =
  | Answered
  | { readonly outcome: 'opinion-first' }
  /** It was none: what it was is told now. */
  | { readonly outcome: 'exercised'; readonly state: 'approved' | 'denied'; readonly reveal: Reveal };

type Deps = Pick<ConsoleDeps, 'store' | 'clock' | 'tenant'>;

/**
 * The answer of a person to a card. Whoever answers has said before what it is, and how surely; only while an intruder is active nobody
 * has to. `confidence` says both at once: the answer, and how sure of it the person was before any advice.
 */
export async function answerCard(
  deps: Deps,
  id: string,
  by: string,
  answer: 'approve' | 'deny',
  given: { readonly revision?: string; readonly confidence?: number },
): Promise<CardAnswered> {
  const exercised = await exercise(deps, id, by, answer, given.confidence);
  if (exercised !== null) return exercised;
  const state = await deps.store.within(deps.tenant, async (tx) => {
    const judgement = await tx.judgements.get(id);
    const { revision } = given;
    // There is nothing to answer: which of these it is, the answer itself finds out.
    if (judgement?.state !== 'waiting' || (revision !== undefined && revision !== judgement.revision))
      return { mayAnswer: true, opinion: null };
    const implied = given.confidence === undefined ? null : readOpinion(natureOfAnswer(judgement, answer), given.confidence);
    const opinion: Opinion | null = (await opinionOf(tx, judgement, by)) ?? implied;
    return { mayAnswer: opinion !== null || (await isIntruderActive(tx, judgement)), opinion };
  });
  if (!state.mayAnswer) return { outcome: 'opinion-first' };
  if (state.opinion !== null) await giveOpinion(deps, id, by, state.opinion, given.revision);
  return answerJudgement(deps, id, by, answer, given.revision);
}

/** The answer to an exercise; null for a real question. Only what exercises may reach is in its reach. */
async function exercise(
  deps: Deps,
  id: string,
  by: string,
  answer: 'approve' | 'deny',
  confidence: number | undefined,
): Promise<CardAnswered | null> {
  return deps.store.within(deps.tenant, async (tx): Promise<CardAnswered | null> => {
    const exercises = exerciseTx(tx);
    const found = await exerciseOf(exercises, id, by);
    if (found === null) return null;
    const at = deps.clock.now();
    const nature = answer === 'approve' ? 'true-positive' : 'benign';
    if (found.state === 'waiting' && confidence === undefined) return { outcome: 'opinion-first' };
    if (found.state === 'waiting' && confidence !== undefined) await judgeExercise(exercises, id, by, readOpinion(nature, confidence), at);
    const answered = await answerExercise(exercises, id, by, answer, at);
    if (answered === null) return { outcome: 'unknown' };
    return { outcome: 'exercised', state: answer === 'approve' ? 'approved' : 'denied', reveal: await revealOf(tx, answered) };
  });
}
