import { hashOf } from '../../core/lib/hash.ts';
import { InputError } from '../../core/model/errors.ts';
import type { Json } from '../../core/model/json.ts';
import type { Playbook } from '../../core/model/plan.ts';
import type { ConsoleDeps } from './console-deps.ts';

/** Whether a playbook may act in an account, and who signed for it. */
export interface Armed {
  readonly playbook: string;
  readonly account: string;
  readonly armed: boolean;
  readonly signedBy: string;
  readonly shadowDays: number;
  readonly at: number;
}

const prefix = 'armed/';

export function listArmed(deps: ConsoleDeps): Promise<readonly Armed[]> {
  return deps.store.within(deps.tenant, async (tx) => {
    const rows = await tx.settings.list(prefix);
    return rows.flatMap((row) => {
      const [playbook, account, ...rest] = row.name.slice(prefix.length).split('/');
      if (playbook === undefined || account === undefined || rest.length > 0) return [];
      return [{ playbook, account, at: row.at, ...read(row.value) }];
    });
  });
}

/**
 * Lets a playbook act in an account (`*`: in all), or takes that back. A leaf of the ledger says so.
 * Throws InputError for a playbook that does not exist or an account that is none.
 */
export async function setArmed(
  deps: ConsoleDeps,
  by: string,
  playbook: string,
  account: string,
  armed: boolean,
  shadowDays: number,
): Promise<void> {
  if (!deps.playbooks.some((known: Playbook) => known.id === playbook))
    throw new InputError(`there is no playbook ${playbook}`, 'playbook');
  if (!/^(\d{12}|\*)$/.test(account)) throw new InputError('an account is 12 digits, or * for all', 'account');
  await deps.store.within(deps.tenant, async (tx) => {
    const at = deps.clock.now();
    const name = `${prefix}${playbook}/${account}`;
    await tx.settings.set(name, { armed, signedBy: by, shadowDays }, at, by);
    await tx.ledger.append({ format: 'jobzero.ledger/1', type: 'setting', subject: name, at, data: { armed, byHash: hashOf(by) } });
  });
}

function read(value: Json): { armed: boolean; signedBy: string; shadowDays: number } {
  const object = value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as { readonly [key: string]: Json }) : {};
  return {
    armed: object['armed'] === true,
    signedBy: typeof object['signedBy'] === 'string' ? object['signedBy'] : '',
    shadowDays: typeof object['shadowDays'] === 'number' ? object['shadowDays'] : 0,
  };
}
