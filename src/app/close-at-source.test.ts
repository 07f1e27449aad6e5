import { describe, expect, test } from 'vitest';
import { eventsOfText } from '../core/collect/log-reader.ts';
import { accessAnalyzerExample, guardDutyExample, guardDutyInHub, inspectorExample } from '../core/collect/reports/examples.ts';
import { CopiesById } from '../core/findings/imported/copies-lines.ts';
import { CloudError } from '../core/model/errors.ts';
import type { Finding } from '../core/model/finding.ts';
import type { JsonObject } from '../core/model/json.ts';
import type { Cloud, CloudCall } from '../core/ports/cloud.ts';
import { memoryStore } from '../core/ports/store.memory.ts';
import { closeAtSource } from './close-at-source.ts';
import { liveFinding } from './console/live-finding.ts';
import { closings } from './end-finding.ts';
import { importFindings } from './import-findings.ts';
import { withPart } from './triage/question-of.ts';

const tenant = 'default';
const account = '111122223333';
const minute = 60_000;

interface World {
  readonly store: ReturnType<typeof memoryStore>;
  readonly calls: CloudCall[];
  /** What AWS answers when it is asked for a finding. */
  answers: { guardduty: readonly JsonObject[]; hub: readonly JsonObject[] };
  fail: CloudError['kind'] | null;
  now: number;
  readonly cloud: Cloud;
}

function worldOf(): World {
  const world: World = {
    store: memoryStore(),
    calls: [],
    answers: { guardduty: [guardDutyExample()], hub: [guardDutyInHub()] },
    fail: null,
    now: Date.UTC(2026, 0, 6),
    cloud: {
      call: async (call) => {
        if (call.action === 'guardduty:GetFindings') return { Findings: world.answers.guardduty };
        if (call.action === 'securityhub:GetFindings') return { Findings: world.answers.hub };
        if (call.action === 'access-analyzer:GetFindingV2') return (accessAnalyzerExample()['detail'] ?? null) as JsonObject;
        if (call.action === 'inspector2:ListFindings') return { findings: [inspectorExample()] };
        world.calls.push(call);
        if (world.fail !== null) throw new CloudError(world.fail, 'Example', call.action, 'refused');
        return {};
      },
      self: async () => null,
      accounts: async () => [],
      members: async () => null,
      regions: async () => [],
      close: async () => {},
    },
  };
  return world;
}

async function told(world: World, ...records: readonly JsonObject[]): Promise<Finding> {
  const copies = new CopiesById(tenant);
  for (const record of records)
    for (const { report } of eventsOfText(JSON.stringify(record), 'x')) if (report !== undefined) copies.add(report);
  const drained = copies.drain();
  return world.store.within(tenant, async (tx) => {
    await importFindings(tx, drained, () => [], world.now);
    const [row] = await tx.findings.list({ limit: 1 });
    if (row === undefined) throw new Error('no finding');
    return row.finding;
  });
}

const allow = (world: World, on = true) =>
  world.store.within(tenant, (tx) => tx.settings.set(`${closings}/${account}`, { on }, world.now, 'ann'));
const end = (world: World, id: string, word: 'resolved' | 'suppressed' | 'reopened' = 'resolved') =>
  liveFinding({ store: world.store, tenant, clock: { now: () => world.now } }, id, 'ann', word, 'looked at');
const close = (world: World, worker = 'w1') =>
  closeAtSource({ tenant, store: world.store, cloud: world.cloud, clock: { now: () => world.now }, worker });
const states = (world: World) =>
  world.store.within(tenant, async (tx) => (await tx.items.list({ kind: closings, limit: 10 })).map(({ state }) => state));

describe('what ended here is put away at its source', () => {
  test('not before somebody allowed it for the account', async () => {
    const world = worldOf();
    const { id } = await told(world, guardDutyExample());
    await end(world, id);
    world.now += 10 * minute;
    expect([await close(world), world.calls, await states(world)]).toEqual([0, [], []]);
  });

  test('in each form in which it came, by the actor in a session for this alone, once', async () => {
    const world = worldOf();
    const { id } = await told(world, guardDutyExample(), guardDutyInHub());
    await allow(world);
    await end(world, id);
    expect(await close(world)).toBe(0);
    world.now += 10 * minute;
    expect(await close(world)).toBe(1);
    expect(await close(world)).toBe(0);
    expect(world.calls).toMatchObject([
      {
        account,
        region: 'us-east-1',
        action: 'guardduty:ArchiveFindings',
        input: { DetectorId: '12abc34d567e8fa901bc2d34e56789f0', FindingIds: ['00000000000000000000000000000001'] },
        role: 'actor',
        session: {
          policy: {
            Statement: [
              {
                Effect: 'Allow',
                Action: 'guardduty:ArchiveFindings',
                Resource: `arn:aws:guardduty:us-east-1:${account}:detector/12abc34d567e8fa901bc2d34e56789f0`,
              },
            ],
          },
        },
      },
      { action: 'securityhub:BatchUpdateFindings', input: { Workflow: { Status: 'RESOLVED' } }, role: 'actor' },
    ]);
    expect(world.store.entries(tenant).filter(({ type }) => type === 'notification')).toMatchObject([
      { data: { outcome: 'done', kind: closings } },
    ]);
  });

  test('as suppressed, where it was accepted here', async () => {
    const world = worldOf();
    const { id } = await told(world, guardDutyInHub());
    await allow(world);
    await end(world, id, 'suppressed');
    world.now += 10 * minute;
    await close(world);
    expect(world.calls.map(({ input }) => input['Workflow'])).toEqual([{ Status: 'SUPPRESSED' }]);
  });

  test.each<[string, JsonObject, readonly string[]]>([
    ['Access Analyzer archives what was accepted', accessAnalyzerExample(), ['access-analyzer:UpdateFindings']],
    ['Inspector closes by itself', inspectorExample(), []],
  ])('%s', async (_, record, actions) => {
    const world = worldOf();
    const { id } = await told(world, record);
    await allow(world);
    await end(world, id);
    world.now += 10 * minute;
    await close(world);
    expect(world.calls.map(({ action }) => action)).toEqual(actions);
  });

  test('again when AWS does not answer, and not for ever', async () => {
    const world = worldOf();
    const { id } = await told(world, guardDutyExample());
    await allow(world);
    await end(world, id);
    world.fail = 'throttled';
    world.now += 10 * minute;
    expect(await close(world)).toBe(0);
    expect(await close(world)).toBe(0);
    expect(world.calls).toHaveLength(1);
    world.now += 10 * minute;
    world.fail = null;
    expect(await close(world)).toBe(1);
    expect(world.calls).toHaveLength(2);
    const refused = worldOf();
    await allow(refused);
    await end(refused, (await told(refused, guardDutyExample())).id);
    refused.fail = 'denied';
    refused.now += 10 * minute;
    await close(refused);
    expect(await states(refused)).toEqual(['failed']);
  });

  test('by another worker when one dies over it, and who comes back late changes nothing', async () => {
    const world = worldOf();
    const { id } = await told(world, guardDutyExample());
    await allow(world);
    await end(world, id);
    world.now += 10 * minute;
    const dying = {
      ...world.cloud,
      call: async (call: CloudCall) => (call.role === 'actor' ? new Promise<never>(() => {}) : world.cloud.call(call)),
    };
    void closeAtSource({ tenant, store: world.store, cloud: dying, clock: { now: () => world.now }, worker: 'dead' });
    await expect.poll(() => states(world)).toEqual(['sending']);
    expect(await close(world, 'w2')).toBe(0);
    world.now += 11 * minute;
    expect(await close(world, 'w2')).toBe(1);
    expect(await states(world)).toEqual(['done']);
  });
});

describe('is left alone', () => {
  test('what was opened again, and what may not be closed any more', async () => {
    const world = worldOf();
    const { id } = await told(world, guardDutyExample());
    await allow(world);
    await end(world, id);
    await end(world, id, 'reopened');
    world.now += 10 * minute;
    await close(world);
    expect([world.calls, await states(world)]).toEqual([[], ['left']]);
    await end(world, id);
    await allow(world, false);
    world.now += 10 * minute;
    await close(world);
    expect([world.calls, await states(world)]).toEqual([[], ['left']]);
  });

  test('what a question waits for', async () => {
    const world = worldOf();
    const finding = await told(world, guardDutyExample());
    await allow(world);
    await end(world, finding.id);
    await world.store.within(tenant, async (tx) => {
      const decision = {
        format: 'jobzero.decision/1',
        finding: finding.id,
        revision: finding.revision,
        verdict: 'ask',
        guardrails: ['no-playbook'],
        reason: '',
        actions: [],
        risk: 1,
      } as const;
      await tx.judgements.ask(withPart(null, finding, decision, [], null, world.now));
    });
    world.now += 10 * minute;
    await close(world);
    expect([world.calls, await states(world)]).toEqual([[], ['left']]);
  });

  test('while the stop button is on', async () => {
    const world = worldOf();
    const { id } = await told(world, guardDutyExample());
    await allow(world);
    await end(world, id);
    await world.store.within(tenant, (tx) => tx.settings.set('stop', { on: true, by: 'ann', reason: '' }, world.now, 'ann'));
    world.now += 10 * minute;
    await close(world);
    expect([world.calls, await states(world)]).toEqual([[], ['waiting']]);
    await world.store.within(tenant, (tx) => tx.settings.set('stop', { on: false, by: 'ann', reason: '' }, world.now, 'ann'));
    world.now += 10 * minute;
    expect(await close(world)).toBe(1);
  });

  test('a true finding that a queue told otherwise, so that it would end here', async () => {
    const world = worldOf();
    const { id } = await told(
      world,
      guardDutyExample(1, { severity: 1, type: 'Policy:IAMUser/Exempted', updatedAt: '2030-01-01T00:00:00.000Z' }),
    );
    await allow(world);
    await end(world, id);
    world.now += 10 * minute;
    await close(world);
    expect([world.calls, await states(world)]).toEqual([[], ['failed']]);
  });
});

test('what is put away there too does not open what ended here', async () => {
  const world = worldOf();
  const { id } = await told(world, guardDutyInHub());
  await end(world, id);
  await told(world, guardDutyInHub(1, { Workflow: { Status: 'RESOLVED' }, UpdatedAt: '2026-01-05T10:00:00.000Z' }));
  const state = () => world.store.within(tenant, async (tx) => (await tx.findings.get(id))?.state);
  expect(await state()).toBe('resolved');
  await told(world, guardDutyInHub(1, { UpdatedAt: '2026-01-05T11:00:00.000Z' }));
  expect(await state()).toBe('open');
});
