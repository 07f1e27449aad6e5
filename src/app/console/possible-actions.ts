import { idOf } from '../../core/lib/hash.ts';
import type { Judgement, ProposedAction } from '../../core/model/decision.ts';
import type { FindingState } from '../../core/model/finding.ts';
import type { Action, ActionState } from '../../core/model/plan.ts';
import type { DecisionRow } from '../../core/ports/store.ts';

/** What a person may start about a finding. `id` is that of the action that it becomes. */
export interface PossibleAction {
  readonly id: string;
  readonly option: ProposedAction;
}

/** What was only rehearsed or held back may be tried again; all else has been done, or is under way. */
const mayBeTried: readonly ActionState[] = ['dry-run', 'refused'];

/**
 * What the last decision proposes and nobody has done: of a finding that is only watched, and of a question that was denied. The
 * engine has left out what no approval may do.
 */
export function possibleActions(
  tenant: string,
  state: FindingState,
  revision: string,
  decided: DecisionRow | undefined,
  judgement: Judgement | null,
  actions: readonly Action[],
): readonly PossibleAction[] {
  if (decided === undefined || decided.revision !== revision || state === 'retracted' || state === 'resolved') return [];
  const { verdict, finding } = decided.decision;
  const open = verdict === 'watch' ? judgement?.state !== 'waiting' : verdict === 'ask' && judgement?.state === 'denied';
  if (!open) return [];
  return decided.decision.actions
    .map((option) => ({ id: idOf(tenant, finding, option.playbook, option.target), option }))
    .filter(({ id }) => actions.every((action) => action.id !== id || mayBeTried.includes(action.state)));
}
