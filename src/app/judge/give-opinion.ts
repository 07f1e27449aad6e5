import { InputError } from '../../core/model/errors.ts';
import type { GivenOpinion, Nature, Opinion } from '../../core/model/judging.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { exerciseTx } from '../exercise/exercise-tx.ts';
import { judgeExercise } from '../exercise/take-exercise.ts';
import { cardOf, storeCard } from './card.ts';
import { recordOpinion } from './opinions.ts';

export type OpinionGiven =
  | { readonly outcome: 'unknown' | 'too-late' | 'renewed' }
  /** What holds: a person's first opinion on what was read. */
  | { readonly outcome: 'recorded'; readonly opinion: GivenOpinion };

/** Whole per cent: less than a coin is the other answer, and nobody is certain. */
const least = 50;
const most = 99;

/** The opinion that somebody typed. Throws InputError for a confidence that is none. */
export function readOpinion(nature: Nature, confidence: number): Opinion {
  if (!Number.isInteger(confidence) || confidence < least || confidence > most)
    throw new InputError(`a confidence is a whole number of per cent from ${least} to ${most}`, String(confidence));
  return { nature, confidence };
}

/**
 * Takes down what a person takes a question for, before the recommendation is shown to that person. `revision` is what was read: when the
 * question was renewed since, nothing is taken.
 */
export function giveOpinion(
  deps: Pick<ConsoleDeps, 'store' | 'clock' | 'tenant'>,
  id: string,
  by: string,
  opinion: Opinion,
  revision?: string,
): Promise<OpinionGiven> {
  return deps.store.within(deps.tenant, async (tx): Promise<OpinionGiven> => {
    const judgement = await tx.judgements.get(id);
    if (judgement === null) {
      const at = deps.clock.now();
      const isExercise = await judgeExercise(exerciseTx(tx), id, by, opinion, at);
      return isExercise ? { outcome: 'recorded', opinion: { ...opinion, by, at, afterAdvice: false } } : { outcome: 'unknown' };
    }
    if (judgement.state !== 'waiting') return { outcome: 'too-late' };
    if (revision !== undefined && revision !== judgement.revision) return { outcome: 'renewed' };
    const card = await storeCard(tx, await cardOf(tx, judgement));
    return { outcome: 'recorded', opinion: await recordOpinion(tx, judgement, by, opinion, card, deps.clock.now()) };
  });
}
