import type { ConsoleDeps } from '../console/console-deps.ts';
import { isArmed } from '../settings.ts';
import { checkPlace } from './check-place.ts';
import { type MayArm, mayArm } from './may-arm.ts';
import { type ShadowList, shadowList } from './shadow-list.ts';

/** A playbook in an account: what it would have done, and what is missing before it may be armed. */
export interface ShadowView extends MayArm {
  readonly playbook: string;
  readonly account: string;
  readonly armed: boolean;
  readonly would: ShadowList['actions'];
}

/** One playbook in one account (`*`: in all). Throws InputError for a playbook or account that is none. */
export async function readShadow(deps: ConsoleDeps, playbook: string, account: string): Promise<ShadowView> {
  checkPlace(deps.playbooks, playbook, account);
  return deps.store.within(deps.tenant, async (tx) => {
    const at = deps.clock.now();
    const { list } = await shadowList(tx, deps.playbooks, playbook, account);
    const may = await mayArm(tx, deps.playbooks, playbook, account, at);
    return { playbook, account, armed: account !== '*' && (await isArmed(tx, playbook, account)), would: list.actions, ...may };
  });
}

/** All that would have done something, in each account in which they would have: by playbook, then account. */
export async function listShadows(
  deps: ConsoleDeps,
): Promise<readonly { readonly playbook: string; readonly account: string; readonly actions: number }[]> {
  return deps.store.within(deps.tenant, async (tx) => {
    const counts = new Map<string, { playbook: string; account: string; actions: number }>();
    for (const { playbook, target } of await tx.actions.list({ state: ['dry-run'], limit: 10_000 })) {
      const key = `${playbook} ${target.account}`;
      const row = counts.get(key) ?? { playbook, account: target.account, actions: 0 };
      row.actions++;
      counts.set(key, row);
    }
    return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  });
}
