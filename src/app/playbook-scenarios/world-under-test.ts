import { idOf } from '../../core/lib/hash.ts';
import type { ProposedAction } from '../../core/model/decision.ts';
import { CloudError, type CloudErrorKind } from '../../core/model/errors.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Json } from '../../core/model/json.ts';
import type { Action, Receipt, Target } from '../../core/model/plan.ts';
import type { Cloud, CloudCall } from '../../core/ports/cloud.ts';
import { type MemoryDurable, memoryDurable } from '../../core/ports/durable.memory.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import type { Store, Tx } from '../../core/ports/store.ts';
import { restoreRange } from '../../range/open-range.ts';
import { rememberApproval } from '../approvers-of.ts';
import { defineCarryOut } from '../carry-out.ts';
import { dispatch } from '../dispatch.ts';
import { defineUndo } from '../undo-action.ts';
import { addUndoRequest } from '../undo-request.ts';
import {
  account,
  findingsOfRule,
  type Organisation,
  openOrganisation,
  organisationOf,
  type Scenario,
  start,
} from './scenario-under-test.ts';

export const tenant = 'default';

/** What was found, and what a playbook is to work on. */
export interface Proposed {
  readonly scenario: Pick<Scenario, 'playbook'>;
  readonly finding: Finding;
  readonly target: Target;
  readonly at: number;
}

/** After the attack, with the organisation as text. */
export interface Attacked extends Proposed {
  readonly scenario: Scenario;
  readonly snapshot: string;
}

/** An organisation after its attack, with a worker that carries out and undoes. */
export interface World {
  readonly organisation: Organisation;
  readonly store: ReturnType<typeof memoryStore>;
  readonly durable: MemoryDurable;
  /** The organisation as jobzero's calls reach it. */
  readonly cloud: Cloud;
  /** Calls that change something, in order. */
  readonly changes: string[];
  /** What the next calls of an action come to instead of being made. */
  readonly refuse: Map<string, CloudErrorKind[]>;
  pass(milliseconds: number): void;
  /** The part of the organisation that the playbook changes. */
  view(): Json;
}

/** What was done already when a world begins. */
export interface Done {
  readonly action: Action;
  readonly receipts: readonly Receipt[];
}

/** Plays the attack of a scenario, and has its rule find it. Throws where nothing is found or no target named. */
export function attacked(scenario: Scenario): Attacked {
  let time = start;
  const organisation = openOrganisation(() => (time += 1000));
  scenario.prepare?.(organisation);
  const log = () => organisation.range.state.recent[scenario.account ?? account] ?? [];
  const before = log().length;
  scenario.attack(organisation);
  const findings = scenario.rule === undefined ? [] : findingsOfRule(scenario.rule, log().slice(before));
  const finding = scenario.finding?.(organisation) ?? findings[0];
  if (finding === undefined) throw new Error(`${scenario.rule} finds nothing in ${JSON.stringify(log().slice(before))}`);
  const target = scenario.target?.(organisation) ?? scenario.playbook.targets(finding, scenario.around)[0];
  if (target === undefined) throw new Error(`the finding names no target: ${JSON.stringify(finding.evidence)}`);
  return { scenario, snapshot: organisation.range.snapshot(), finding, target, at: time };
}

/** Is it a call that changes something? */
export function changesSomething(action: string): boolean {
  return !/:(Get|List|Describe|Lookup|BatchGet|Simulate)/.test(action);
}

export interface WorldOptions {
  /** What was carried out in it already. */
  readonly given?: Done;
  /** Who has approved the action. Default: two persons. */
  readonly persons?: readonly string[];
  /** Comes between jobzero and the organisation. */
  readonly through?: (call: CloudCall, next: () => Promise<Json>) => Promise<Json>;
  /** By how much jobzero's clock is wrong, in milliseconds. */
  readonly skew?: () => number;
}

/** A worker, a store and the organisation of `snapshot`. */
export async function worldOf({ scenario, snapshot, finding, target, at }: Attacked, options: WorldOptions = {}): Promise<World> {
  const { given, persons = ['alice', 'bob'], through = (_, next) => next(), skew = () => 0 } = options;
  const { playbook } = scenario;
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
      return through(call, async () => {
        if (changesSomething(call.action)) changes.push(`${call.role} ${call.action}`);
        return organisation.range.cloud.call(call);
      });
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
  const deps = { cloud, clock: { now: () => now() + skew() }, playbooks: (id: string) => (id === playbook.id ? playbook : undefined) };
  defineCarryOut(durable, deps);
  defineUndo(durable, deps);
  await durable.launch();
  await prepareStore(store, { scenario, finding, target, at }, persons, now());
  if (given !== undefined)
    await store.within(tenant, async (tx) => {
      await tx.actions.plan(given.action);
      for (const receipt of given.receipts) await tx.actions.receipt(receipt, now());
    });
  return {
    organisation,
    store,
    durable,
    cloud,
    changes,
    refuse,
    pass: (milliseconds) => {
      time += milliseconds;
    },
    view: () => JSON.parse(JSON.stringify(scenario.view(organisation, target) ?? null)) as Json,
  };
}

/** The finding, the armed playbook, and the question that these persons have approved. */
export async function prepareStore(store: Store, after: Proposed, persons: readonly string[], at: number): Promise<void> {
  await store.within(tenant, async (tx) => {
    // As a person would have it who approves: severity does not matter to what is tested here.
    await tx.findings.put({ ...after.finding, severity: 'Medium' }, at);
    await tx.settings.set(`armed/${after.scenario.playbook.id}/*`, { armed: true }, at, 'owner');
    await approve(tx, after, persons);
  });
}

/** The action that a decision about this finding would make. */
export function idOfAction({ scenario, finding, target }: Proposed): string {
  return idOf(tenant, finding.id, scenario.playbook.id, target);
}

/** As many persons as there are must approve: of two, what cannot be undone is done too. */
async function approve(tx: Tx, after: Proposed, persons: readonly string[]): Promise<void> {
  const { scenario, finding, target, at } = after;
  const { playbook } = scenario;
  const id = idOf(tenant, finding.id);
  const option: ProposedAction = {
    playbook: playbook.id,
    version: playbook.version,
    target,
    blastRadius: playbook.blastRadius(target),
    inverse: playbook.inverse(target),
    approvals: 2,
    mode: 'live',
  };
  await tx.judgements.ask({
    id,
    tenant,
    finding: finding.id,
    revision: finding.revision,
    question: `${playbook.asks(target)}?`,
    options: [option],
    guardrails: ['approval-required'],
    recommendation: 'approve',
    because: '',
    state: 'waiting',
    askedAt: at,
    answeredAt: null,
    answeredBy: [],
    approvalsNeeded: Math.max(1, new Set(persons).size),
  });
  for (const by of persons) await tx.judgements.answer(id, by, 'approve', at);
  await rememberApproval(tx, idOfAction(after), id, at, 'bob');
}

/** Plans the action of a scenario. */
export async function plan(
  store: Store,
  { scenario: { playbook }, finding, target }: Proposed,
  id: string,
  by: string,
  plannedAt: number,
): Promise<void> {
  await store.within(tenant, (tx) =>
    tx.actions.plan({
      id,
      tenant,
      finding: finding.id,
      revision: finding.revision,
      playbook: playbook.id,
      playbookVersion: playbook.version,
      target,
      state: 'planned',
      by,
      plannedAt,
      finishedAt: null,
      reason: '',
    }),
  );
}

/** Plans the action of a scenario and runs it to its end. */
export async function carryOut(world: World, after: Attacked, id = idOfAction(after)): Promise<Action> {
  await plan(world.store, after, id, 'automation', world.organisation.range.now());
  return run(world, id);
}

/** Two persons ask for the undo of an action. */
export async function askUndo(store: Store, id: string, at: number, overwrite: boolean): Promise<void> {
  const asked = addUndoRequest(addUndoRequest(null, 'alice', at, overwrite), 'bob', at, overwrite);
  await store.within(tenant, (tx) => tx.settings.set(`undo-request/${id}`, asked, 1, 'bob'));
}

/** Two persons ask for the undo of an action, and it runs to its end. */
export async function undo(world: World, { id }: Action, overwrite = false): Promise<Action> {
  await askUndo(world.store, id, world.organisation.range.now(), overwrite);
  return run(world, id);
}

/** What was done, to begin another world with. */
export async function doneIn(world: World, { id }: Pick<Action, 'id'>): Promise<Done> {
  return world.store.within(tenant, async (tx) => {
    const action = await tx.actions.get(id);
    if (action === null) throw new Error('the action is gone');
    return { action, receipts: await tx.actions.receipts(id) };
  });
}

/** Lets a worker see what waits, and waits for the end of it. */
export async function run(world: World, id: string): Promise<Action> {
  await dispatch({ store: world.store, durable: world.durable, tenant });
  await world.durable.settled();
  return (await doneIn(world, { id })).action;
}
