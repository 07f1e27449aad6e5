import { sha256 } from '../../core/lib/hash.ts';
import type { Json } from '../../core/model/json.ts';
import type { Item } from '../../core/ports/items.ts';
import type { Tx } from '../../core/ports/store.ts';
import type { PasskeyKey } from '../../core/ports/webauthn.ts';
import type { Scope } from '../console/sign-in.ts';

/** A person's passkey: an item of kind `passkey`, state `in-use`, then `removed`. */
export interface Passkey {
  /** The hash of its credential id. */
  readonly id: string;
  readonly who: string;
  /** What its person calls it. */
  readonly name: string;
  /** Where it was registered: it signs for this host alone. */
  readonly site: string;
  /** What a session that it opens may do: what the session might in which it was registered. */
  readonly scope: Scope;
  readonly key: PasskeyKey;
  /** Milliseconds since 1970. */
  readonly registeredAt: number;
  readonly usedAt: number | null;
}

const kind = 'passkey';
const most = 10_000;

export function passkeyId(credential: string): string {
  return sha256(credential);
}

/** Those in use, the oldest first: of this person, or of all. */
export async function passkeysOf(tx: Tx, who?: string): Promise<readonly Passkey[]> {
  const items = await tx.items.list({ kind, state: ['in-use'], limit: most });
  const all = items.map(({ doc }) => doc as unknown as Passkey).sort((a, b) => a.registeredAt - b.registeredAt);
  return who === undefined ? all : all.filter((one) => one.who === who);
}

/** Null for one that is unknown or was removed. */
export async function passkeyBy(tx: Tx, id: string): Promise<Passkey | null> {
  const item = await tx.items.get(kind, id);
  return item?.state === 'in-use' ? (item.doc as unknown as Passkey) : null;
}

/** False for one that is registered, or was. */
export function addPasskey(tx: Tx, passkey: Passkey, at: number): Promise<boolean> {
  return tx.items.add(itemOf(passkey, 'in-use', at));
}

/** False when it is in use no more. */
export function putPasskey(tx: Tx, passkey: Passkey, state: 'in-use' | 'removed', at: number): Promise<boolean> {
  return tx.items.move(itemOf(passkey, state, at), ['in-use']);
}

function itemOf(passkey: Passkey, state: string, at: number): Item {
  return { kind, id: passkey.id, state, dueAt: null, at, doc: passkey as unknown as Json };
}
