import type { Judgement } from '../../core/model/decision.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { type JudgementView, viewJudgement } from './judgement-view.ts';

export function listJudgements(deps: ConsoleDeps, state: Judgement['state'] | undefined, limit: number): Promise<readonly JudgementView[]> {
  return deps.store.within(deps.tenant, async (tx) => {
    const views: JudgementView[] = [];
    for (const judgement of await tx.judgements.list(state === undefined ? { limit } : { state, limit })) {
      views.push(await viewJudgement(deps, tx, judgement));
    }
    return views;
  });
}
