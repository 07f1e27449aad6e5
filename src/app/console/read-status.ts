import type { ActionState } from '../../core/model/plan.ts';
import type { Tx } from '../../core/ports/store.ts';
import { exerciseTx } from '../exercise/exercise-tx.ts';
import { exercisesFor } from '../exercise/take-exercise.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { readStop, type Stop } from './stop-button.ts';

/** What the status line says. Counts of actions are exact up to `countedUpTo`. */
export interface Status {
  readonly automation: 'working' | 'stopped';
  readonly stop: Stop | null;
  /** Findings of every state. */
  readonly found: number;
  readonly open: number;
  /** Incidents that are open, and how many of them page somebody. */
  readonly incidents: { readonly open: number; readonly paging: number };
  /** Actions that automation did alone and that were seen to hold. */
  readonly containedAlone: number;
  /** Actions that a person approved and that were seen to hold. */
  readonly containedApproved: number;
  /** Questions for the engineer. */
  readonly waiting: number;
  readonly running: number;
  readonly dryRuns: number;
  /** Failed, not seen to hold, or an undo that asks. */
  readonly troubled: number;
  readonly countedUpTo: number;
}

const countedUpTo = 5000;
const running: readonly ActionState[] = ['planned', 'running', 'undoing'];
const troubled: readonly ActionState[] = ['unverified', 'failed', 'undo-asks', 'undo-failed'];

export async function statusWithin(tx: Tx): Promise<Status> {
  const stop = await readStop(tx);
  const counts = await tx.findings.counts();
  const actions = await tx.actions.list({ limit: countedUpTo });
  const waiting = await tx.judgements.list({ state: 'waiting', limit: countedUpTo });
  const sum = (rows: typeof counts) => rows.reduce((n, row) => n + row.n, 0);
  const held = actions.filter((action) => action.state === 'verified');
  return {
    automation: stop === null ? 'working' : 'stopped',
    stop,
    found: sum(counts.filter((row) => row.state !== 'retracted')),
    open: sum(counts.filter((row) => row.state === 'open')),
    incidents: await tx.incidents.counts(),
    containedAlone: held.filter((action) => action.by === 'automation').length,
    containedApproved: held.filter((action) => action.by !== 'automation').length,
    waiting: waiting.length,
    running: actions.filter((action) => running.includes(action.state)).length,
    dryRuns: actions.filter((action) => action.state === 'dry-run').length,
    troubled: actions.filter((action) => troubled.includes(action.state)).length,
    countedUpTo,
  };
}

/** The status as a person sees it, whose exercises look like questions. */
export function readStatus(deps: ConsoleDeps, who: string): Promise<Status> {
  return deps.store.within(deps.tenant, async (tx) => {
    const status = await statusWithin(tx);
    return { ...status, waiting: status.waiting + (await exercisesFor(exerciseTx(tx), who)).length };
  });
}
