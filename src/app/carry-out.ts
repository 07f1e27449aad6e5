import { describePlan } from '../core/act/describe-plan.ts';
import { isReversible } from '../core/act/is-reversible.ts';
import { sessionPolicy } from '../core/act/session-policy.ts';
import { meetsAny, ownTouched, touchedBy } from '../core/decide/touched-by.ts';
import { canonicalJson } from '../core/lib/canonical-json.ts';
import { InputError } from '../core/model/errors.ts';
import type { Finding } from '../core/model/finding.ts';
import type { Json, JsonObject } from '../core/model/json.ts';
import type { Action, ActionState, Call, Kept, Playbook, Precondition, Receipt, Step } from '../core/model/plan.ts';
import type { Caps } from '../core/model/tolerance.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Cloud } from '../core/ports/cloud.ts';
import type { Durable, DurableContext } from '../core/ports/durable.ts';
import type { Tx } from '../core/ports/store.ts';
import { approversOf } from './approvers-of.ts';
import { type Attempt, attempt, attemptRead, persist, poll, saysOf } from './cloud-attempt.ts';
import { endFinding } from './end-finding.ts';
import { sealValue } from './ledger/seals.ts';
import type { Own } from './own/own-things.ts';
import { permissionsLacking } from './permissions-lacking.ts';
import { isArmed, isStopped } from './settings.ts';
import { toleranceOf } from './tolerance-of.ts';
import { decideWhatIsDone } from './triage/decide-again.ts';
import { followChain } from './triage/follow-chain.ts';

export interface CarryOutDeps {
  readonly cloud: Cloud;
  readonly clock: Clock;
  /** Every version that an action may still have been started with. */
  readonly playbooks: (id: string, version: number) => Playbook | undefined;
  /** What jobzero itself needs, as far as it is known now; nothing when it is not given. */
  readonly own?: () => Own;
}

const hour = 3_600_000;

type Begun =
  | { readonly go: false }
  | { readonly go: true; readonly action: Action; readonly at: number; readonly approvedBy: readonly string[] };
type End = { readonly state: 'verified' | 'unverified' | 'failed' | 'refused'; readonly reason: string };
type StepEnd = { readonly verified: boolean } | { readonly failed: string } | { readonly stopped: true };

/** A playbook's own function threw: its plan ends as failed, and the worker goes on. */
class PlaybookFault extends Error {
  override readonly name = 'PlaybookFault';
}

/**
 * Defines `carry-out@2`, which runs the plan of one action, and the version before it, which does not ask what the role that acts may do, for
 * what has begun under it. Each step is read, done, verified and read again; what it
 * did is a receipt in the ledger. A step whose state is already as wanted calls nothing. A worker may die anywhere: what
 * was read before stays read, a call may be made twice (see `Once`), and a receipt is written once. The stop button is
 * looked at again before each call that changes something. Input: `{ tenant, action }`.
 */
export function defineCarryOut(durable: Durable, deps: CarryOutDeps): void {
  for (const version of [1, 2])
    durable.define(`carry-out@${version}`, async (context, input: { readonly tenant: string; readonly action: string }) => {
      const begun = await context.transaction('begin', input.tenant, (tx) => begin(tx, deps, input.action));
      if (!begun.go) return;
      const end = await runPlan(context, deps, begun, version);
      await context.transaction('finish', input.tenant, (tx) => finish(tx, deps, begun.action, end));
    });
}

/** The last look at the guardrails that may have changed since the decision. */
async function begin(tx: Tx, deps: CarryOutDeps, id: string): Promise<Begun> {
  const at = deps.clock.now();
  const action = await tx.actions.get(id);
  if (action === null || action.state !== 'planned') return { go: false };
  const stay = async (to: ActionState, reason: string, data: JsonObject = {}): Promise<Begun> => {
    await tx.actions.move(id, ['planned'], to, at, reason);
    await leaf(tx, action, to, at, data);
    return { go: false };
  };

  if (await isStopped(tx)) return stay('refused', 'The stop button is on.');
  const row = await tx.findings.get(action.finding);
  if (row === null || row.state === 'retracted') return stay('refused', 'The finding was retracted before the action began.');
  const playbook = deps.playbooks(action.playbook, action.playbookVersion);
  if (playbook === undefined) return stay('failed', `Version ${action.playbookVersion} of ${action.playbook} is not known here.`);
  let plan: JsonObject;
  let lasting: readonly string[];
  let on: readonly string[];
  try {
    plan = describePlan(playbook, action.target, at);
    const steps = playbook.plan(action.target, at);
    lasting = steps.flatMap((step) => (isReversible(step) ? [] : [step.name]));
    on = steps.flatMap((step) => step.on);
  } catch (error) {
    return stay('failed', error instanceof Error ? error.message : String(error));
  }
  const planHash = await tx.documents.put('plan', canonicalJson(plan));
  if (!(await isArmed(tx, action.playbook, action.target.account)))
    return stay('dry-run', `Not armed in account ${action.target.account}: nothing was called. ${playbook.blastRadius(action.target)}`, {
      planHash,
    });
  // What is protected may have been named since the decision, whoever approved it.
  const shielded = await shieldedFrom(tx, deps, action, playbook, row.finding, on);
  if (shielded !== null) return stay('refused', shielded, { planHash });
  // Asked here too, whatever the playbook, the decision or who planned it say.
  const approvedBy = await approversOf(tx, action);
  if (lasting.length > 0 && approvedBy.length < 2)
    return stay('refused', `It cannot be undone (${lasting.join(', ')}), and two persons have not approved it.`, { planHash });
  const cap = action.by === 'automation' ? await capReached(tx, action, at) : null;
  if (cap !== null) return stay('refused', cap);

  await tx.actions.move(id, ['planned'], 'running', at, '');
  await leaf(tx, action, 'running', at, { planHash });
  return { go: true, action, at, approvedBy };
}

async function runPlan(
  context: DurableContext,
  deps: CarryOutDeps,
  { action, at, approvedBy }: Begun & { readonly go: true },
  version: number,
): Promise<End> {
  const playbook = deps.playbooks(action.playbook, action.playbookVersion);
  if (playbook === undefined)
    return { state: 'failed', reason: `Version ${action.playbookVersion} of ${action.playbook} is not known here.` };
  try {
    const requires = of(() => playbook.requires?.(action.target) ?? []);
    const steps = of(() => playbook.plan(action.target, at));
    const run = new Run(
      context,
      deps,
      action,
      of(() => sessionPolicy(requires, steps)),
      approvedBy,
    );
    for (const [i, check] of requires.entries()) {
      const fault = await run.require(i, check);
      if (fault !== null) return { state: 'refused', reason: fault };
    }
    const lacking = version === 1 ? null : await permissionsLacking(context, deps.cloud, action.target, run.session);
    // As a call that AWS refused: a fault of the automation, for its queue.
    if (lacking !== null) return { state: 'failed', reason: lacking };
    let allVerified = true;
    for (const [i, step] of steps.entries()) {
      const end = await run.step(i, step);
      if ('failed' in end) return { state: 'failed', reason: `Step ${i + 1} (${step.name}): ${end.failed}` };
      if ('stopped' in end) return stoppedAt(i, run.changed);
      allVerified &&= end.verified;
    }
    return allVerified
      ? { state: 'verified', reason: run.changed ? 'Done and seen to be so.' : 'Everything was already so.' }
      : { state: 'unverified', reason: 'Done, but not seen to be so in time.' };
  } catch (error) {
    if (error instanceof PlaybookFault) return { state: 'failed', reason: error.message };
    throw error;
  }
}

function stoppedAt(step: number, changed: boolean): End {
  return changed
    ? { state: 'failed', reason: `The stop button was pressed before step ${step + 1}; what was done before it stays and can be undone.` }
    : { state: 'refused', reason: 'The stop button was pressed before anything was changed.' };
}

/** One run of a plan: its session, and what its reads kept. */
class Run {
  readonly #context: DurableContext;
  readonly #deps: CarryOutDeps;
  readonly #action: Action;
  readonly session: { readonly policy: JsonObject; readonly name: string };
  readonly #approvedBy: readonly string[];
  readonly #kept: { [name: string]: Json } = {};
  /** Has a step changed something? */
  changed = false;

  constructor(context: DurableContext, deps: CarryOutDeps, action: Action, policy: JsonObject, approvedBy: readonly string[]) {
    this.#context = context;
    this.#deps = deps;
    this.#action = action;
    this.#approvedBy = approvedBy;
    this.session = { policy, name: action.id };
  }

  /** Null when it holds, else why not. */
  async require(index: number, check: Precondition): Promise<string | null> {
    const name = `require ${index + 1}`;
    const first = await persist(this.#context, name, () => this.#read(check.read, check.region));
    if (!first.ok) return saysOf(check.read.action, first);
    const followed: Json[] = [];
    const { follow } = check;
    for (const [i, input] of (follow === undefined ? [] : of(() => follow.inputs(first.answer))).entries()) {
      const action = follow?.action ?? '';
      const got = await persist(this.#context, `${name}.${i + 1}`, () => this.#read({ action, input }, check.region));
      if (!got.ok) return saysOf(action, got);
      followed.push(got.answer);
    }
    this.#kept[check.read.keep] = follow === undefined ? first.answer : { answer: first.answer, followed };
    return of(() => check.expect(first.answer, followed)) ? null : check.says;
  }

  async step(index: number, unfilled: Step): Promise<StepEnd> {
    const name = String(index + 1);
    const step = readsFilled(unfilled, this.#kept);
    const read = await persist(this.#context, `${name} read`, () => this.#read(step.read, step.region));
    if (!read.ok) return { failed: saysOf(step.read.action, read) };
    this.#kept[step.read.keep] = read.answer;
    const before = of(() => step.captures(read.answer));

    const oneCall = sameCall(step.read, step.verify);
    const state = oneCall ? read : await persist(this.#context, `${name} look`, () => this.#read(step.verify, step.region));
    if (state.ok && of(() => step.verify.expect(state.answer))) {
      this.#kept[`${step.read.keep}.after`] = read.answer;
      await this.#receipt(name, this.#receiptOf(index, step, callOf(step), before, null, before, true, [], true));
      return { verified: true };
    }

    const call = callOf(step, this.#kept);
    const { tenant } = this.#action;
    if (await this.#context.transaction(`${name} stop?`, tenant, isStopped)) return { stopped: true };
    const done = await persist(this.#context, `${name} do`, () => attempt(this.#deps.cloud, this.#call(call, step.region)));
    // Refused now is not undone: it may have been made before an answer was lost, or by a worker that died. Only a look can tell.
    const output = done.ok ? done.answer : null;

    const seen = await poll(
      this.#context,
      `${name} verify`,
      done.ok ? step.verify.withinSeconds : 0,
      () => this.#read(step.verify, step.region),
      (answer) => of(() => step.verify.expect(answer)),
    );
    const after =
      oneCall && seen.last.ok ? seen.last : await persist(this.#context, `${name} read again`, () => this.#read(step.read, step.region));
    // What we left is unknown: null is unlike any state, so an undo will ask.
    const left = after.ok ? of(() => step.captures(after.answer)) : null;
    if (after.ok) this.#kept[`${step.read.keep}.after`] = after.answer;
    if (!done.ok && !seen.done && canonicalJson(left) === canonicalJson(before)) return { failed: saysOf(call.action, done) };

    const undo = of(() => step.undo({ ...this.#kept }, output));
    this.changed = true;
    await this.#receipt(name, {
      ...this.#receiptOf(index, step, call, before, output, left, seen.done, undo, false),
      ...(step.ofOurs !== true && read.answer !== null && after.ok && after.answer !== null ? { existed: true } : {}),
    });
    return done.ok || seen.done ? { verified: seen.done } : { failed: saysOf(call.action, done) };
  }

  #read(call: Call, region: string | undefined): Promise<Attempt> {
    return attemptRead(this.#deps.cloud, this.#call(call, region));
  }

  #call({ action, input }: Call, region: string | undefined) {
    const { target } = this.#action;
    const session = this.session;
    const call = { account: target.account, region: region ?? target.region, action, input, role: 'actor', session } as const;
    return this.#approvedBy.length === 0 ? call : { ...call, approvedBy: this.#approvedBy };
  }

  #receiptOf(
    step: number,
    { name, read }: Step,
    call: Call,
    before: Json,
    output: Json,
    left: Json,
    verified: boolean,
    undo: Receipt['undo'],
    alreadySo: boolean,
  ): Receipt {
    return {
      format: 'jobzero.receipt/1',
      action: this.#action.id,
      step,
      name,
      call,
      before,
      output,
      left,
      verified,
      undo,
      read: { action: read.action, input: read.input },
      alreadySo,
    };
  }

  async #receipt(name: string, receipt: Receipt): Promise<void> {
    await this.#context.transaction(`${name} receipt`, this.#action.tenant, async (tx) => {
      const at = this.#deps.clock.now();
      await tx.actions.receipt(receipt, at);
      const receiptHash = await tx.documents.put('receipt', canonicalJson(receipt));
      const { step, call, verified, alreadySo } = receipt;
      await tx.ledger.append({
        format: 'jobzero.ledger/1',
        type: 'receipt',
        subject: receipt.action,
        at,
        data: { step, call: call.action, receiptHash, verified, alreadySo },
      });
    });
  }
}

/** The step with the inputs of its reads, where they are filled from what was read before. */
function readsFilled(step: Step, kept: Kept): Step {
  const { read, verify } = step;
  const input = ({ input: fixed, fill }: Step['read'] | Step['verify']) => (fill === undefined ? fixed : of(() => fill({ ...kept })));
  return { ...step, read: { ...read, input: input(read) }, verify: { ...verify, input: input(verify) } };
}

/** The call of a step, its input filled from what was read. */
function callOf(step: Step, kept?: Kept): Call {
  const { action, input, fill } = step.do;
  return { action, input: fill === undefined || kept === undefined ? input : of(() => fill({ ...kept })) };
}

function sameCall(a: Call, b: Call): boolean {
  return a.action === b.action && canonicalJson(a.input) === canonicalJson(b.input);
}

function of<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new PlaybookFault(`the playbook could not read what AWS answered: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

async function finish(tx: Tx, deps: CarryOutDeps, action: Action, end: End): Promise<void> {
  const at = deps.clock.now();
  await tx.actions.move(action.id, ['running'], end.state, at, end.reason);
  await leaf(tx, action, end.state, at, { reasonSeal: await sealValue(tx, end.reason) });
  if (end.state !== 'verified') return;
  await decideWhatIsDone(tx, action, at);
  if (deps.playbooks(action.playbook, action.playbookVersion)?.cutsOff === true) await followChain(tx, action.finding, action.by, at);
  const row = await tx.findings.get(action.finding);
  if (row === null || row.state !== 'open') return;
  // A weakness that is mended is over; an attack that is contained is not, so it stays with a person.
  const why = `${action.playbook} verified, action ${action.id}`;
  if (row.finding.kind === 'detection') await tx.findings.live(action.finding, 'acknowledged', at, 'automation', why);
  else await endFinding(tx, row.finding, 'resolved', at, 'automation', why);
}

async function leaf(tx: Tx, action: Action, state: ActionState, at: number, more: JsonObject): Promise<void> {
  const data = {
    state,
    finding: action.finding,
    playbook: action.playbook,
    version: action.playbookVersion,
    targetSeal: await sealValue(tx, action.target),
    ...more,
  };
  await tx.ledger.append({ format: 'jobzero.ledger/1', type: 'action', subject: action.id, at, data });
}

/** Why nobody acts on this by jobzero: it is protected, or jobzero's own. Null where it is neither. */
async function shieldedFrom(
  tx: Tx,
  { own }: CarryOutDeps,
  { target }: Action,
  { cutsOff }: Playbook,
  finding: Finding,
  on: readonly string[],
): Promise<string | null> {
  const touched = [...touchedBy(target, cutsOff === true, finding), ...on];
  const { patterns, what } = own?.() ?? { patterns: [], what: {} };
  const [met] = ownTouched(touched, cutsOff === true, patterns);
  if (met !== undefined) return `It would touch jobzero itself: ${what[met] ?? 'what it needs'}.`;
  let shielded: readonly string[];
  try {
    ({ protected: shielded } = await toleranceOf(tx));
  } catch (error) {
    // Then automation does nothing anyhow, and a person has said so.
    if (!(error instanceof InputError)) throw error;
    return null;
  }
  return meetsAny(touched, shielded) ? 'It would touch what tolerance protects: people do that themselves.' : null;
}

async function capReached(tx: Tx, action: Action, at: number): Promise<string | null> {
  let caps: Caps;
  try {
    ({ caps } = await toleranceOf(tx));
  } catch (error) {
    // What the server refuses ends this transaction, which is then tried again.
    if (!(error instanceof InputError)) throw error;
    return `The tolerance cannot be read, so automation does nothing: ${error.message}`;
  }
  const { account } = action.target;
  // The store counts what is planned too, and so this action itself.
  const self = action.plannedAt >= at - hour ? 1 : 0;
  const inAccount = (await tx.actions.startedSince(at - hour, account)) - self;
  if (inAccount >= caps.perAccountHour)
    return `Automation has started ${inAccount} actions in account ${account} within an hour, and the cap is reached.`;
  const everywhere = (await tx.actions.startedSince(at - hour, null)) - self;
  return everywhere >= caps.perHour ? `Automation has started ${everywhere} actions within an hour, and the cap is reached.` : null;
}
