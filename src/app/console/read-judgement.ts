import type { ConsoleDeps } from './console-deps.ts';
import { type JudgementView, viewJudgement } from './judgement-view.ts';

/** One question as this person may see it, or null when there is none of this id. */
export function readJudgement(deps: ConsoleDeps, id: string, who: string): Promise<JudgementView | null> {
  return deps.store.within(deps.tenant, async (tx) => {
    const judgement = await tx.judgements.get(id);
    return judgement === null ? null : viewJudgement(deps, tx, judgement, who);
  });
}
