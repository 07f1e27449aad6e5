import { sha256 } from '../core/lib/hash.ts';
import type { EngineLoader } from '../core/ports/engine.ts';
import type { Store } from '../core/ports/store.ts';
import type { ReplayFault } from './replay.ts';

export interface RecommendationsReport {
  readonly recommendations: number;
  readonly same: number;
  readonly different: readonly ReplayFault[];
  /** The argument or the engine was removed by retention. */
  readonly expired: number;
}

/** Two questions a shift are some 1,500 a year. */
const most = 100_000;

/** Makes the recommendation of every stored question again, from its stored argument with the engine that made it, and compares bytes. */
export async function replayRecommendations(tenant: string, store: Store, engines: EngineLoader): Promise<RecommendationsReport> {
  const different: ReplayFault[] = [];
  let [recommendations, same, expired] = [0, 0, 0];
  const asked = await store.within(tenant, (tx) => tx.judgements.list({ limit: most }));
  for (const { id, finding, advice } of asked) {
    if (advice === undefined) continue;
    recommendations++;
    const [given, bundle] = await store.within(tenant, async (tx) => [
      await tx.documents.get(advice.arguments),
      await tx.documents.get(advice.engine),
    ]);
    const recommend = bundle == null ? null : engines.recommends(bundle);
    const fault = (reason: string) => different.push({ decision: id, finding, reason });
    if (given == null || bundle == null || recommend === null) expired++;
    else if (sha256(given) !== advice.arguments) fault("the recommendation's argument does not have its hash any more");
    else if (sha256(bundle) !== advice.engine) fault('the stored engine does not have its hash any more');
    else if (sha256(recommend(given)) !== advice.document) fault('the recommendation comes out with other bytes');
    else same++;
  }
  return { recommendations, same, different, expired };
}
