import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileLogs } from '../../edge/files/file-logs.ts';
import { writeLogObjects } from '../../range/log-objects.ts';
import { loadRange, saveRange } from '../../range/range-file.ts';
import { runLive } from '../../range/run-live.ts';
import { serveRange } from '../../range/serve-range.ts';
import { putArmed } from '../console/armed.ts';
import { type Env, places } from './home.ts';
import { loadCampaigns } from './load-campaigns.ts';
import type { State } from './state.ts';
import type { Watched } from './watched.ts';

const saveEveryMs = 5_000;
/** Campaigns that go on in it, of all that there are. */
const shown: readonly string[] = ['ordinary-day', 'stolen-deploy-key', 'stolen-workload-session'];
/** In the simulated organisation the owner has seen what the playbooks would do, and signed. */
const signedBy = 'the simulated organisation';

/**
 * The tolerance of the simulated organisation: people's stolen keys, rights that were given away, opened buckets and opened groups are answered
 * at once. A session of a workload is not: its machines serve customers, so somebody is asked.
 */
const tolerance = `# The tolerance of the simulated organisation. Read again whenever it changes; see docs/reference/tolerance.md
default:
  act: alone
  acceptLegitimateUse: [aws.iam.detach-policy, aws.s3.block-public-access, aws.ec2.narrow-world-open-ingress]
  acceptProductionUse: [aws.iam.contain-access-key, aws.iam.detach-policy, aws.s3.block-public-access, aws.ec2.narrow-world-open-ingress]
caps: { perHour: 40, perAccountHour: 20 }
protected: ["arn:aws:iam::*:role/break-glass*", "arn:aws:iam::*:user/break-glass*"]
`;

/**
 * Starts the simulated organisation with its attack, serves its cloud to the workers and delivers its logs.
 * JOBZERO_RANGE_LATENCY: milliseconds that its cloud takes for a call of the actor; 0 unless given.
 */
export async function simulate(state: State, env: Env, troubled: (error: unknown) => void): Promise<Watched> {
  const token = randomBytes(24).toString('base64url');
  const folder = places(state.home).rangeLogs;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = places(state.home).range;
  const range = await loadRange(path, { seed: 'jobzero', start: Date.now(), now: () => Date.now() });
  await prepare(state);
  const server = await serveRange(range, {
    port: 0,
    token,
    afterWrite: () => saveRange(range, path),
    latencyMs: Number(env['JOBZERO_RANGE_LATENCY'] ?? 0) || 0,
  });
  const stop = new AbortController();
  const saver = setInterval(() => void saveRange(range, path).catch(troubled), saveEveryMs);
  const campaigns = (await loadCampaigns()).filter(({ id }) => shown.includes(id));
  const live = runLive(range, campaigns, {
    now: () => Date.now(),
    sleep: (milliseconds) => sleep(milliseconds, undefined, { signal: stop.signal }).catch(() => undefined),
    deliver: (objects) => writeLogObjects(folder, objects),
    signal: stop.signal,
  }).catch(troubled);
  return {
    cloud: { kind: 'range', url: server.url, token },
    logs: fileLogs(),
    roots: [folder],
    everyMs: 500,
    queues: null,
    tolerance,
    stop: async () => {
      stop.abort();
      clearInterval(saver);
      await live;
      await saveRange(range, path);
      await server.close();
    },
  };
}

/** Arms the playbooks once; what somebody has changed since stays. */
async function prepare(state: State): Promise<void> {
  const { store, tenant, playbooks, clock } = state;
  const known = await store.within(tenant, (tx) => tx.settings.get('undo-persons'));
  if (known !== null) return;
  await store.within(tenant, async (tx) => {
    const at = clock.now();
    for (const { id: playbook } of playbooks)
      await putArmed(tx, { playbook, account: '*', armed: true, signedBy, shadowDays: 0 }, signedBy, at);
    // Whoever tries it out is alone: elsewhere the undo of a containment takes two.
    await tx.settings.set('undo-persons', 1, at, signedBy);
  });
}
