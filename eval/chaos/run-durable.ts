import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineCarryOut } from '../../src/app/carry-out.ts';
import { dispatch } from '../../src/app/dispatch.ts';
import type { OnProgress } from '../../src/app/on-progress.ts';
import { organisationOf, type Scenario } from '../../src/app/playbook-scenarios/scenario-under-test.ts';
import {
  type Attacked,
  askUndo,
  attacked,
  changesSomething,
  idOfAction,
  plan,
  prepareStore,
  tenant,
} from '../../src/app/playbook-scenarios/world-under-test.ts';
import { defineUndo } from '../../src/app/undo-action.ts';
import { canonicalJson } from '../../src/core/lib/canonical-json.ts';
import { idOf } from '../../src/core/lib/hash.ts';
import { CloudError } from '../../src/core/model/errors.ts';
import type { Json } from '../../src/core/model/json.ts';
import type { ActionState } from '../../src/core/model/plan.ts';
import type { Cloud, CloudCall } from '../../src/core/ports/cloud.ts';
import type { Durable } from '../../src/core/ports/durable.ts';
import { openDurable } from '../../src/edge/dbos/durable.ts';
import { openDatabase } from '../../src/edge/postgres/open-database.ts';
import { openLedger } from '../../src/edge/postgres/open-ledger.ts';
import { openStore } from '../../src/edge/postgres/open-store.ts';
import { openSigningKey } from '../../src/edge/postgres/signing-key.ts';
import { startEmbedded } from '../../src/edge/postgres/start-embedded.ts';
import { storeTx } from '../../src/edge/postgres/store-tx.ts';
import type { Dice } from '../../src/range/dice.ts';
import { type Range, restoreRange } from '../../src/range/open-range.ts';

/** What came of every scenario at once on DBOS and PostgreSQL, whose executors are stopped under them. */
export interface DurableChaos {
  readonly actions: number;
  /** Executors that stopped in the middle of something. */
  readonly stopped: number;
  readonly planted: number;
  /** Changes that were made again and set the same. */
  readonly repeats: number;
  readonly ends: { readonly [state: string]: number };
  readonly violations: readonly string[];
}

interface Entry {
  readonly after: Attacked;
  readonly range: Range;
  readonly before: Json;
  readonly view: () => Json;
  readonly effects: Map<string, number>;
  /** The call at which it goes wrong once, and how. */
  readonly at: number;
  readonly how: 'throttled' | 'lost-before' | 'lost-after';
  calls: number;
}

/** How long a call takes, and how long an executor lives, in milliseconds. */
const latency = 30;
const lives = 1_500;
const patienceMs = 240_000;

export async function runDurable(scenarios: readonly Scenario[], dice: Dice, onProgress: OnProgress): Promise<DurableChaos> {
  const folder = mkdtempSync(join(tmpdir(), 'jobzero-chaos-'));
  const server = await startEmbedded({ home: folder, onLog: () => {}, settings: ['fsync=off', 'synchronous_commit=off'] });
  try {
    return await runOn(server.url, folder, scenarios, dice, onProgress);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runOn(
  serverUrl: string,
  folder: string,
  scenarios: readonly Scenario[],
  dice: Dice,
  onProgress: OnProgress,
): Promise<DurableChaos> {
  const { url, dbosUrl } = await openDatabase({ url: serverUrl });
  const store = await openStore({ url });
  const began = Date.now();
  const entries = new Map<string, Entry>();
  const violations: string[] = [];
  let planted = 0;
  for (const scenario of scenarios) {
    const found = attacked(scenario);
    // Findings of several scenarios have one id.
    const after = { ...found, finding: { ...found.finding, id: idOf('chaos', scenario.name) } };
    const range = restoreRange(after.snapshot, () => after.at + (Date.now() - began));
    const organisation = organisationOf(range);
    const view = () => JSON.parse(JSON.stringify(scenario.view(organisation, after.target) ?? null)) as Json;
    const how = dice.pick<Entry['how']>(['throttled', 'lost-before', 'lost-after']);
    entries.set(idOfAction(after), { after, range, before: view(), view, effects: new Map(), at: 1 + dice.int(5), how, calls: 0 });
  }
  const entryOf = (call: CloudCall) => {
    const entry = entries.get(call.session?.name ?? '');
    if (entry === undefined) throw new Error(`${call.action} is of no action`);
    return entry;
  };
  const make = async (entry: Entry, call: CloudCall) => {
    const answer = await entry.range.cloud.call(call);
    const effect = `${call.role} ${call.action} ${canonicalJson(call.input)}`;
    if (changesSomething(call.action)) entry.effects.set(effect, (entry.effects.get(effect) ?? 0) + 1);
    return answer;
  };
  const cloud: Cloud = {
    call: async (call) => {
      const entry = entryOf(call);
      await sleep(latency);
      if (++entry.calls !== entry.at) {
        const answer = await make(entry, call);
        await sleep(latency);
        return answer;
      }
      planted++;
      if (entry.how === 'throttled') throw new CloudError('throttled', 'ThrottlingException', call.action, 'planted');
      if (entry.how === 'lost-after') await make(entry, call);
      throw new CloudError('unavailable', 'InternalFailure', call.action, 'planted');
    },
    self: async () => null,
    accounts: async () => [],
    members: async () => null,
    regions: async () => [],
    close: async () => {},
  };
  const playbooks = new Map(scenarios.map(({ playbook }) => [playbook.id, playbook]));
  let executors = 0;
  const executor = async (): Promise<Durable> => {
    const durable = openDurable({
      url,
      systemUrl: dbosUrl,
      storeTx,
      executorId: `chaos-${++executors}`,
      onError: (error, fatal) => {
        if (fatal) violations.push(`an executor was declared dead: ${String(error)}`);
      },
      leaseMs: 3_000,
      pollMs: 50,
    });
    const deps = { cloud, clock: { now: () => Date.now() }, playbooks: (id: string) => playbooks.get(id) };
    defineCarryOut(durable, deps);
    defineUndo(durable, deps);
    await durable.launch();
    return durable;
  };
  const statesNow = () =>
    store.within(tenant, async (tx) => new Map((await tx.actions.list({ limit: 500 })).map((action) => [action.id, action] as const)));
  /** Executors stop one after the other until everything is in one of these states; the last lives. */
  const untilAll = async (ended: ReadonlySet<ActionState>, deaths: number): Promise<void> => {
    let durable = await executor();
    const until = Date.now() + patienceMs;
    for (let round = 0; ; round++) {
      await dispatch({ store, durable, tenant });
      await sleep(lives);
      const open = [...(await statesNow()).values()].filter(({ state }) => !ended.has(state));
      onProgress({ done: entries.size - open.length, total: entries.size, doing: `DBOS, executor ${executors}` });
      if (open.length === 0 || Date.now() > until) break;
      if (round >= deaths) continue;
      await durable.shutdown();
      durable = await executor();
    }
    await durable.shutdown();
  };

  try {
    for (const [id, { after }] of entries) {
      await prepareStore(store, after, ['alice', 'bob'], after.at);
      await plan(store, after, id, 'alice, bob', Date.now());
    }
    await untilAll(new Set(['verified', 'unverified', 'failed', 'refused']), 3);
    const ends: Record<string, number> = {};
    for (const [id, action] of await statesNow()) {
      ends[action.state] = (ends[action.state] ?? 0) + 1;
      if (action.state !== 'verified') violations.push(`${entries.get(id)?.after.scenario.name}: ${action.state}: ${action.reason}`);
    }
    for (const [id] of entries) await askUndo(store, id, Date.now(), false);
    await untilAll(new Set(['undone', 'undo-asks', 'undo-failed', 'refused']), 3);
    for (const [id, action] of await statesNow()) {
      const entry = entries.get(id);
      if (entry === undefined) continue;
      const { scenario } = entry.after;
      const wanted = scenario.undoes.length === 0 ? 'undo-asks' : 'undone';
      if (action.state !== wanted) violations.push(`${scenario.name}: ${action.state}: ${action.reason}`);
      else if (wanted === 'undone' && canonicalJson(entry.view()) !== canonicalJson(entry.before))
        violations.push(`${scenario.name}: what was captured before is not back`);
    }
    violations.push(...(await faultsOfLog(url, folder)));
    const repeats = [...entries.values()].reduce((sum, { effects }) => sum + [...effects.values()].reduce((more, n) => more + n - 1, 0), 0);
    return { actions: entries.size, stopped: executors - 2, planted, repeats, ends, violations };
  } finally {
    await store.close();
  }
}

/** Each leaf of an action and of a receipt is there once, and the ledger verifies against the checkpoints outside. */
async function faultsOfLog(url: string, folder: string): Promise<readonly string[]> {
  const checkpointsFile = join(folder, 'checkpoints.log');
  const ledger = await openLedger({ url, tenant, key: await openSigningKey(join(folder, 'key.pem')), checkpointsFile });
  try {
    for (let size = -1, at = 0; size !== at; at = (await ledger.sequence(Date.now()))?.size ?? at) size = at;
    const { ok, faults } = await ledger.verify([]);
    const found = ok ? [] : faults.map((fault) => `ledger: ${JSON.stringify(fault)}`);
    const told = new Map<string, number>();
    for (let from = 0; ; ) {
      const entries = await ledger.entries(from, 1_000);
      for (const { bytes } of entries) {
        const { type, subject, data } = JSON.parse(bytes) as { type: string; subject: string; data: { step?: number; state?: string } };
        if (type === 'action' || type === 'receipt') {
          const what = `${type} ${subject} ${data.step ?? data.state}`;
          told.set(what, (told.get(what) ?? 0) + 1);
        }
      }
      if (entries.length === 0) break;
      from += entries.length;
    }
    for (const [what, times] of told) if (times > 1) found.push(`the ledger tells of ${what} ${times} times`);
    return found;
  } finally {
    await ledger.close();
  }
}
