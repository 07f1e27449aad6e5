import type { Json } from '../core/model/json.ts';
import type { Tx } from '../core/ports/store.ts';

/** Is the stop button on? Setting `stop`: `{ on, by, reason }`. What cannot be understood stops too. */
export async function isStopped(tx: Tx): Promise<boolean> {
  const value = await tx.settings.get('stop');
  return value !== null && member(value, 'on') !== false;
}

const day = 86_400_000;

/**
 * May this playbook act in this account at this time? Settings `armed/<playbook>/<account>` and `armed/<playbook>/*`; the account's own counts
 * first. What is armed everywhere is armed in an account only when that was watched for the days of shadow that were signed for: an account that
 * joins is watched first.
 */
export async function isArmed(tx: Tx, playbook: string, account: string, at: number): Promise<boolean> {
  const own = await tx.settings.get(`armed/${playbook}/${account}`);
  const everywhere = own === null ? await tx.settings.get(`armed/${playbook}/*`) : null;
  return armedBy(own, everywhere, everywhere === null ? null : await watchedSince(tx, account), at);
}

/** The same of all playbooks and accounts at once: few reads, however many there are. */
export async function armedPlaces(tx: Tx, at: number): Promise<(playbook: string, account: string) => boolean> {
  const armed = new Map((await tx.settings.list('armed/')).map(({ name, value }) => [name.slice('armed/'.length), value]));
  const watched = new Map((await tx.settings.list('watched/')).map(({ name, value }) => [name.slice('watched/'.length), sinceIn(value)]));
  return (playbook, account) =>
    armedBy(armed.get(`${playbook}/${account}`) ?? null, armed.get(`${playbook}/*`) ?? null, watched.get(account) ?? null, at);
}

function armedBy(own: Json, everywhere: Json, since: number | null, at: number): boolean {
  if (own !== null) return member(own, 'armed') === true;
  if (member(everywhere, 'armed') !== true) return false;
  const shadow = member(everywhere, 'shadowDays');
  return typeof shadow !== 'number' || since === null || at - since >= shadow * day;
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
