import { beforeAll, describe, expect, test } from 'vitest';
import { playbooks as allPlaybooks } from '../../../content/index.ts';
import type { Json } from '../../core/model/json.ts';
import type { Action, Receipt } from '../../core/model/plan.ts';
import { allScenarios as scenarios } from './all-scenarios-under-test.ts';
import { type Attacked, attacked, carryOut, doneIn, undo, worldOf } from './world-under-test.ts';

const playbooks = await allPlaybooks();

test('every playbook has a scenario, and one in which it can do nothing where something must hold before', () => {
  const shown = new Set(scenarios.map(({ playbook }) => playbook.id));
  expect(playbooks.map(({ id }) => id).filter((id) => !shown.has(id))).toEqual([]);
  const refused = new Set(scenarios.filter((one) => one.refused !== undefined).map(({ playbook }) => playbook.id));
  const unshown = playbooks.filter(({ id, requires }) => requires !== undefined && !refused.has(id));
  expect(unshown.map(({ id }) => id)).toEqual([]);
});

const endOf = ({ state, reason }: Action) => [state, reason];
const done = ['verified', 'Done and seen to be so.'];
const undone = ['undone', 'What was captured before is back, and seen to be so.'];

describe.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', (_, scenario) => {
  const { playbook, meddle, does, undoes, refused } = scenario;
  const canBeUndone = undoes.length > 0;
  let after: Attacked;
  beforeAll(() => {
    after = attacked(scenario);
  });

  test('does it, verifies it, and undo brings the captured state back', async () => {
    const world = await worldOf(after);
    const before = world.view();
    const action = await carryOut(world, after);
    expect(endOf(action)).toEqual(done);
    expect(world.changes).toEqual(does.map((call) => `actor ${call}`));
    expect(world.view()).not.toEqual(before);

    world.changes.length = 0;
    const back = await undo(world, action);
    if (!canBeUndone) {
      expect(endOf(back)).toEqual(['undo-asks', expect.stringContaining('cannot be undone, so nothing was touched')]);
      return;
    }
    expect(endOf(back)).toEqual(undone);
    expect(world.changes).toEqual(undoes.map((call) => `undoer ${call}`));
    expect(world.view()).toEqual(before);
  });

  test('calls nothing when it is already so, and then there is nothing to undo', async () => {
    const world = await worldOf(after);
    await carryOut(world, after);
    const stands = world.view();
    world.changes.length = 0;
    world.pass(60_000);
    const again = await carryOut(world, after, 'b'.repeat(32));
    if (again.state === 'refused') {
      expect(world.changes).toEqual([]);
      return;
    }
    // A deny that names the time until which sessions are denied is another deny later.
    if (again.reason !== 'Everything was already so.') {
      expect(JSON.stringify(playbook.plan(after.target, 1_000_000))).not.toBe(JSON.stringify(playbook.plan(after.target, 0)));
      return;
    }
    expect(world.changes).toEqual([]);
    expect(world.view()).toEqual(stands);
    if (canBeUndone) expect((await undo(world, again)).reason).toBe('The action had changed nothing.');
  });

  if (canBeUndone)
    test('calls nothing when somebody else has brought back already what was before', async () => {
      const world = await worldOf(after);
      const action = await carryOut(world, after);
      const left = world.view();
      await undo(world, action);
      const restored = world.organisation.range.snapshot();
      const again = await worldOf(
        { ...after, snapshot: restored, at: world.organisation.range.now() },
        { given: { action, receipts: (await doneIn(world, action)).receipts } },
      );
      expect(again.view()).not.toEqual(left);
      expect(endOf(await undo(again, action))).toEqual(undone);
      expect(again.changes).toEqual([]);
    });

  if (canBeUndone && typeof meddle === 'function')
    test('asks when somebody else has changed it, and overwrites when told to', async () => {
      const world = await worldOf(after);
      const before = world.view();
      const action = await carryOut(world, after);
      meddle(world.organisation, after.target);
      const foreign = world.view();
      world.changes.length = 0;
      const asked = await undo(world, action);
      expect(endOf(asked)).toEqual(['undo-asks', expect.stringContaining('nothing was touched')]);
      expect(world.changes).toEqual([]);
      expect(world.view()).toEqual(foreign);
      const overwritten = await undo(world, action, true);
      if (scenario.inTheWay === true) {
        expect(overwritten.state).toBe('undo-failed');
        return;
      }
      expect(endOf(overwritten)).toEqual(undone);
      expect(world.view()).toEqual(before);
    });

  if (refused !== undefined)
    test('is refused before anything is touched when it can do nothing', async () => {
      const world = await worldOf(after);
      refused.when(world.organisation, after.target);
      expect(endOf(await carryOut(world, after))).toEqual(['refused', expect.stringMatching(refused.says)]);
      expect(world.changes).toEqual([]);
    });

  test('a worker that dies anywhere in it changes nothing about how it ends', async () => {
    const calm = await worldOf(after);
    const before = calm.view();
    const calmly = await doneIn(calm, await carryOut(calm, after));
    const wanted = calm.view();
    const left = { ...after, snapshot: calm.organisation.range.snapshot(), at: calm.organisation.range.now() };
    let deaths = 0;
    let twice = 0;
    for (let n = 1; deaths === n - 1; n++) {
      const world = await worldOf(after);
      world.durable.crashAfter(n);
      const action = await carryOut(world, after);
      expect([n, ...endOf(action)]).toEqual([n, ...done]);
      expect(withoutTimes(world.view())).toEqual(withoutTimes(wanted));
      if (world.changes.length > does.length) twice++;
      deaths += world.durable.deaths();
      // What an undo does is a function of the receipts and of what is there: the same as in peace needs no second look.
      const { receipts } = await doneIn(world, action);
      if (!canBeUndone || isSame(receipts, calmly.receipts)) continue;
      expect([n, ...endOf(await undo(world, action))]).toEqual([n, ...undone]);
      expect(world.view()).toEqual(before);
    }
    // Some of the crashes fell between a call and its record, so the call was made twice, and that did no harm.
    expect(twice).toBeGreaterThanOrEqual(does.length);
    expect(deaths).toBeGreaterThan(5);
    if (!canBeUndone) return;
    deaths = 0;
    for (let n = 1; deaths === n - 1; n++) {
      const world = await worldOf(left, { given: calmly });
      world.durable.crashAfter(n);
      expect([n, ...endOf(await undo(world, calmly.action))]).toEqual([n, ...undone]);
      expect(world.view()).toEqual(before);
      deaths += world.durable.deaths();
    }
    expect(deaths).toBeGreaterThan(3);
  });

  test.each([...new Set(does)])('%s throttled, unanswered, refused', async (call) => {
    const world = await worldOf(after);
    world.refuse.set(call, ['unavailable', 'throttled']);
    expect(endOf(await carryOut(world, after))).toEqual(done);
    expect(world.changes).toEqual(does.map((each) => `actor ${each}`));

    const other = await worldOf(after);
    const before = other.view();
    other.refuse.set(call, ['denied']);
    const failed = await carryOut(other, after);
    expect(endOf(failed)).toEqual(['failed', expect.stringContaining(`${call} failed (denied`)]);
    if (!canBeUndone) return;
    expect((await undo(other, failed)).state).toBe('undone');
    expect(other.view()).toEqual(before);
  });
});

function isSame(one: readonly Receipt[], other: readonly Receipt[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function withoutTimes(value: Json): Json {
  return JSON.parse(JSON.stringify(value).replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'T')) as Json;
}
