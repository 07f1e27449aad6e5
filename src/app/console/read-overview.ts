import type { ActionState } from '../../core/model/plan.ts';
import { type ActionView, viewAction } from './action-view.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { type JudgementView, viewJudgement } from './judgement-view.ts';
import { waitingExercises } from './list-judgements.ts';
import { type Status, statusWithin } from './read-status.ts';

export interface Overview {
  readonly status: Status;
  /** The one question on the card: the oldest that waits. */
  readonly judgement: JudgementView | null;
  /** What automation did last, the newest first. */
  readonly timeline: readonly ActionView[];
}

const timelineLength = 8;
const moved: readonly ActionState[] = [
  'running',
  'verified',
  'unverified',
  'failed',
  'dry-run',
  'undoing',
  'undone',
  'undo-asks',
  'undo-failed',
];

/** The home page: the state of automation, exactly one question, and what automation did last. */
export function readOverview(deps: ConsoleDeps, who: string): Promise<Overview> {
  return deps.store.within(deps.tenant, async (tx) => {
    const status = await statusWithin(tx);
    const waiting = await tx.judgements.list({ state: 'waiting', limit: 200 });
    const first = waiting.toSorted((a, b) => a.askedAt - b.askedAt || (a.id < b.id ? -1 : 1))[0];
    const actions = await tx.actions.list({ state: moved, limit: 1000 });
    const last = actions.toSorted((a, b) => (b.finishedAt ?? b.plannedAt) - (a.finishedAt ?? a.plannedAt) || (a.id < b.id ? -1 : 1));
    const timeline: ActionView[] = [];
    for (const action of last.slice(0, timelineLength)) timeline.push(await viewAction(deps, tx, action));
    const exercises = await waitingExercises(tx, who);
    const judgement = first === undefined ? (exercises[0] ?? null) : await viewJudgement(deps, tx, first, who);
    return { status: { ...status, waiting: status.waiting + exercises.length }, judgement, timeline };
  });
}
