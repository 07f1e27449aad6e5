import { InputError } from '../../core/model/errors.ts';
import type { Json } from '../../core/model/json.ts';
import type { Tx } from '../../core/ports/store.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { sealPerson } from '../ledger/seals.ts';
import { checkPlace } from './check-place.ts';
import { shadowList } from './shadow-list.ts';

/** Somebody has looked at a list and stands for it. */
export interface ShadowSignature {
  /** SHA-256 of the list that was signed; the bytes are a document of the store. */
  readonly list: string;
  readonly by: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const nameOf = (playbook: string, account: string) => `shadow/${playbook}/${account}`;

/**
 * Signs the list of what a playbook would have done, by its hash: what was looked at is what is signed. The list is kept, and a leaf of the ledger
 * says who signed which. Throws InputError where the list is another one by now.
 */
export async function signShadow(deps: ConsoleDeps, by: string, playbook: string, account: string, hash: string): Promise<ShadowSignature> {
  checkPlace(deps.playbooks, playbook, account);
  return deps.store.within(deps.tenant, async (tx) => {
    const at = deps.clock.now();
    const now = await shadowList(tx, deps.playbooks, playbook, account);
    if (now.hash !== hash) throw new InputError('the list is another one than that: look at it again, and sign what you see', 'list');
    await tx.documents.put('shadow', now.bytes);
    const name = nameOf(playbook, account);
    await tx.settings.set(name, { list: hash, actions: now.list.actions.length }, at, by);
    await tx.ledger.append({
      format: 'jobzero.ledger/1',
      type: 'setting',
      subject: name,
      at,
      data: { list: hash, actions: now.list.actions.length, bySeal: await sealPerson(tx, by) },
    });
    return { list: hash, by, at };
  });
}

/** The last signature for a playbook in an account; null where nobody signed. */
export async function shadowSignature(tx: Tx, playbook: string, account: string): Promise<ShadowSignature | null> {
  const name = nameOf(playbook, account);
  const row = (await tx.settings.list(name)).find((one) => one.name === name);
  const list = row === undefined ? undefined : listIn(row.value);
  return row === undefined || list === undefined ? null : { list, by: row.by, at: row.at };
}

function listIn(value: Json): string | undefined {
  const list =
    value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as { readonly [key: string]: Json })['list'] : null;
  return typeof list === 'string' ? list : undefined;
}
