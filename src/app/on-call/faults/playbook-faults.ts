import { hashOf } from '../../../core/lib/hash.ts';
import type { Action, ActionState } from '../../../core/model/plan.ts';
import type { Tx } from '../../../core/ports/store.ts';
import type { Fault } from '../../notify/automation-fault.ts';

const troubled: readonly ActionState[] = ['unverified', 'failed', 'undo-failed'];
const most = 1_000;
/** What was let stand for so long is in the findings, where it is still open. */
const rememberedMs = 30 * 86_400_000;

/** Playbooks of which an action failed, or was not seen to hold, and is not mended: its finding stands, and none of its kind was verified on the same target since. */
export async function playbookFaults(tx: Tx, now: number): Promise<readonly Fault[]> {
  const verified = await tx.actions.list({ state: ['verified'], limit: most });
  const mended = new Map<string, number>();
  for (const action of verified) mended.set(keyOf(action), Math.max(mended.get(keyOf(action)) ?? 0, action.plannedAt));
  const bad: Action[] = [];
  for (const action of await tx.actions.list({ state: troubled, limit: most })) {
    if ((action.finishedAt ?? action.plannedAt) < now - rememberedMs || (mended.get(keyOf(action)) ?? 0) > action.plannedAt) continue;
    const state = (await tx.findings.get(action.finding))?.state;
    if (state === 'open' || state === 'acknowledged') bad.push(action);
  }
  return [...Map.groupBy(bad, ({ playbook, target }) => `${playbook}/${target.account}`)].map(([name, actions]) => {
    const [last] = actions;
    const states = [...new Set(actions.map(({ state }) => words[state] ?? state))].sort().join(' or ');
    return {
      what: 'playbook',
      name,
      reason: `${actions.length} of its actions in account ${last?.target.account ?? ''} ${states}, the last is ${last?.id.slice(0, 8) ?? ''}`,
    };
  });
}

const words: { readonly [state in ActionState]?: string } = {
  unverified: 'were not seen to hold',
  failed: 'failed',
  'undo-failed': 'could not be undone',
};

function keyOf({ playbook, target }: Action): string {
  return hashOf([playbook, target]);
}
