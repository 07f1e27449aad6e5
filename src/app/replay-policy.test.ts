import { beforeAll, expect, test } from 'vitest';
import { memoryStore } from '../core/ports/store.memory.ts';
import type { Store } from '../core/ports/store.ts';
import { engineLoader } from '../edge/engine/load-engine.ts';
import { readTolerance } from './read-tolerance.ts';
import { type NewPolicy, replayPolicy } from './replay-policy.ts';
import { triage } from './triage.ts';
import { attackedOrganisation, findingsIn, readyToTriage, tenant } from './wire/triage-under-test.ts';

const store: Store = memoryStore();
let deps: Awaited<ReturnType<typeof readyToTriage>>;
let decisions = 0;
let acted = 0;
let now = 0;

beforeAll(async () => {
  const world = await attackedOrganisation();
  now = world.now;
  deps = await readyToTriage(store, await findingsIn(world.records), world.range.cloud, () => world.now);
  const done = await triage(deps);
  decisions = done.length;
  acted = done.filter(({ decision }) => decision.verdict === 'act').length;
});

const always = { from: 0, to: Number.MAX_SAFE_INTEGER };
const withPolicy = (policy: NewPolicy, when = always) => replayPolicy(tenant, store, engineLoader(), policy, when);

test('with nothing changed nothing changes', async () => {
  expect(acted).toBeGreaterThan(0);
  const report = await withPolicy({});
  expect(report).toMatchObject({ decisions, same: decisions, expired: 0, moves: [], changed: [] });
  expect(report.actions.would).toBe(report.actions.was);
  expect(await withPolicy({ playbooks: deps.playbooks })).toMatchObject({ same: decisions });
});

test('a tolerance that forbids everything would have taken no action', async () => {
  const report = await withPolicy({ tolerance: readTolerance('default: { act: never }', 'test') });
  expect(report.actions).toEqual({ was: expect.any(Number), would: 0 });
  expect(report.actions.was).toBeGreaterThan(0);
  expect(report.moves.filter(({ was, would }) => was === 'act' && would !== 'act').reduce((sum, { n }) => sum + n, 0)).toBe(acted);
  expect(report.changed[0]).toMatchObject({ rule: expect.any(String), reason: expect.any(String) });
});

test('without the playbooks everything that acted would not have', async () => {
  const report = await withPolicy({ playbooks: [] });
  expect(report.actions.would).toBe(0);
  expect(report.changed.filter(({ was }) => was === 'act')).toHaveLength(acted);
});

test('only the time that was asked for counts, and nothing is written', async () => {
  expect(await withPolicy({}, { from: 0, to: now })).toMatchObject({ decisions: 0 });
  const rows = await store.within(tenant, (tx) => tx.decisions.list(null, 500));
  expect(rows).toHaveLength(decisions);
});
