import type { Fault } from '../../notify/automation-fault.ts';
import type { SeenAccount } from '../seen-accounts.ts';

/** More than these are told as one. */
const most = 50;

/** Accounts that we know of and have never read. */
export function accountFaults(accounts: readonly SeenAccount[]): readonly Fault[] {
  const missing = accounts.filter(({ inventoriedAt }) => inventoriedAt === null);
  const told = missing.slice(0, most).map(({ id, inOrganisation, inLogs }): Fault => {
    const how =
      inOrganisation && inLogs
        ? 'is in the organisation and its logs arrive'
        : inLogs
          ? 'writes logs that arrive'
          : 'is in the organisation';
    return { what: 'account', name: id, reason: `It ${how}, and its settings were never read` };
  });
  const more = missing.length - told.length;
  return more === 0 ? told : [...told, { what: 'account', name: 'others', reason: `${more} more accounts were never read` }];
}
