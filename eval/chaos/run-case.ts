import { dispatch } from '../../src/app/dispatch.ts';
import {
  type Attacked,
  askUndo,
  changesSomething,
  type Done,
  doneIn,
  idOfAction,
  plan,
  run,
  tenant,
  type World,
  worldOf,
} from '../../src/app/playbook-scenarios/world-under-test.ts';
import { canonicalJson } from '../../src/core/lib/canonical-json.ts';
import { CloudError } from '../../src/core/model/errors.ts';
import type { Json } from '../../src/core/model/json.ts';
import type { Action } from '../../src/core/model/plan.ts';
import type { CloudCall } from '../../src/core/ports/cloud.ts';
import { type Case, type Fault, isSurvivable, mayRepeat } from './fault.ts';
import { faultsOfLedger } from './faults-of-ledger.ts';

/** How it goes when nothing goes wrong. */
export interface Calm {
  readonly after: Attacked;
  readonly before: Json;
  /** Was what it reads not there before? Then "there is none" is the state that undo brings back. */
  readonly absent: boolean;
  readonly wanted: Json;
  /** Null where it cannot be undone. */
  readonly left: { readonly attacked: Attacked; readonly done: Done } | null;
  readonly doing: Phase;
  readonly undoing: Phase;
}

/** What reached the cloud in a phase. */
interface Phase {
  readonly calls: number;
  /** Changes that took effect, in order. */
  readonly effects: readonly string[];
}

export interface Outcome {
  /** Sentences; none where every invariant holds. */
  readonly violations: readonly string[];
  /** Changes that were made again and set the same. */
  readonly repeats: number;
  readonly deaths: number;
  readonly end: Action['state'];
}

const hour = 3_600_000;

/** Carries a playbook out and undoes it in peace. Throws where it does not come to its end. */
export async function calmly(after: Attacked): Promise<Calm> {
  const stage = await Stage.open(after, null);
  const before = stage.world.view();
  const action = await stage.carryOut([]);
  if (action.state !== 'verified') throw new Error(`in peace it is ${action.state}: ${action.reason}`);
  const doing = stage.phase();
  const { absent } = stage;
  const wanted = stage.world.view();
  if (!isOther(before, wanted)) throw new Error('in peace it changes nothing, and says that it did');
  const done = await doneIn(stage.world, action);
  const { range } = stage.world.organisation;
  const attacked = { ...after, snapshot: range.snapshot(), at: range.now() };
  const canBeUndone = done.receipts.every(({ undo }) => undo !== 'irreversible');
  if (!canBeUndone) return { after, before, absent, wanted, left: null, doing, undoing: { calls: 0, effects: [] } };
  const back = await stage.undo([], false);
  if (back.state !== 'undone') throw new Error(`in peace its undo is ${back.state}: ${back.reason}`);
  return { after, before, absent, wanted, left: { attacked, done }, doing, undoing: stage.phase() };
}

/** Runs one case and says which invariants do not hold. */
export async function runCase(calm: Calm, { doing, undoing }: Case): Promise<Outcome> {
  const onlyUndo = doing.length === 0 && calm.left !== null;
  const stage = await Stage.open(
    onlyUndo && calm.left !== null ? calm.left.attacked : calm.after,
    onlyUndo ? (calm.left?.done ?? null) : null,
  );
  const violations: string[] = [];
  let repeats = 0;
  let action = onlyUndo && calm.left !== null ? calm.left.done.action : null;
  if (action === null) {
    action = await stage.carryOut(doing);
    violations.push(...(await faultsOfEnd(stage, calm, action, doing)));
    repeats += noteRepeats(stage.phase(), calm.doing, doing, violations);
  }
  const end = action.state;
  if (calm.left !== null && undoable.has(end)) {
    let back = await stage.undo(undoing, false);
    const phase = stage.phase();
    // Receipts of a run that was disturbed say how to come back from where it stopped, so other calls than in peace.
    if (doing.length === 0) repeats += noteRepeats(phase, calm.undoing, undoing, violations);
    if (doing.length === 0 && isSurvivable(undoing) && back.state !== 'undone')
      violations.push(`the undo is ${back.state}: ${back.reason}`);
    if (doing.length > 0 && undoing.length === 0 && isSurvivable(doing) && back.state !== 'undone')
      violations.push(`done with trouble, its undo is ${back.state}: ${back.reason}`);
    // Persons ask again, and when it asks they say what is to hold.
    for (let tries = 0; tries < 2 && back.state !== 'undone'; tries++) back = await stage.undo([], back.state === 'undo-asks');
    if (back.state !== 'undone') violations.push(`the undo never ends: ${back.state}: ${back.reason}`);
    else if (isOther(stage.world.view(), calm.before) && !saidNothingWasThere(calm, doing, undoing))
      violations.push('undone, and what was captured before is not back');
    end === 'verified' || violations.push(...faultsOfReason(action));
  }
  violations.push(...(await faultsOfLedger(stage.world.store, tenant, action.id)));
  return { violations, repeats, deaths: stage.world.durable.deaths(), end };
}

/** Where AWS says that nothing is there, and that is a state that may be, nobody can know better. */
function saidNothingWasThere({ absent }: Calm, doing: readonly Fault[], undoing: readonly Fault[]): boolean {
  const isMissing = (faults: readonly Fault[]) => faults.some(({ kind }) => kind === 'missing');
  return (absent && isMissing(undoing)) || (isMissing(doing) && mayRepeat(doing));
}

const undoable: ReadonlySet<Action['state']> = new Set(['verified', 'unverified', 'failed']);

async function faultsOfEnd({ world }: Stage, calm: Calm, action: Action, faults: readonly Fault[]): Promise<readonly string[]> {
  const view = world.view();
  const { state, reason } = action;
  if (state === 'planned' || state === 'running') return [`it never ended: ${state}`];
  const found: string[] = [];
  if (isSurvivable(faults) && state !== 'verified') found.push(`it is ${state}: ${reason}`);
  const gone = faults.some(({ kind }) => kind === 'missing');
  if (state === 'verified' && !gone && isOther(view, calm.wanted)) found.push('it says verified, and it is not so');
  if (state === 'refused' && isOther(view, calm.before)) found.push('it says refused, and something was changed');
  const { receipts } = await doneIn(world, action);
  if (state === 'failed' && !gone && isOther(view, calm.before) && receipts.every(({ alreadySo }) => alreadySo))
    found.push(`it says failed, and not that something was changed: ${reason}`);
  return found;
}

function faultsOfReason({ state, reason }: Action): readonly string[] {
  return reason.length > 10 ? [] : [`it says nothing on why it is ${state}`];
}

/** Counts changes that were made again; whatever else was changed than in peace is a violation. */
function noteRepeats({ effects }: Phase, calm: Phase, faults: readonly Fault[], violations: string[]): number {
  const known = new Map<string, number>();
  for (const effect of calm.effects) known.set(effect, (known.get(effect) ?? 0) + 1);
  let repeats = 0;
  for (const effect of effects) {
    const left = known.get(effect);
    if (left === undefined) violations.push(`it changed what it does not change in peace: ${effect}`);
    else if (left === 0) repeats++;
    else known.set(effect, left - 1);
  }
  if (repeats > 0 && !mayRepeat(faults)) violations.push(`${repeats} changes were doubled, and no answer was lost`);
  return repeats;
}

function isOther(one: Json, other: Json): boolean {
  return withoutTimes(canonicalJson(one)) !== withoutTimes(canonicalJson(other));
}

/** Without times, and without ids that AWS gives by chance. */
function withoutTimes(text: string): string {
  return text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'T').replace(/\bp-[0-9a-f]{8}\b/g, 'p-');
}

/** A world in which things go wrong as told. */
class Stage {
  readonly #after: Attacked;
  /** Was something not there that was read? */
  absent = false;
  #world: World | null = null;
  #faults: readonly Fault[] = [];
  #calls = 0;
  #effects: string[] = [];
  #skew = 0;
  /** How often each fault of `times` has struck. */
  readonly #struck = new Map<Fault, number>();

  private constructor(after: Attacked) {
    this.#after = after;
  }

  static async open(after: Attacked, given: Done | null): Promise<Stage> {
    const stage = new Stage(after);
    stage.#world = await worldOf(after, {
      ...(given === null ? {} : { given }),
      through: (call, next) => stage.#through(call, next),
      skew: () => stage.#skew,
    });
    return stage;
  }

  get world(): World {
    if (this.#world === null) throw new Error('the stage is not open');
    return this.#world;
  }

  phase(): Phase {
    return { calls: this.#calls, effects: this.#effects };
  }

  async carryOut(faults: readonly Fault[]): Promise<Action> {
    this.#begin(faults);
    const id = idOfAction(this.#after);
    await plan(this.world.store, this.#after, id, 'alice, bob', this.world.organisation.range.now());
    return this.#told(id);
  }

  async undo(faults: readonly Fault[], overwrite: boolean): Promise<Action> {
    this.#begin(faults);
    const id = idOfAction(this.#after);
    await askUndo(this.world.store, id, this.world.organisation.range.now(), overwrite);
    return this.#told(id);
  }

  #begin(faults: readonly Fault[]): void {
    this.#faults = faults;
    this.#calls = 0;
    this.#effects = [];
    this.#struck.clear();
    const death = faults.find((fault) => fault.kind === 'dies');
    this.world.durable.crashAfter(death?.operation ?? Number.POSITIVE_INFINITY);
  }

  async #told(id: string): Promise<Action> {
    if (this.#faults.some(({ kind }) => kind === 'told')) {
      this.world.pass(hour / 6);
      await Promise.all([this.#dispatch(), this.#dispatch(), this.#dispatch()]);
    }
    return run(this.world, id);
  }

  #dispatch(): Promise<unknown> {
    return dispatch({ store: this.world.store, durable: this.world.durable, tenant });
  }

  async #through(call: CloudCall, next: () => Promise<Json>): Promise<Json> {
    const number = ++this.#calls;
    for (const fault of this.#faults) {
      if (fault.kind === 'clock' && fault.call === number) this.#skew += fault.hours * hour;
      if (fault.kind === 'told' && fault.call === number) await Promise.all([this.#dispatch(), this.#dispatch()]);
      if (fault.kind === 'denied' && fault.call === number) throw new CloudError('denied', 'AccessDenied', call.action, 'planted');
      if (fault.kind === 'missing' && fault.call <= number) throw new CloudError('not-found', 'NoSuchEntity', call.action, 'planted');
      if (!('times' in fault) || number < fault.call) continue;
      const struck = this.#struck.get(fault) ?? 0;
      if (struck >= fault.times) continue;
      this.#struck.set(fault, struck + 1);
      if (fault.kind === 'throttled') throw new CloudError('throttled', 'ThrottlingException', call.action, 'planted');
      if (fault.kind === 'lost-after') await this.#make(call, next);
      throw new CloudError('unavailable', 'InternalFailure', call.action, 'planted');
    }
    return this.#make(call, next);
  }

  async #make(call: CloudCall, next: () => Promise<Json>): Promise<Json> {
    const answer = await next().catch((error: unknown) => {
      if (error instanceof CloudError && error.kind === 'not-found' && !changesSomething(call.action)) this.absent = true;
      throw error;
    });
    if (changesSomething(call.action)) this.#effects.push(withoutTimes(`${call.role} ${call.action} ${canonicalJson(call.input)}`));
    return answer;
  }
}
