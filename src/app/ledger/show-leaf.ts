import { InputError } from '../../core/model/errors.ts';
import type { Ledger } from '../../core/ports/ledger.ts';
import type { Store } from '../../core/ports/store.ts';
import { type LeafFace, readLeaf } from '../console/find-leaf.ts';
import { sealedPersons } from './seals.ts';

export interface ShownLeaf {
  readonly index: number;
  /** The exact bytes that were hashed. */
  readonly bytes: string;
  /** Null for bytes that are no entry of ours. */
  readonly face: LeafFace | null;
  /** By seal, whom the leaf means, as far as it is known: who was forgotten is not here. */
  readonly persons: { readonly [seal: string]: string };
}

/** A leaf, and whom it means. Throws InputError where there is none of this index. */
export async function showLeaf(
  { store, tenant, ledger }: { readonly store: Store; readonly tenant: string; readonly ledger: Pick<Ledger, 'entries'> },
  index: number,
): Promise<ShownLeaf> {
  const [entry] = Number.isSafeInteger(index) && index >= 0 ? await ledger.entries(index, 1) : [];
  if (entry === undefined || entry.index !== index) throw new InputError('the ledger has no leaf of this index', String(index));
  const known = await store.within(tenant, sealedPersons);
  const met = [...new Set(entry.bytes.match(/[0-9a-f]{64}/g) ?? [])].flatMap((seal) => {
    const person = known.get(seal);
    return person === undefined ? [] : [[seal, person] as const];
  });
  return { index, bytes: entry.bytes, face: readLeaf(entry.bytes), persons: Object.fromEntries(met) };
}
