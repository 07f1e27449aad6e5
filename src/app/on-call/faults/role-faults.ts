import type { CloudRole } from '../../../core/ports/cloud.ts';
import type { Tx } from '../../../core/ports/store.ts';
import type { Fault } from '../../notify/automation-fault.ts';
import { roleState } from '../role-state.ts';

/** Roles that AWS does not let us become: the reader where there is an account to read, the others where a playbook is armed. */
export async function roleFaults(tx: Tx, accounts: readonly string[], armed: ReadonlySet<string>): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  for (const account of accounts)
    for (const role of ['reader', 'actor', 'undoer'] as const satisfies readonly CloudRole[]) {
      if (role !== 'reader' && !armed.has(account)) continue;
      const state = await roleState(tx, account, role);
      if (state?.state !== 'denied') continue;
      const blind = role === 'reader' ? 'its settings are not read' : 'playbooks that are armed there can do nothing';
      faults.push({ what: 'role', name: `${account}/${role}`, reason: `AWS denies it in account ${account} (${state.code}): ${blind}` });
    }
  return faults;
}
