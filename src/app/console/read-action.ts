import type { Json } from '../../core/model/json.ts';
import type { Action, Call, Playbook, Receipt, Step } from '../../core/model/plan.ts';
import type { Tx } from '../../core/ports/store.ts';
import { readUndoRequest, undoableStates, undoPersonsNeeded } from '../undo-request.ts';
import { type ActionView, viewAction } from './action-view.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { playbookOf } from './playbook-of.ts';

export interface StepView {
  readonly index: number;
  readonly name: string;
  readonly action: string;
  /** ARNs that the step touches. */
  readonly on: readonly string[];
  /** What its verification looks for, in words. */
  readonly verifies: string;
  readonly withinSeconds: number | null;
  readonly receipt: Receipt | null;
}

/** What stood before, what we left, and what stands now: shown when an undo finds that somebody else changed it. */
export interface Difference {
  readonly step: number;
  readonly name: string;
  readonly before: Json;
  readonly left: Json;
  readonly live: Json;
}

export interface UndoView {
  readonly can: boolean;
  /** Why it cannot, or what it brings back. */
  readonly says: string;
  /** The calls, in the order in which they would be made. */
  readonly calls: readonly Call[];
  /** Who has asked for it, once somebody has; it starts when `needed` persons have. */
  readonly requested: { readonly at: number; readonly overwrite: boolean; readonly persons: readonly string[] } | null;
  readonly needed: number;
  readonly difference: readonly Difference[];
}

export interface ActionDetail extends ActionView {
  readonly blastRadius: string | null;
  readonly inverse: string | null;
  /** Why the playbook says nothing of it, or not all: its version is gone, or it does not understand the target. */
  readonly unread: string | null;
  readonly steps: readonly StepView[];
  readonly undo: UndoView;
}

/** All about one action, or null when there is none of this id. */
export function readAction(deps: ConsoleDeps, id: string): Promise<ActionDetail | null> {
  return deps.store.within(deps.tenant, async (tx) => {
    const action = await tx.actions.get(id);
    if (action === null) return null;
    const view = await viewAction(deps, tx, action);
    const receipts = (await tx.actions.receipts(id)).toSorted((a, b) => a.step - b.step);
    const playbook = playbookOf(deps.playbooks, action.playbook, action.playbookVersion);
    const faults = playbook === null ? ['this version of the playbook is not there any more'] : [];
    const inverse = playbook === null ? null : attempt(faults, () => playbook.inverse(action.target));
    return {
      ...view,
      blastRadius: playbook === null ? null : attempt(faults, () => playbook.blastRadius(action.target)),
      inverse,
      steps: stepsOf(playbook, action, receipts, faults),
      undo: await undoOf(tx, action, receipts, inverse),
      unread: faults[0] === undefined ? null : `What the playbook says of this action could not be read: ${faults[0]}.`,
    };
  });
}

function stepsOf(playbook: Playbook | null, action: Action, receipts: readonly Receipt[], faults: string[]): readonly StepView[] {
  const planned: readonly Step[] = playbook === null ? [] : (attempt(faults, () => playbook.plan(action.target, action.plannedAt)) ?? []);
  const length = Math.max(planned.length, (receipts.at(-1)?.step ?? -1) + 1);
  return Array.from({ length }, (_, index) => {
    const step = planned[index];
    const receipt = receipts.find((done) => done.step === index) ?? null;
    return {
      index,
      name: receipt?.name ?? step?.name ?? '',
      action: receipt?.call.action ?? step?.do.action ?? '',
      on: step?.on ?? [],
      verifies: step?.verify.says ?? '',
      withinSeconds: step?.verify.withinSeconds ?? null,
      receipt,
    };
  });
}

async function undoOf(tx: Tx, action: Action, receipts: readonly Receipt[], inverse: string | null): Promise<UndoView> {
  const request = readUndoRequest(await tx.settings.get(`undo-request/${action.id}`));
  const requested = request === null ? null : { at: request.at, overwrite: request.overwrite, persons: request.persons };
  const changed = receipts.filter((receipt) => !receipt.alreadySo);
  const calls = changed.toReversed().flatMap((receipt) => (receipt.undo === 'irreversible' ? [] : receipt.undo));
  const difference = action.state === 'undo-asks' ? readDifference(await tx.settings.get(`undo-difference/${action.id}`)) : [];
  const [can, says] = undoSays(action, changed, inverse);
  return { can, says, calls, requested, needed: await undoPersonsNeeded(tx, action), difference };
}

function undoSays(action: Action, changed: readonly Receipt[], inverse: string | null): readonly [boolean, string] {
  if (action.state === 'undone') return [false, 'It has been undone.'];
  if (action.state === 'undoing') return [false, 'It is being undone.'];
  if (!undoableStates.includes(action.state)) return [false, 'It has changed nothing yet.'];
  if (changed.length === 0) return [false, 'It changed nothing, because everything was already so.'];
  if (changed.every((receipt) => receipt.undo === 'irreversible')) return [false, 'It cannot be undone.'];
  return [true, inverse ?? 'It brings back the state that was kept before the first step.'];
}

function readDifference(value: Json): readonly Difference[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: Json) => {
    const row = asObject(entry);
    if (row === null) return [];
    return [
      {
        step: typeof row['step'] === 'number' ? row['step'] : 0,
        name: typeof row['name'] === 'string' ? row['name'] : '',
        before: row['before'] ?? null,
        left: row['left'] ?? null,
        live: row['live'] ?? null,
      },
    ];
  });
}

function asObject(value: Json): { readonly [key: string]: Json } | null {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as { readonly [key: string]: Json }) : null;
}

/** A playbook of this version may not understand a target that another version stored; what it cannot say is told as a fault. */
function attempt<T>(faults: string[], work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error));
    return null;
  }
}
