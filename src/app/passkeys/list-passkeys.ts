import type { ConsoleDeps } from '../console/console-deps.ts';
import { type Passkey, passkeysOf } from './passkey.ts';

/** A passkey as people see it: nothing of its key. */
export type ListedPasskey = Pick<Passkey, 'id' | 'who' | 'name' | 'site' | 'registeredAt' | 'usedAt'>;

/** Those of one person, or of all, the oldest first. */
export async function listPasskeys(deps: Pick<ConsoleDeps, 'store' | 'tenant'>, who?: string): Promise<readonly ListedPasskey[]> {
  const passkeys = await deps.store.within(deps.tenant, (tx) => passkeysOf(tx, who));
  return passkeys.map(({ id, who: owner, name, site, registeredAt, usedAt }) => ({ id, who: owner, name, site, registeredAt, usedAt }));
}
