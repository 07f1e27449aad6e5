import { randomBytes } from 'node:crypto';
import { hashOf } from '../../core/lib/hash.ts';
import { textAt } from '../../core/lib/json-at.ts';
import { seal } from '../../core/lib/seal.ts';
import type { Tx } from '../../core/ports/store.ts';

type ItemTx = Pick<Tx, 'items'>;

/** Secrets under which leaves are sealed, as items: `kept`, and `forgotten` without its secret. In the database and its backup, in no export. */
const kind = 'ledger-secret';
const most = 100_000;

/**
 * What stands for a person in a leaf. Each person has a secret of their own: the same person is the same in all leaves, so that an auditor sees
 * that two approvals are of two, and when the secret is gone nobody can ever say again who it was. Where a person is sealed, write the seal in a
 * field that ends in `Seal`.
 */
export async function sealPerson(tx: ItemTx, name: string): Promise<string> {
  return seal(await secretOf(tx, personId(name), { person: name }), name);
}

/** The same of many, in their order. */
export async function sealPersons(tx: ItemTx, names: readonly string[]): Promise<readonly string[]> {
  const seals: string[] = [];
  for (const name of names) seals.push(await sealPerson(tx, name));
  return seals;
}

/**
 * What stands in a leaf for something that could be guessed and is no person's name: a reason, a target, an address, an id that is made of
 * such. One secret for all.
 */
export async function sealValue(tx: ItemTx, value: unknown): Promise<string> {
  return seal(await secretOf(tx, 'values', {}), value);
}

/** An id for a leaf's subject where the thing's own id is made of a name or an address: 32 hexadecimal digits. */
export async function sealedId(tx: ItemTx, id: string): Promise<string> {
  return (await sealValue(tx, id)).slice(0, 32);
}

/** The same of many, in their order. */
export async function sealedIds(tx: ItemTx, ids: readonly string[]): Promise<readonly string[]> {
  const sealed: string[] = [];
  for (const id of ids) sealed.push(await sealedId(tx, id));
  return sealed;
}

/** Who is meant by which seal, as far as their secrets are kept. */
export async function sealedPersons(tx: ItemTx): Promise<ReadonlyMap<string, string>> {
  const persons = new Map<string, string>();
  for (const { doc } of await tx.items.list({ kind, state: ['kept'], limit: most })) {
    const [person, secret] = [textAt(doc, 'person'), textAt(doc, 'secret')];
    if (person !== null && secret !== null) persons.set(seal(secret, person), person);
  }
  return persons;
}

/** Destroys a person's secret: what leaves say of them up to now tells nobody any more who it was. False where there is none. */
export async function forgetPerson(tx: ItemTx, name: string, at: number): Promise<boolean> {
  return tx.items.move({ kind, id: personId(name), state: 'forgotten', dueAt: null, at, doc: {} }, ['kept']);
}

const personId = (name: string) => hashOf(['person', name]);

async function secretOf(tx: ItemTx, id: string, of: { readonly person?: string }): Promise<string> {
  const known = await tx.items.get(kind, id);
  const secret = known?.state === 'kept' ? textAt(known.doc, 'secret') : null;
  if (secret !== null) return secret;
  const made = { kind, id, state: 'kept', dueAt: null, at: known?.at ?? 0, doc: { ...of, secret: randomBytes(32).toString('hex') } };
  // Of two who make one at once the first counts.
  const mine = known === null ? await tx.items.add(made) : await tx.items.move(made, ['forgotten']);
  return mine ? made.doc.secret : secretOf(tx, id, of);
}
