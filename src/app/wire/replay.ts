import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../core/model/errors.ts';
import type { Tolerance } from '../../core/model/tolerance.ts';
import { engineLoader } from '../../edge/engine/load-engine.ts';
import { readRuleFiles } from '../../edge/files/file-rules.ts';
import { countAttacks } from '../judge/backtest-proposals.ts';
import type { OnProgress } from '../on-progress.ts';
import { readTolerance } from '../read-tolerance.ts';
import { replay as replayAll } from '../replay.ts';
import { replayPolicy } from '../replay-policy.ts';
import { replayRecommendations } from '../replay-recommendations.ts';
import { armedPlaces } from '../settings.ts';
import { toleranceOf } from '../tolerance-of.ts';
import type { PolicySummary, ReplayPolicyInput, ReplaySummary } from '../wires.ts';
import { type Env, homeOf } from './home.ts';
import { withConsole } from './state.ts';
import { type NewRules, tryOnLake } from './try-on-lake.ts';

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

/**
 * `jobzero replay --policy`: what a tolerance, other rules, or the playbooks and the engine of now, would have decided. Rules are run on the
 * events of the lake; what only they find is decided by what is armed now.
 */
export function replayWithPolicy(input: ReplayPolicyInput, env: Env): Promise<PolicySummary> {
  const started = performance.now();
  return withConsole(async (deps) => {
    const { tenant, store, playbooks } = deps;
    const policy = input.policy === null ? { tolerance: null, rules: null } : await readPolicy(input.policy);
    const tried =
      policy.rules === null
        ? null
        : await tryOnLake({ ...deps, home: homeOf(env) }, policy.rules, input, (done) =>
            input.onProgress({ done, total: null, doing: 'events looked at' }),
          );
    const { now, armed, lostAttacks } = await store.within(tenant, async (tx) => ({
      now: await toleranceOf(tx),
      armed: await armedPlaces(tx),
      lostAttacks: tried === null ? 0 : await countAttacks(tx, new Set(tried.lost)),
    }));
    const report = await replayPolicy(
      tenant,
      store,
      engineLoader(),
      {
        now,
        ...(policy.tolerance === null ? {} : { tolerance: policy.tolerance }),
        ...(input.playbooks ? { playbooks } : {}),
        ...(tried === null ? {} : { rules: { lost: new Set(tried.lost), found: tried.found, other: tried.other, playbooks, armed } }),
      },
      { from: input.from, to: input.to },
      (done) => input.onProgress({ done, total: null, doing: 'deciding anew' }),
    );
    return { ...report, rules: tried === null ? null : { ...tried, lostAttacks }, seconds: (performance.now() - started) / 1000 };
  }, env);
}

/** A folder with `tolerance.yml` and `rules` (one of them may be missing), or one file: of rules where its documents are, else a tolerance. */
async function readPolicy(path: string): Promise<{ readonly tolerance: Tolerance | null; readonly rules: NewRules | null }> {
  const found = await stat(path).catch((error: unknown) => {
    throw new InputError('the policy cannot be read', path, { cause: error });
  });
  if (!found.isDirectory()) {
    const text = await readFile(path, 'utf8');
    return /^(?:detection|correlation|filter):/m.test(text)
      ? { tolerance: null, rules: { files: [{ file: path, text }], inPlace: false } }
      : { tolerance: readTolerance(text, path), rules: null };
  }
  const [toleranceFile, rulesFolder] = [join(path, 'tolerance.yml'), join(path, 'rules')];
  const tolerance = await readFile(toleranceFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new InputError('the tolerance cannot be read', toleranceFile, { cause: error });
  });
  const hasRules = await stat(rulesFolder).then(
    (there) => there.isDirectory(),
    () => false,
  );
  if (tolerance === null && !hasRules) throw new InputError('has neither tolerance.yml nor a folder rules', path);
  return {
    tolerance: tolerance === null ? null : readTolerance(tolerance, toleranceFile),
    rules: hasRules ? { files: await readRuleFiles([rulesFolder]), inPlace: true } : null,
  };
}
