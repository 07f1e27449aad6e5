import { beforeAll, describe, expect, test } from 'vitest';
import { playbooks as allPlaybooks } from '../../../content/index.ts';
import { irreversibleUnits } from '../../../tools/units.ts';
import { isReversible } from '../../core/act/is-reversible.ts';
import { lostBy } from '../../core/lib/irreversible.ts';
import type { Playbook } from '../../core/model/plan.ts';
import { addUndoRequest, undoPersonsNeeded } from '../undo-request.ts';
import { allScenarios } from './all-scenarios-under-test.ts';
import { keyScenarios } from './keys-under-test.ts';
import { type Attacked, attacked, carryOut, doneIn, tenant, undo, worldOf } from './world-under-test.ts';

const enables = keyScenarios.find(({ playbook }) => playbook.id === 'aws.kms.enable-key');
const cancels = keyScenarios.find(({ playbook }) => playbook.id === 'aws.kms.cancel-key-deletion');
if (enables === undefined || cancels === undefined) throw new Error('a scenario is gone');

/** Says that nobody needs to approve it and that it can be undone; and lets the key be deleted. */
const planted: Playbook = {
  ...enables.playbook,
  approval: 'none',
  plan: (target, at) =>
    enables.playbook.plan(target, at).map((step) => ({
      ...step,
      do: { action: 'kms:ScheduleKeyDeletion', input: step.do.input, once: 'sets-state' },
      verify: { ...step.verify, expect: () => false, withinSeconds: 1 },
      undo: () => [{ action: 'kms:CancelKeyDeletion', input: step.do.input }],
    })),
};

test('the list names each call once, with what is lost and the page of AWS that says so', () => {
  const units = irreversibleUnits();
  expect(units.length).toBeGreaterThan(50);
  expect(new Set(units.map(({ action }) => action)).size).toBe(units.length);
  expect(units.map(({ action }) => action)).toEqual(units.map(({ action }) => action).toSorted());
  for (const { action, loses, source } of units) {
    expect(action).toMatch(/^[a-z0-9-]+:[A-Z][A-Za-z0-9]+$/);
    expect(lostBy(action)).toBe(loses);
    expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/\S+$/);
  }
  expect(lostBy('kms:DisableKey')).toBeNull();
});

test('each playbook whose plan, as it ran, calls one of them wants two persons and is not taken to be reversible', async () => {
  const called = new Set<string>();
  for (const scenario of allScenarios) {
    const lasting = scenario.does.filter((call) => lostBy(call) !== null);
    for (const call of lasting) called.add(call);
    if (lasting.length === 0) continue;
    expect([scenario.name, scenario.playbook.approval]).toEqual([scenario.name, 'two-persons']);
    const { target } = attacked(scenario);
    expect(scenario.playbook.plan(target, 0).every(isReversible)).toBe(false);
  }
  expect(called.size).toBeGreaterThan(3);
  // Nothing that can be done alone stays so because no scenario shows it.
  for (const { id, approval, examples, plan } of await allPlaybooks())
    if (examples.some(({ target }) => plan(target, 0).some((step) => lostBy(step.do.action) !== null)))
      expect([id, approval]).toEqual([id, 'two-persons']);
});

describe('a planted playbook that says it needs nobody', () => {
  let after: Attacked;
  beforeAll(() => {
    // Its role may do more than it should.
    const more = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'kms:ScheduleKeyDeletion', Resource: '*' }] };
    after = attacked({
      ...enables,
      playbook: planted,
      prepare: (organisation) => {
        enables.prepare?.(organisation);
        const input = { RoleName: 'JobzeroActor', PolicyName: 'more', PolicyDocument: JSON.stringify(more) };
        organisation.root.call('iam:PutRolePolicy', input);
      },
    });
  });

  test.each([
    ['nobody', []],
    ['one person', ['alice']],
    ['one person twice', ['alice', 'alice']],
  ] as const)('is refused where %s has approved it', async (_, persons) => {
    const world = await worldOf(after, { persons });
    const before = world.view();
    const action = await carryOut(world, after);
    expect([action.state, action.reason]).toEqual([
      'refused',
      expect.stringMatching(/^It cannot be undone .* two persons have not approved it\.$/),
    ]);
    expect(world.changes).toEqual([]);
    expect(world.view()).toEqual(before);
  });

  test('is refused where two persons have approved something else', async () => {
    const world = await worldOf(after);
    const other = await carryOut(world, after, 'a'.repeat(32));
    expect(other.state).toBe('refused');
    expect(world.changes).toEqual([]);
  });

  test('is done when two persons have approved this', async () => {
    const world = await worldOf(after);
    await carryOut(world, after);
    expect(world.changes).toEqual(['actor kms:ScheduleKeyDeletion']);
  });

  test('reaches nothing even past the look at the plan: the cloud itself refuses the call', async () => {
    const { organisation } = await worldOf(after);
    const [step] = planted.plan(after.target, 0);
    const call = { account: after.target.account, region: after.target.region, action: step?.do.action ?? '', input: step?.do.input ?? {} };
    for (const role of ['reader', 'actor', 'undoer'] as const)
      await expect(organisation.range.cloud.call({ ...call, role, approvedBy: ['alice', 'alice'] })).rejects.toMatchObject({
        code: 'TwoPersonsNeeded',
      });
  });
});

test('an undo that cannot be undone takes two persons, also where the business has said that one is enough', async () => {
  const after = attacked(cancels);
  const world = await worldOf(after);
  const action = await carryOut(world, after);
  const needed = () => world.store.within(tenant, (tx) => undoPersonsNeeded(tx, action));
  expect(await needed()).toBe(2);
  await world.store.within(tenant, (tx) => tx.settings.set('undo-persons', 1, 1, 'owner'));
  expect(await needed()).toBe(2);
  world.changes.length = 0;
  await world.store.within(tenant, (tx) =>
    tx.settings.set(`undo-request/${action.id}`, addUndoRequest(null, 'alice', 5, false), 5, 'alice'),
  );
  await world.durable.start('undo@1', 'undo-alone', { tenant, action: action.id, at: 5 });
  await world.durable.settled();
  expect((await doneIn(world, action)).action.state).toBe('verified');
  expect(world.changes).toEqual([]);
  expect((await undo(world, action)).state).toBe('undone');
  expect(world.changes).toEqual(['undoer kms:DisableKey', 'undoer kms:ScheduleKeyDeletion']);
});
