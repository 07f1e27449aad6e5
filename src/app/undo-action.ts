import { compareForUndo } from '../core/act/compare-for-undo.ts';
import { undoPolicy } from '../core/act/session-policy.ts';
import { canonicalJson } from '../core/lib/canonical-json.ts';
import type { Json, JsonObject } from '../core/model/json.ts';
import type { Action, Call, Playbook, Receipt, Step } from '../core/model/plan.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Cloud } from '../core/ports/cloud.ts';
import type { Durable, DurableContext } from '../core/ports/durable.ts';
import type { Tx } from '../core/ports/store.ts';
import { attempt, attemptRead, persist, poll, saysOf } from './cloud-attempt.ts';
import { joinWeaknesses } from './join-weaknesses.ts';
import { sealPersons, sealValue } from './ledger/seals.ts';
import { readUndoRequest, undoableStates, undoPersonsNeeded } from './undo-request.ts';

export interface UndoDeps {
  readonly cloud: Cloud;
  readonly clock: Clock;
  /** Every version that an action may have been carried out with: `captures` says what to compare, and it is the version's own. */
  readonly playbooks: (id: string, version: number) => Playbook | undefined;
}

/** How long the earlier state may take to be seen after the undo calls. IAM takes longest. */
const withinSeconds = 60;

type Begun =
  | { readonly go: false }
  | {
      readonly go: true;
      readonly action: Action;
      readonly at: number;
      readonly receipts: readonly Receipt[];
      readonly overwrite: boolean;
      readonly approvedBy: readonly string[];
      /** The step some of whose calls an earlier undo made, and not all. */
      readonly unfinished: number | null;
    };
type Difference = {
  readonly step: number;
  readonly name: string;
  readonly before: Json;
  readonly left: Json;
  readonly live: Json;
  readonly changes: Json;
};
type End =
  | { readonly state: 'undone' | 'undo-failed'; readonly reason: string; readonly unfinished?: number }
  | { readonly state: 'undo-asks'; readonly reason: string; readonly difference: readonly Difference[] };

/** A receipt with the step of the plan that it came from. */
interface Part {
  readonly receipt: Receipt;
  readonly step: Step;
  readonly calls: readonly Call[];
}

/**
 * Defines `undo@1`, which brings back the captured state before an action, last step first, as role `undoer` and with the
 * calls that were stored when the step was done. Before anything is touched every captured part is compared with what we
 * left: where somebody else has changed it, nothing is touched, the three states are stored and the action asks
 * (`undo-difference/<action>`). The stop button does not stop an undo: it takes automation back. Input:
 * `{ tenant, action, at }`, where `at` is that of the request.
 */
export function defineUndo(durable: Durable, deps: UndoDeps): void {
  durable.define('undo@1', async (context, input: { readonly tenant: string; readonly action: string; readonly at: number }) => {
    const begun = await context.transaction('begin', input.tenant, (tx) => begin(tx, deps, input.action, input.at));
    if (!begun.go) return;
    const end = await undo(context, deps, begun);
    await context.transaction('finish', input.tenant, (tx) => finish(tx, begun.action, end, deps.clock.now()));
  });
}

async function begin(tx: Tx, deps: UndoDeps, id: string, requestedAt: number): Promise<Begun> {
  const at = deps.clock.now();
  const action = await tx.actions.get(id);
  const request = readUndoRequest(await tx.settings.get(`undo-request/${id}`));
  if (action === null || request === null || request.at !== requestedAt) return { go: false };
  if (!undoableStates.includes(action.state)) return { go: false };
  // Looked at again here: the finding may have been reopened since the dispatcher counted.
  if (request.persons.length < (await undoPersonsNeeded(tx, action))) return { go: false };
  const receipts = await tx.actions.receipts(id);
  const begun = await tx.settings.get(`undo-unfinished/${id}`);
  const unfinished = typeof begun === 'number' ? begun : null;
  await tx.actions.move(id, undoableStates, 'undoing', at, '');
  await leaf(tx, id, at, { state: 'undoing', overwrite: request.overwrite, personSeals: await sealPersons(tx, request.persons) });
  return { go: true, action, at, receipts, overwrite: request.overwrite, approvedBy: request.persons, unfinished };
}

async function undo(
  context: DurableContext,
  deps: UndoDeps,
  { action, receipts, overwrite, approvedBy, unfinished }: Begun & { readonly go: true },
): Promise<End> {
  const parts = partsOf(deps, action, receipts);
  if (typeof parts === 'string') return { state: 'undo-asks', reason: parts, difference: [] };
  if (parts.length === 0) return { state: 'undone', reason: 'The action had changed nothing.' };
  let policy: JsonObject;
  try {
    policy = undoPolicy(parts.map(({ receipt, step, calls }) => ({ calls: [receipt.read, ...calls], on: step.on, permits: step.permits })));
  } catch (error) {
    return { state: 'undo-failed', reason: error instanceof Error ? error.message : String(error) };
  }
  const { account, region } = action.target;
  const session = { policy, name: action.id };
  const asUndoer = (call: Call, step: Step) =>
    ({ account, region: step.region ?? region, ...call, role: 'undoer', session, approvedBy }) as const;
  const read = ({ receipt, step }: Part) => attemptRead(deps.cloud, asUndoer(receipt.read, step));

  const differences: Difference[] = [];
  for (const part of parts) {
    const { receipt } = part;
    if (isSuperseded(part, parts)) continue;
    const got = await persist(context, `${receipt.step + 1} compare`, () => read(part));
    if (!got.ok) return { state: 'undo-failed', reason: `Nothing was touched: ${saysOf(receipt.read.action, got)}` };
    if (!isBack(part, parts, got.answer)) differences.push(...differenceOf(part, captured(part, got.answer)));
  }
  if (differences.length > 0 && !overwrite) return asks('nothing was touched', differences);

  for (const part of parts) {
    const { receipt, step, calls } = part;
    const name = String(receipt.step + 1);
    // Read again right before the calls: the comparison of the whole may be older than a crash.
    const now = await persist(context, `${name} read`, () => read(part));
    if (!now.ok) return { state: 'undo-failed', reason: saysOf(receipt.read.action, now) };
    // Not all that a step's calls do is in what is read, so they are made again where one of them was not.
    const needed = receipt.step === unfinished || !isBack(part, parts, now.answer);
    const changed = isBack(part, parts, now.answer) ? [] : differenceOf(part, captured(part, now.answer));
    if (changed.length > 0 && !overwrite) return asks('the later steps are undone', changed);
    const isRestored = (answer: Json) => !needed || canonicalJson(captured(part, answer)) === canonicalJson(receipt.before);
    let refusal = '';
    if (needed) {
      for (const [i, call] of calls.entries()) {
        const done = await persist(context, `${name} undo ${i + 1}`, () => attempt(deps.cloud, asUndoer(call, step)));
        if (done.ok) continue;
        // Gone already is what deleting wants, not answered may have got through, and the second time a call may be
        // refused because what it wants is so already: the look below tells, unless it is of the other calls of the step.
        const tells = done.kind === 'unavailable' ? calls.length === 1 : ['not-found', 'conflict', 'invalid'].includes(done.kind);
        if (!tells)
          return { state: 'undo-failed', reason: saysOf(call.action, done), ...(calls.length === 1 ? {} : { unfinished: receipt.step }) };
        refusal = `; ${saysOf(call.action, done)}`;
      }
    }
    const seen = await poll(context, `${name} verify`, needed ? withinSeconds : 0, () => read(part), isRestored);
    await context.transaction(`${name} receipt`, action.tenant, (tx) => record(tx, action, part, needed, seen.done, deps.clock.now()));
    if (!seen.done) {
      const why = seen.last.ok ? 'the live state is not the earlier one' : saysOf(receipt.read.action, seen.last);
      const reason = `Step ${name} (${receipt.name}): the calls were made, but ${why}${refusal}.`;
      return { state: 'undo-failed', reason, ...(refusal === '' || calls.length === 1 ? {} : { unfinished: receipt.step }) };
    }
  }
  return { state: 'undone', reason: 'What was captured before is back, and seen to be so.' };
}

/** The receipts that changed something, last first; or why they cannot be undone. */
function partsOf(deps: UndoDeps, action: Action, receipts: readonly Receipt[]): readonly Part[] | string {
  const changed = receipts.filter((receipt) => !receipt.alreadySo).toSorted((a, b) => b.step - a.step);
  if (changed.length === 0) return [];
  const playbook = deps.playbooks(action.playbook, action.playbookVersion);
  if (playbook === undefined)
    return `Version ${action.playbookVersion} of ${action.playbook} is not known here, so what it left cannot be compared.`;
  // Only names, ARNs and `captures` are taken from the plan, and none depends on when it began.
  const steps = playbook.plan(action.target, action.plannedAt);
  const parts: Part[] = [];
  for (const receipt of changed) {
    const step = steps[receipt.step];
    if (step === undefined) return `The plan has no step ${receipt.step + 1}, so what it left cannot be compared.`;
    if (receipt.undo === 'irreversible') return `Step ${receipt.step + 1} (${receipt.name}) cannot be undone, so nothing was touched.`;
    parts.push({ receipt, step, calls: receipt.undo });
  }
  return parts;
}

/**
 * Has a later step changed what this one left? Then the later one's state tells whether somebody interfered, and this one's is
 * compared when the later one is undone.
 */
function isSuperseded(part: Part, parts: readonly Part[]): boolean {
  return parts.some((later) => wentOn(part, later));
}

/** Did the later step begin where the earlier one had ended? */
function wentOn({ receipt: earlier }: Part, { receipt: later }: Part): boolean {
  return (
    later.step > earlier.step &&
    canonicalJson({ ...later.read }) === canonicalJson({ ...earlier.read }) &&
    canonicalJson(later.before) === canonicalJson(earlier.left)
  );
}

/**
 * Has somebody brought back what was there before this step, or before the first of the steps that led to it? Then there is
 * nothing to undo, and nobody to ask.
 */
function isBack(part: Part, parts: readonly Part[], answer: Json): boolean {
  if (canonicalJson(captured(part, answer)) === canonicalJson(part.receipt.before)) return true;
  return parts.some((earlier) => wentOn(earlier, part) && isBack(earlier, parts, answer));
}

/**
 * What a read captures; an answer that the playbook cannot read is shown as it is, and is unlike anything we left. So is nothing where
 * there was something, when it would look like what was before: that a database is gone is not that its protection is off again.
 */
function captured({ step, receipt }: Part, answer: Json): Json {
  try {
    const state = step.captures(answer);
    const looksBack = answer === null && receipt.existed === true && canonicalJson(state) === canonicalJson(receipt.before);
    return looksBack ? { gone: true } : state;
  } catch {
    return { unreadable: answer };
  }
}

function differenceOf({ receipt }: Part, live: Json): readonly Difference[] {
  const compared = compareForUndo(receipt.before, receipt.left, live);
  if (typeof compared === 'string') return [];
  const changes = compared.map((change) => ({ ...change }));
  return [{ step: receipt.step, name: receipt.name, before: receipt.before, left: receipt.left, live, changes }];
}

function asks(touched: string, difference: readonly Difference[]): End {
  const names = difference.map(({ name }) => `"${name}"`).join(', ');
  return { state: 'undo-asks', reason: `Somebody else has changed what ${names} left; ${touched}.`, difference };
}

async function record(tx: Tx, action: Action, { receipt, calls }: Part, called: boolean, restored: boolean, at: number): Promise<void> {
  const made = called ? calls : [];
  const undoHash = await tx.documents.put(
    'undo',
    canonicalJson({ format: 'jobzero.undo/1', action: action.id, step: receipt.step, calls: made, before: receipt.before, restored }),
  );
  await leaf(tx, action.id, at, { step: receipt.step, calls: made.map((call) => call.action), undoHash, restored });
}

async function finish(tx: Tx, action: Action, end: End, at: number): Promise<void> {
  await tx.actions.move(action.id, ['undoing'], end.state, at, end.reason);
  const data: { [key: string]: Json } = { state: end.state, reasonSeal: await sealValue(tx, end.reason) };
  if (end.state === 'undone') await tx.settings.set(`undo-unfinished/${action.id}`, null, at, 'automation');
  else if ('unfinished' in end) await tx.settings.set(`undo-unfinished/${action.id}`, end.unfinished ?? null, at, 'automation');
  if (end.state === 'undo-asks') {
    const difference: Json = end.difference.map((one) => ({ ...one }));
    data['differenceHash'] = await tx.documents.put('difference', canonicalJson(difference));
    await tx.settings.set(`undo-difference/${action.id}`, difference, at, 'automation');
  }
  await leaf(tx, action.id, at, data);
  const row = await tx.findings.get(action.finding);
  if (row === null || row.state === 'retracted' || end.state === 'undo-failed') return;
  // What was closed because of the action is open again; a question is about the finding too.
  if (end.state === 'undone' ? row.state === 'acknowledged' || row.state === 'resolved' : row.state === 'resolved')
    await tx.findings.live(action.finding, 'reopened', at, 'automation', `action ${action.id}: ${end.state}`);
  await joinWeaknesses(tx, [row.finding], at);
}

function leaf(tx: Tx, id: string, at: number, data: JsonObject): Promise<void> {
  return tx.ledger.append({ format: 'jobzero.ledger/1', type: 'undo', subject: id, at, data });
}
