import type { Opinion } from '../../core/model/judging.ts';
import { type Answered, answerJudgement } from '../console/answer-judgement.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { giveOpinion, readOpinion } from './give-opinion.ts';
import { isIntruderActive } from './intruder.ts';
import { natureOfAnswer, opinionOf } from './opinions.ts';

export type CardAnswered = Answered | { readonly outcome: 'opinion-first' };

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
