import type { Json } from '../core/model/json.ts';
import type { Tx } from '../core/ports/store.ts';

/** Is the stop button on? Setting `stop`: `{ on, by, reason }`. What cannot be understood stops too. */
export async function isStopped(tx: Tx): Promise<boolean> {
  const value = await tx.settings.get('stop');
  return value !== null && member(value, 'on') !== false;
}

const day = 86_400_000;

/**
 * May this playbook act in this account? Settings `armed/<playbook>/<account>` and `armed/<playbook>/*`; the account's own counts first. What is armed
 * everywhere is armed where the account had been watched for its days of shadow by then: what it would have done there was in the list that was signed. An
 * account that joins later is watched, and wants a list of its own, or the one of all once more.
 */
export async function isArmed(tx: Tx, playbook: string, account: string): Promise<boolean> {
  const own = await tx.settings.get(`armed/${playbook}/${account}`);
  if (own !== null) return member(own, 'armed') === true;
  const [everywhere] = await tx.settings.list(`armed/${playbook}/*`);
  return everywhere !== undefined && coversBy(everywhere, await watchedSince(tx, account));
}

/** The same of all playbooks and accounts at once: few reads, however many there are. */
export async function armedPlaces(tx: Tx): Promise<(playbook: string, account: string) => boolean> {
  const armed = new Map((await tx.settings.list('armed/')).map((row) => [row.name.slice('armed/'.length), row]));
  const watched = new Map((await tx.settings.list('watched/')).map(({ name, value }) => [name.slice('watched/'.length), sinceIn(value)]));
  return (playbook, account) => {
    const own = armed.get(`${playbook}/${account}`);
    if (own !== undefined) return member(own.value, 'armed') === true;
    const everywhere = armed.get(`${playbook}/*`);
    return everywhere !== undefined && coversBy(everywhere, watched.get(account) ?? null);
  };
}

function coversBy({ value, at }: { readonly value: Json; readonly at: number }, since: number | null): boolean {
  if (member(value, 'armed') !== true) return false;
  const shadow = member(value, 'shadowDays');
  return typeof shadow !== 'number' || shadow === 0 || (since !== null && at - since >= shadow * day);
}

/** Since when an account is watched: its first inventory, in milliseconds since 1970; null when none was taken. */
export async function watchedSince(tx: Tx, account: string): Promise<number | null> {
  return sinceIn(await tx.settings.get(`watched/${account}`));
}

function sinceIn(value: Json): number | null {
  const since = member(value, 'since');
  return typeof since === 'number' ? since : null;
}

function member(value: Json, name: string): Json | undefined {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as { readonly [key: string]: Json })[name]
    : undefined;
}
