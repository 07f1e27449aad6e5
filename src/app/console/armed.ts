import { InputError } from '../../core/model/errors.ts';
import type { Json } from '../../core/model/json.ts';
import type { Tx } from '../../core/ports/store.ts';
import { checkPlace } from '../arming/check-place.ts';
import { mayArm } from '../arming/may-arm.ts';
import { sealPerson } from '../ledger/seals.ts';
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
 * Lets a playbook act in an account (`*`: in all), or takes that back. A leaf of the ledger says so. It is armed only when app/arming/may-arm finds
 * nothing missing; disarming is always possible. Throws InputError for a playbook that does not exist, an account that is none, or with what is missing.
 */
export async function setArmed(deps: ConsoleDeps, by: string, playbook: string, account: string, armed: boolean): Promise<void> {
  checkPlace(deps.playbooks, playbook, account);
  await deps.store.within(deps.tenant, async (tx) => {
    const at = deps.clock.now();
    if (!armed) return putArmed(tx, { playbook, account, armed, signedBy: by, shadowDays: 0 }, by, at);
    const { missing, signature, shadowDays } = await mayArm(tx, deps.playbooks, playbook, account, at);
    if (missing.length > 0) throw new InputError(missing.join(' '), playbook);
    return putArmed(tx, { playbook, account, armed, signedBy: signature?.by ?? by, shadowDays }, by, at);
  });
}

/** Writes the setting and its leaf, whatever is missing: for the simulated organisation, whose owner has signed. */
export async function putArmed(
  tx: Tx,
  { playbook, account, armed, signedBy, shadowDays }: Omit<Armed, 'at'>,
  by: string,
  at: number,
): Promise<void> {
  const name = `${prefix}${playbook}/${account}`;
  await tx.settings.set(name, { armed, signedBy, shadowDays }, at, by);
  await tx.ledger.append({
    format: 'jobzero.ledger/1',
    type: 'setting',
    subject: name,
    at,
    data: { armed, bySeal: await sealPerson(tx, by) },
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
