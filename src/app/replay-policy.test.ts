import { beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../core/model/json.ts';
import type { Tolerance } from '../core/model/tolerance.ts';
import type { Cloud } from '../core/ports/cloud.ts';
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

test('what was gone then is gone for the playbooks of now, too', async () => {
  const world = await attackedOrganisation();
  const mended = memoryStore();
  const cloud: Cloud = {
    ...world.range.cloud,
    // Whatever was done has been taken back: each look finds things as a playbook would leave them.
    call: async (call) => {
      const answer = await world.range.cloud.call(call);
      return call.action === 'cloudtrail:GetTrailStatus' ? { ...(answer as JsonObject), IsLogging: true } : answer;
    },
  };
  const ready = await readyToTriage(mended, await findingsIn(world.records), cloud, () => world.now);
  const done = await triage(ready);
  const proposed = done.flatMap(({ decision }) => decision.actions.map(({ playbook }) => playbook));
  expect(proposed).toContain('aws.iam.contain-access-key');
  expect(proposed).not.toContain('aws.cloudtrail.restart-trail');
  const report = await replayPolicy(tenant, mended, engineLoader(), { playbooks: ready.playbooks }, always);
  expect(report).toMatchObject({ decisions: done.length, same: done.length });
});

test('a decision of before, whose tolerance lacked what there is now, is decided anew as nobody was asked first then', async () => {
  const old = memoryStore();
  await old.within(tenant, async (tx) => {
    const [row] = await store.within(tenant, (from) => from.decisions.list(null, 1));
    if (row === undefined) throw new Error('no decision');
    const text = (hash: string) => store.within(tenant, async (from) => (await from.documents.get(hash)) ?? '');
    const { default: scope, ...tolerance } = JSON.parse(await text(row.toleranceHash)) as Tolerance;
    const before = {
      ...tolerance,
      default: { act: scope.act, playbooks: {}, decideFrom: 'Low', askFrom: 'High', acceptLegitimateUse: [], acceptProductionUse: [] },
    };
    for (const key of ['units', 'announced', 'people', 'ownerTags', 'closeAfterDays']) delete (before as Record<string, unknown>)[key];
    await tx.documents.put('finding', await text(row.findingHash));
    await tx.documents.put('context', await text(row.contextHash));
    await tx.decisions.put({ ...row, toleranceHash: await tx.documents.put('tolerance', JSON.stringify(before)) });
  });
  expect(await replayPolicy(tenant, old, engineLoader(), {}, always)).toMatchObject({ decisions: 1, expired: 0 });
});

test('what other rules would not have found has no decision, and what only they find is decided', async () => {
  const rows = await store.within(tenant, (tx) => tx.decisions.list(null, 500));
  const acting = rows.filter(({ decision }) => decision.verdict === 'act');
  const trail = ({ decision }: (typeof rows)[number]) =>
    decision.actions.some(({ playbook }) => playbook === 'aws.cloudtrail.restart-trail');
  const lost = acting.find(trail)?.finding ?? '';
  const finding = await store.within(tenant, async (tx) => (await tx.findings.get(lost))?.finding);
  if (finding === undefined) throw new Error('no finding');
  const found = { ...finding, id: 'f0'.repeat(16), revision: 'e0'.repeat(16) };
  const rules = { lost: new Set([lost]), found: [found], other: [], playbooks: deps.playbooks, armed: () => true };
  const report = await withPolicy({ rules, now: readTolerance('', 'test') });
  const of = acting.filter((row) => row.finding === lost).length;
  expect(report).toMatchObject({ decisions, same: decisions - of });
  expect(report.changed.filter(({ would }) => would === 'none')).toHaveLength(of);
  expect(report.changed.filter(({ was }) => was === 'none')).toEqual([
    expect.objectContaining({ decision: '', finding: found.id, rule: finding.rule.id, would: 'act' }),
  ]);
  const disarmed = await withPolicy({ rules: { ...rules, armed: () => false }, now: readTolerance('', 'test') });
  // A dry run is no action.
  expect(disarmed.actions.would).toBe(report.actions.would - 1);
  const never = await withPolicy({ rules, tolerance: readTolerance('default: { act: never }', 'test') });
  expect(never.actions.would).toBe(0);
});

test('a finding that other rules would have raised with other content is decided anew in the world of then', async () => {
  const rows = await store.within(tenant, (tx) => tx.decisions.list(null, 500));
  const one = rows.find(({ decision }) => decision.verdict === 'act')?.finding ?? '';
  const finding = await store.within(tenant, async (tx) => (await tx.findings.get(one))?.finding);
  if (finding === undefined) throw new Error('no finding');
  const rules = { lost: new Set<string>(), found: [], playbooks: deps.playbooks, armed: () => true };
  expect(await withPolicy({ rules: { ...rules, other: [finding] } })).toMatchObject({ same: decisions });
  const report = await withPolicy({ rules: { ...rules, other: [{ ...finding, severity: 'Informational' }] } });
  expect(report.changed).toEqual([expect.objectContaining({ finding: one, was: 'act', would: 'watch' })]);
});

test('only the time that was asked for counts, and nothing is written', async () => {
  expect(await withPolicy({}, { from: 0, to: now })).toMatchObject({ decisions: 0 });
  const rows = await store.within(tenant, (tx) => tx.decisions.list(null, 500));
  expect(rows).toHaveLength(decisions);
});
