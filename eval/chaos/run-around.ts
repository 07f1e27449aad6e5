import { rules as ownRules } from '../../content/index.ts';
import { dispatch } from '../../src/app/dispatch.ts';
import { ownThings } from '../../src/app/own/own-things.ts';
import {
  type Attacked,
  carryOut,
  doneIn,
  idOfAction,
  plan,
  run,
  tenant,
  worldOf,
} from '../../src/app/playbook-scenarios/world-under-test.ts';
import { replay } from '../../src/app/replay.ts';
import { triage } from '../../src/app/triage.ts';
import { CloudError, type CloudErrorKind } from '../../src/core/model/errors.ts';
import { engineLoader } from '../../src/edge/engine/load-engine.ts';
import type { Dice } from '../../src/range/dice.ts';

const rules = new Map((await ownRules()).map((rule) => [rule.id, rule]));
const engines = engineLoader();
const minute = 60_000;

/**
 * Decides while what is read of the world is throttled, not answered or refused: it is decided in the end, by whatever was known
 * then, and the decision replays. Returns what does not hold.
 */
export async function decideInTrouble(after: Attacked, dice: Dice): Promise<readonly string[]> {
  const kinds: readonly CloudErrorKind[] = ['throttled', 'unavailable', 'denied'];
  const planted = new Map([dice.int(6), dice.int(12), dice.int(24)].map((call) => [call, kinds[dice.int(kinds.length)]]));
  let calls = 0;
  const world = await worldOf(after, {
    persons: [],
    through: (call, next) => {
      const kind = planted.get(calls++);
      if (kind !== undefined) throw new CloudError(kind, 'Planted', call.action, 'planted');
      return next();
    },
  });
  const { playbook } = after.scenario;
  const clock = { now: () => world.organisation.range.now() };
  const deps = {
    tenant,
    store: world.store,
    cloud: world.cloud,
    clock,
    engines,
    playbooks: [playbook],
    rules,
    own: () => ownThings({ roles: [] }),
  };
  for (let round = 0; round < 8; round++) {
    await triage(deps);
    world.pass(5 * minute);
  }
  const found: string[] = [];
  const decisions = await world.store.within(tenant, (tx) => tx.decisions.ofFinding(after.finding.id));
  if (decisions.length === 0) found.push('in trouble it was never decided');
  const { different, expired } = await replay(tenant, world.store, engines);
  for (const { reason } of different) found.push(`a decision does not replay: ${reason}`);
  if (expired > 0) found.push(`${expired} decisions have lost what they rested on`);
  return found;
}

/**
 * Automation wants more at once than an hour allows, several workers begin it, and one dies: no more of it is done than the cap says.
 * Returns what does not hold.
 */
export async function actBeyondCap(after: Attacked, dice: Dice): Promise<readonly string[]> {
  const world = await worldOf(after);
  await world.store.within(tenant, (tx) => tx.settings.set('tolerance', 'caps: { perHour: 2, perAccountHour: 2 }', 1, 'owner'));
  const ids = [idOfAction(after), ...['b', 'c', 'd'].map((letter) => letter.repeat(32))];
  const at = world.organisation.range.now();
  await plan(world.store, after, ids[0] ?? '', 'automation', at);
  await plan(world.store, after, ids[1] ?? '', 'automation', at);
  world.durable.crashAfter(1 + dice.int(6));
  await Promise.all([1, 2].map(() => dispatch({ store: world.store, durable: world.durable, tenant })));
  for (const id of ids.slice(2)) await carryOut(world, after, id);
  await run(world, ids[0] ?? '');
  const states: string[] = [];
  for (const id of ids) states.push((await doneIn(world, { id })).action.state);
  const begun = states.filter((state) => state !== 'refused').length;
  if (begun === 0) return [`the cap is 2 and nothing was begun: ${states.join(', ')}`];
  return begun > 2 ? [`the cap is 2 and ${begun} were begun: ${states.join(', ')}`] : [];
}
