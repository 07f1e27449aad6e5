import { beforeAll, describe, expect, test } from 'vitest';
import { playbooks as allPlaybooks } from '../../../content/index.ts';
import { CloudError, type CloudErrorKind } from '../../core/model/errors.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Json } from '../../core/model/json.ts';
import type { Action, Playbook, Target } from '../../core/model/plan.ts';
import type { Cloud, CloudCall } from '../../core/ports/cloud.ts';
import { type MemoryDurable, memoryDurable } from '../../core/ports/durable.memory.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { restoreRange } from '../../range/open-range.ts';
import { defineCarryOut } from '../carry-out.ts';
import { dispatch } from '../dispatch.ts';
import { defineUndo } from '../undo-action.ts';
import { addUndoRequest } from '../undo-request.ts';
import { computeScenarios } from './compute-under-test.ts';
import { databaseScenarios } from './databases-under-test.ts';
import { identityScenarios } from './identity-under-test.ts';
import { keyScenarios } from './keys-under-test.ts';
import { organisationScenarios } from './organisation-under-test.ts';
import { peopleScenarios } from './people-under-test.ts';
import { persistenceScenarios } from './persistence-under-test.ts';
import {
  account,
  findingsOfRule,
  type Organisation,
  openOrganisation,
  organisationOf,
  type Scenario,
  start,
} from './scenario-under-test.ts';
import { sharingScenarios } from './sharing-under-test.ts';
import { storageScenarios } from './storage-under-test.ts';
import { watcherScenarios } from './watchers-under-test.ts';

const tenant = 'default';
const playbooks = await allPlaybooks();

/** Every list of scenarios, one line each. */
const scenarios: readonly Scenario[] = [
  // Keys, secrets, identity, persistence, trails, detectors, organisation.
  ...identityScenarios,
  ...keyScenarios,
  ...peopleScenarios,
  ...organisationScenarios,
  ...persistenceScenarios,
  ...watcherScenarios,
  // Data, storage, compute, network, databases, containers.
  ...computeScenarios,
  ...databaseScenarios,
  ...sharingScenarios,
  ...storageScenarios,
];

/** Playbooks whose scenarios are in carry-out.test.ts. */
const elsewhere = new Set([
  'aws.cloudtrail.restart-trail',
  'aws.ec2.narrow-world-open-ingress',
  'aws.iam.contain-access-key',
  'aws.iam.deny-role-session',
  'aws.s3.block-public-access',
]);

test('every playbook has a scenario', () => {
  const shown = new Set(scenarios.map(({ playbook }) => playbook.id));
  expect(playbooks.map(({ id }) => id).filter((id) => !shown.has(id) && !elsewhere.has(id))).toEqual([]);
});

/** After the attack: the organisation as text, what was found, and what the playbook is to work on. */
interface Attacked {
  readonly snapshot: string;
  readonly finding: Finding;
  readonly target: Target;
  readonly at: number;
}

interface World {
  readonly organisation: Organisation;
  readonly store: ReturnType<typeof memoryStore>;
  readonly durable: MemoryDurable;
  /** Calls that change something, in order. */
  readonly changes: string[];
  /** What the next calls of an action come to instead of being made. */
  readonly refuse: Map<string, CloudErrorKind[]>;
  pass(milliseconds: number): void;
}

function attacked(scenario: Scenario): Attacked {
  let time = start;
  const organisation = openOrganisation(() => (time += 1000));
  scenario.prepare?.(organisation);
  const log = organisation.range.state.recent[scenario.account ?? account] ?? [];
  const before = log.length;
  scenario.attack(organisation);
  const findings = scenario.rule === undefined ? [] : findingsOfRule(scenario.rule, log.slice(before));
  const finding = scenario.finding?.(organisation) ?? findings[0];
  if (finding === undefined) throw new Error(`${scenario.rule} finds nothing in ${JSON.stringify(log.slice(before))}`);
  const targets = scenario.playbook.targets(finding, scenario.around);
  const [target] = targets;
  if (target === undefined) throw new Error(`the finding names no target: ${JSON.stringify(finding.evidence)}`);
  return { snapshot: organisation.range.snapshot(), finding, target, at: time };
}

async function worldOf({ snapshot, finding, at }: Attacked, playbook: Playbook): Promise<World> {
  let time = at;
  const now = () => (time += 10);
  const organisation = organisationOf(restoreRange(snapshot, now));
  const store = memoryStore();
  const changes: string[] = [];
  const refuse = new Map<string, CloudErrorKind[]>();
  const cloud: Cloud = {
    ...organisation.range.cloud,
    async call(call: CloudCall) {
      const kind = refuse.get(call.action)?.shift();
      if (kind !== undefined) throw new CloudError(kind, 'Planted', call.action, 'planted');
      if (!/:(Get|List|Describe|Lookup|BatchGet)/.test(call.action)) changes.push(`${call.role} ${call.action}`);
      return organisation.range.cloud.call(call);
    },
  };
  const durable = memoryDurable({
    within: store.within,
    sleep: async (milliseconds) => {
      time += milliseconds;
    },
    onError: (error) => {
      throw error;
    },
  });
  const deps = { cloud, clock: { now }, playbooks: (id: string) => (id === playbook.id ? playbook : undefined) };
  defineCarryOut(durable, deps);
  defineUndo(durable, deps);
  await durable.launch();
  await store.within(tenant, async (tx) => {
    // As a person would have it who approves: severity does not matter to what is tested here.
    await tx.findings.put({ ...finding, severity: 'Medium' }, now());
    await tx.settings.set(`armed/${playbook.id}/*`, { armed: true }, now(), 'owner');
  });
  return {
    organisation,
    store,
    durable,
    changes,
    refuse,
    pass: (milliseconds) => {
      time += milliseconds;
    },
  };
}

async function carryOut(world: World, { playbook }: Scenario, { finding }: Attacked, target: Target, id = 'a'.repeat(32)): Promise<Action> {
  await world.store.within(tenant, (tx) =>
    tx.actions.plan({
      id,
      tenant,
      finding: finding.id,
      revision: finding.revision,
      playbook: playbook.id,
      playbookVersion: playbook.version,
      target,
      state: 'planned',
      by: 'automation',
      plannedAt: world.organisation.range.now(),
      finishedAt: null,
      reason: '',
    }),
  );
  return run(world, id);
}

async function undo(world: World, { id }: Action, overwrite = false): Promise<Action> {
  await world.store.within(tenant, (tx) =>
    tx.settings.set(`undo-request/${id}`, addUndoRequest(null, 'alice', world.organisation.range.now(), overwrite), 1, 'alice'),
  );
  return run(world, id);
}

async function run(world: World, id: string): Promise<Action> {
  await dispatch({ store: world.store, durable: world.durable, tenant });
  await world.durable.settled();
  const action = await world.store.within(tenant, (tx) => tx.actions.get(id));
  if (action === null) throw new Error('the action is gone');
  return action;
}

const endOf = ({ state, reason }: Action) => [state, reason];
const done = ['verified', 'Done and seen to be so.'];
const undone = ['undone', 'What was captured before is back, and seen to be so.'];

describe.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', (_, scenario) => {
  const { playbook, meddle, does, undoes, refused } = scenario;
  let after: Attacked;
  let target: Target;
  beforeAll(() => {
    after = attacked(scenario);
    ({ target } = after);
  });

  const view = ({ organisation }: World): Json => JSON.parse(JSON.stringify(scenario.view(organisation, target) ?? null)) as Json;

  test('does it, verifies it, and undo brings the captured state back', async () => {
    const world = await worldOf(after, playbook);
    const before = view(world);
    const action = await carryOut(world, scenario, after, target);
    expect(endOf(action)).toEqual(done);
    expect(world.changes).toEqual(does.map((call) => `actor ${call}`));
    expect(view(world)).not.toEqual(before);

    world.changes.length = 0;
    const back = await undo(world, action);
    if (undoes.length === 0) {
      expect(endOf(back)).toEqual(['undo-asks', expect.stringContaining('cannot be undone, so nothing was touched')]);
      return;
    }
    expect(endOf(back)).toEqual(undone);
    expect(world.changes).toEqual(undoes.map((call) => `undoer ${call}`));
    expect(view(world)).toEqual(before);
  });

  test('calls nothing when it is already so, and then there is nothing to undo', async () => {
    const world = await worldOf(after, playbook);
    await carryOut(world, scenario, after, target);
    const stands = view(world);
    world.changes.length = 0;
    world.pass(60_000);
    const again = await carryOut(world, scenario, after, target, 'b'.repeat(32));
    if (again.state === 'refused') {
      expect(world.changes).toEqual([]);
      return;
    }
    // A deny that names the time until which sessions are denied is another deny later.
    if (again.reason !== 'Everything was already so.') {
      expect(JSON.stringify(playbook.plan(target, 1_000_000))).not.toBe(JSON.stringify(playbook.plan(target, 0)));
      return;
    }
    expect(world.changes).toEqual([]);
    expect(view(world)).toEqual(stands);
    if (undoes.length > 0) expect((await undo(world, again)).reason).toBe('The action had changed nothing.');
  });

  test.skipIf(meddle === null || undoes.length === 0)('asks when somebody else has changed it, and overwrites when told to', async () => {
    const world = await worldOf(after, playbook);
    const before = view(world);
    const action = await carryOut(world, scenario, after, target);
    meddle?.(world.organisation, target);
    const foreign = view(world);
    world.changes.length = 0;
    const asked = await undo(world, action);
    expect(endOf(asked)).toEqual(['undo-asks', expect.stringContaining('nothing was touched')]);
    expect(world.changes).toEqual([]);
    expect(view(world)).toEqual(foreign);
    const overwritten = await undo(world, action, true);
    if (scenario.inTheWay === true) {
      expect(overwritten.state).toBe('undo-failed');
      return;
    }
    expect(endOf(overwritten)).toEqual(undone);
    expect(view(world)).toEqual(before);
  });

  test.skipIf(refused === undefined)('is refused before anything is touched when it can do nothing', async () => {
    const world = await worldOf(after, playbook);
    refused?.when(world.organisation, target);
    expect(endOf(await carryOut(world, scenario, after, target))).toEqual(['refused', expect.stringMatching(refused?.says ?? /^$/)]);
    expect(world.changes).toEqual([]);
  });

  test('a worker that dies anywhere in it changes nothing about how it ends', async () => {
    const calm = await worldOf(after, playbook);
    const before = view(calm);
    await carryOut(calm, scenario, after, target);
    const wanted = view(calm);
    let deaths = 0;
    let twice = 0;
    for (let n = 1; deaths === n - 1; n++) {
      const world = await worldOf(after, playbook);
      world.durable.crashAfter(n);
      const action = await carryOut(world, scenario, after, target);
      expect([n, ...endOf(action)]).toEqual([n, ...done]);
      expect(withoutTimes(view(world))).toEqual(withoutTimes(wanted));
      if (world.changes.length > does.length) twice++;
      if (undoes.length > 0) {
        expect([n, ...endOf(await undo(world, action))]).toEqual([n, ...undone]);
        expect(view(world)).toEqual(before);
      }
      deaths += world.durable.deaths();
    }
    // Some of the crashes fell between a call and its record, so the call was made twice, and that did no harm.
    expect(twice).toBeGreaterThanOrEqual(does.length);
    expect(deaths).toBeGreaterThan(5);
  });

  test.each([...new Set(does)])('%s throttled, unanswered, refused', async (call) => {
    for (const kinds of [['throttled'], ['unavailable', 'throttled']] as const) {
      const world = await worldOf(after, playbook);
      world.refuse.set(call, [...kinds]);
      expect(endOf(await carryOut(world, scenario, after, target))).toEqual(done);
      expect(world.changes).toEqual(does.map((each) => `actor ${each}`));
    }
    const world = await worldOf(after, playbook);
    const before = view(world);
    world.refuse.set(call, ['denied']);
    const failed = await carryOut(world, scenario, after, target);
    expect(endOf(failed)).toEqual(['failed', expect.stringContaining(`${call} failed (denied`)]);
    if (undoes.length === 0) return;
    expect((await undo(world, failed)).state).toBe('undone');
    expect(view(world)).toEqual(before);
  });
});

function withoutTimes(value: Json): Json {
  return JSON.parse(JSON.stringify(value).replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'T')) as Json;
}
