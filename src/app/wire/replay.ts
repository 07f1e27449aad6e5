import { engineLoader } from '../../edge/engine/load-engine.ts';
import type { OnProgress } from '../on-progress.ts';
import { replay as replayAll } from '../replay.ts';
import type { ReplaySummary } from '../wires.ts';
import type { Env } from './home.ts';
import { withConsole } from './state.ts';

/** `jobzero replay`: every stored decision again, from its bytes. */
export function replay({ onProgress }: { readonly onProgress: OnProgress }, env: Env): Promise<ReplaySummary> {
  const started = performance.now();
  return withConsole(async ({ tenant, store }) => {
    const report = await replayAll(tenant, store, engineLoader(), (done) =>
      onProgress({ done, total: null, doing: 'replaying decisions' }),
    );
    const { decisions, same, different, expired } = report;
    return {
      decisions,
      same,
      different: decisions - same - expired,
      expired,
      seconds: (performance.now() - started) / 1000,
      differences: different,
    };
  }, env);
}
