import { join } from 'node:path';
import { playbooks as ownPlaybooks, rules as ownRules, sequences as ownSequences } from '../../content/index.ts';
import { defineCarryOut } from '../../src/app/carry-out.ts';
import type { IngestDeps } from '../../src/app/ingest-batch.ts';
import { listsHash } from '../../src/app/loaded-list.ts';
import { ownThings } from '../../src/app/own/own-things.ts';
import type { Reachable } from '../../src/app/triage/ask-actor.ts';
import type { TriageDeps } from '../../src/app/triage/triage-deps.ts';
import { defineUndo } from '../../src/app/undo-action.ts';
import { exposingControls } from '../../src/app/wire/exposing-controls.ts';
import { ownSettings } from '../../src/app/wire/keep-own.ts';
import { ownAccountsOf } from '../../src/core/collect/inventory/own-accounts.ts';
import { ruleSet } from '../../src/core/detect/rule-set.ts';
import { ownAccounts } from '../../src/core/model/rule.ts';
import type { Clock } from '../../src/core/ports/clock.ts';
import type { Cloud } from '../../src/core/ports/cloud.ts';
import { type MemoryDurable, memoryDurable } from '../../src/core/ports/durable.memory.ts';
import type { Lake } from '../../src/core/ports/lake.ts';
import type { LogObjects } from '../../src/core/ports/log-objects.ts';
import { memoryStore } from '../../src/core/ports/store.memory.ts';
import { engineLoader } from '../../src/edge/engine/load-engine.ts';
import { openLedger } from '../../src/edge/postgres/open-ledger.ts';
import { openStore } from '../../src/edge/postgres/open-store.ts';
import { openSigningKey } from '../../src/edge/postgres/signing-key.ts';

export interface PartsOptions {
  readonly tenant: string;
  /** As the app role, of a database with all migrations. */
  readonly databaseUrl: string;
  /** For the ledger's key and its checkpoints. */
  readonly folder: string;
  readonly cloud: Cloud;
  readonly clock: Clock;
  readonly logs: LogObjects;
  readonly tolerance: string;
  readonly reachable: () => Promise<Reachable>;
}

export type Parts = Awaited<ReturnType<typeof openParts>>;

/**
 * The product as a worker has it, over a clock that somebody else moves. Three parts are not those of `jobzero up`: the state is in memory,
 * which is several times as fast, and its leaves are handed to the ledger in PostgreSQL now and then; workflows run in this process, since
 * DBOS waits by the real clock; and the lake, of which nothing here reads, keeps nothing.
 */
export async function openParts({ tenant, databaseUrl, folder, cloud, clock, logs, tolerance, reachable }: PartsOptions) {
  const own = ownThings(ownSettings({ kind: 'range', url: '', token: '' }, {}));
  const playbooks = await ownPlaybooks();
  const rules = await ownRules();
  const store = memoryStore();
  const leaves = await openStore({ url: databaseUrl });
  const checkpointsFile = join(folder, 'checkpoints.log');
  const ledger = await openLedger({
    url: databaseUrl,
    tenant,
    key: await openSigningKey(join(folder, 'ledger.key.pem')),
    checkpointsFile,
  });
  const at = clock.now();
  await store.within(tenant, async (tx) => {
    await tx.settings.set('tolerance', tolerance, at, 'owner');
    // Signed after the shadow period, for all accounts.
    for (const { id } of playbooks) await tx.settings.set(`armed/${id}/*`, { armed: true, signedBy: 'owner', shadowDays: 0 }, at, 'owner');
  });
  // As a customer has it whose organisation may be listed.
  const lists = new Map([[ownAccounts, ownAccountsOf((await cloud.members()) ?? [], at)]]);
  const ingest: IngestDeps = {
    tenant,
    store,
    lake: forgetfulLake,
    logs,
    rules: ruleSet(rules, lists),
    listsHash: listsHash(lists),
    sequences: await ownSequences(),
    clock,
  };
  const triage: TriageDeps = {
    tenant,
    store,
    cloud,
    clock,
    engines: engineLoader(),
    playbooks,
    rules: new Map(rules.map((rule) => [rule.id, rule])),
    own: () => own,
    reachable,
    exposing: await exposingControls(),
    sequences: ingest.sequences ?? [],
  };
  const faults: string[] = [];
  const durable: MemoryDurable = memoryDurable({
    within: store.within,
    onError: (error, workflow) => faults.push(`${workflow}: ${error instanceof Error ? error.message : String(error)}`),
  });
  const playbookOf = (id: string, version: number) => playbooks.find((one) => one.id === id && one.version === version);
  defineCarryOut(durable, { cloud, clock, playbooks: playbookOf });
  defineUndo(durable, { cloud, clock, playbooks: playbookOf });
  await durable.launch();
  let handed = 0;
  return {
    tenant,
    store,
    ledger,
    clock,
    ingest,
    triage,
    durable,
    playbooks,
    checkpointsFile,
    faults,
    /** Numbers and signs what the state has put down since the last time. */
    sequence: async (at: number) => {
      const entries = store.entries(tenant);
      const fresh = entries.slice(handed);
      if (fresh.length === 0) return;
      await leaves.within(tenant, async (tx) => {
        for (const entry of fresh) await tx.ledger.append(entry);
      });
      handed = entries.length;
      await ledger.sequence(at);
    },
    close: async () => {
      await durable.shutdown();
      await Promise.allSettled([leaves.close(), ledger.close()]);
    },
  };
}

/** Digests are never evicted in a run of a month, so nothing is ever read back. */
const forgetfulLake: Lake = {
  write: async () => [],
  async *read() {},
  indexPairs: async () => null,
  async *scan() {},
  close: async () => {},
};
