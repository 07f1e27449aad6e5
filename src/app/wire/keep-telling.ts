import type { ActionState } from '../../core/model/plan.ts';
import { keepGoing } from '../keep-going.ts';
import type { UpEvent } from '../wires.ts';
import type { State } from './state.ts';

const everyMs = 1_000;
const looked = 200;

/** States worth a line; what is only planned or under way is not told. */
const told: { readonly [state in ActionState]?: string } = {
  running: 'Acting',
  verified: 'Done and verified',
  unverified: 'Done, but not seen to hold',
  failed: 'Failed',
  refused: 'Refused by a guardrail',
  'dry-run': 'Would have been done',
  undone: 'Undone',
  'undo-asks': 'Not undone: somebody changed it since',
  'undo-failed': 'Undo failed',
};

/** Tells what happens to actions and questions, whoever makes it happen. */
export async function keepTelling(
  state: State,
  tell: (event: Omit<UpEvent, 'at'>) => void,
  troubled: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const { store, tenant, playbooks } = state;
  const actions = new Map<string, ActionState>();
  const judgements = new Set<string>();
  const titleOf = (id: string) => playbooks.find((playbook) => playbook.id === id)?.title ?? id;
  let first = true;

  async function look(): Promise<void> {
    const found = await store.within(tenant, async (tx) => ({
      actions: await tx.actions.list({ limit: looked }),
      judgements: await tx.judgements.list({ state: 'waiting', limit: looked }),
    }));
    for (const action of [...found.actions].reverse()) {
      const before = actions.get(action.id);
      actions.set(action.id, action.state);
      const words = told[action.state];
      if (first || before === action.state || words === undefined) continue;
      // "Done and verified" says all that there is to say.
      const reason = action.reason === '' || action.state === 'verified' ? '' : ` ${action.reason}`;
      tell({
        event: 'action',
        says: `${words}: ${titleOf(action.playbook)} on ${action.target.uid}.${reason}`,
        action: action.id,
        finding: action.finding,
        state: action.state,
      });
    }
    for (const judgement of found.judgements) {
      if (judgements.has(judgement.id)) continue;
      judgements.add(judgement.id);
      tell({
        event: 'judgement',
        says: `A judgement waits for you: ${judgement.question}`,
        judgement: judgement.id,
        finding: judgement.finding,
      });
    }
    first = false;
  }

  return keepGoing(store, ['actions', 'judgements'], everyMs, look, troubled);
}
