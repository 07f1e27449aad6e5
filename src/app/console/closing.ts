import { InputError } from '../../core/model/errors.ts';
import { closings } from '../end-finding.ts';
import { sealPerson } from '../ledger/seals.ts';
import type { ConsoleDeps } from './console-deps.ts';

/** An account in which findings of other services are put away at their source when they end here. */
export interface ClosingAccount {
  readonly account: string;
  readonly on: boolean;
  readonly by: string;
  readonly at: number;
}

export function listClosing(deps: Pick<ConsoleDeps, 'store' | 'tenant'>): Promise<readonly ClosingAccount[]> {
  return deps.store.within(deps.tenant, async (tx) => {
    const rows = await tx.settings.list(`${closings}/`);
    return rows.map(({ name, value, at, by }) => ({
      account: name.slice(closings.length + 1),
      on: typeof value === 'object' && value !== null && (value as { readonly on?: unknown }).on === true,
      by,
      at,
    }));
  });
}

/** Turns that on or off in an account, with a leaf of the ledger. Throws InputError for an account that is none. */
export async function setClosing(
  deps: Pick<ConsoleDeps, 'store' | 'tenant' | 'clock'>,
  by: string,
  account: string,
  on: boolean,
): Promise<void> {
  if (!/^\d{12}$/.test(account)) throw new InputError('an account is 12 digits', 'account');
  await deps.store.within(deps.tenant, async (tx) => {
    const at = deps.clock.now();
    const subject = `${closings}/${account}`;
    await tx.settings.set(subject, { on }, at, by);
    await tx.ledger.append({ format: 'jobzero.ledger/1', type: 'setting', subject, at, data: { on, bySeal: await sealPerson(tx, by) } });
  });
}
