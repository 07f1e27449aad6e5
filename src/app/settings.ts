import type { Json } from '../core/model/json.ts';
import type { Tx } from '../core/ports/store.ts';

/** Is the stop button on? Setting `stop`: `{ on, by, reason }`. What cannot be understood stops too. */
export async function isStopped(tx: Tx): Promise<boolean> {
  const value = await tx.settings.get('stop');
  return value !== null && member(value, 'on') !== false;
}

/** May this playbook act in this account? Settings `armed/<playbook>/<account>` and `armed/<playbook>/*`; the account's own counts first. */
export async function isArmed(tx: Tx, playbook: string, account: string): Promise<boolean> {
  const own = await tx.settings.get(`armed/${playbook}/${account}`);
  return member(own ?? (await tx.settings.get(`armed/${playbook}/*`)), 'armed') === true;
}

function member(value: Json, name: string): Json | undefined {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as { readonly [key: string]: Json })[name]
    : undefined;
}
