import { readFile } from 'node:fs/promises';
import { engineLoader } from '../../edge/engine/load-engine.ts';
import type { OnProgress } from '../on-progress.ts';
import { readTolerance } from '../read-tolerance.ts';
import { replay as replayAll } from '../replay.ts';
import { type PolicyReport, replayPolicy } from '../replay-policy.ts';
import { replayRecommendations } from '../replay-recommendations.ts';
import type { ReplayPolicyInput, ReplaySummary } from '../wires.ts';
import type { Env } from './home.ts';
import { withConsole } from './state.ts';

/** `jobzero replay`: every stored decision and recommendation again, from its bytes. */
export function replay({ onProgress }: { readonly onProgress: OnProgress }, env: Env): Promise<ReplaySummary> {
  const started = performance.now();
  return withConsole(async ({ tenant, store }) => {
    const engines = engineLoader();
    const report = await replayAll(tenant, store, engines, (done) => onProgress({ done, total: null, doing: 'replaying decisions' }));
    const advised = await replayRecommendations(tenant, store, engines);
    const { decisions, same, different, expired } = report;
    return {
      decisions,
      same,
      different: decisions - same - expired + advised.different.length,
      expired,
      recommendations: { n: advised.recommendations, same: advised.same, expired: advised.expired },
      seconds: (performance.now() - started) / 1000,
      differences: [...different, ...advised.different],
    };
  }, env);
}

/** `jobzero replay --policy`: what a tolerance, or the playbooks and the engine of now, would have decided. */
export function replayWithPolicy(input: ReplayPolicyInput, env: Env): Promise<PolicyReport & { readonly seconds: number }> {
  const started = performance.now();
  return withConsole(async ({ tenant, store, playbooks }) => {
    const tolerance =
      input.tolerance === null ? {} : { tolerance: readTolerance(await readFile(input.tolerance, 'utf8'), input.tolerance) };
    const report = await replayPolicy(
      tenant,
      store,
      engineLoader(),
      { ...tolerance, ...(input.playbooks ? { playbooks } : {}) },
      { from: input.from, to: input.to },
      (done) => input.onProgress({ done, total: null, doing: 'deciding anew' }),
    );
    return { ...report, seconds: (performance.now() - started) / 1000 };
  }, env);
}
