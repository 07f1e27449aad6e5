import type { JsonObject } from '../../core/model/json.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Store, Tx } from '../../core/ports/store.ts';
import { sealPerson } from '../ledger/seals.ts';

/** What a leaf of type `sign-in` tells, as `what` in its data. Leaves of before have none: they tell of a `session`. */
export type SignInEvent =
  /** A one-time link was made; `bySeal` by whom, where that is somebody else. */
  | 'link'
  | 'session'
  | 'failed'
  | 'sign-out'
  /** Somebody named a person on the command line. */
  | 'command-line'
  | 'passkey-registered'
  | 'passkey-removed'
  /** The signature was right, and the passkey has signed less often than before: there is a copy. */
  | 'passkey-refused'
  | 'step-up';

/** Names are sealed, as everywhere in the ledger. */
export async function signInLeaf(
  tx: Tx,
  what: SignInEvent,
  subject: string,
  at: number,
  who: string | null,
  more: JsonObject = {},
): Promise<void> {
  const data = { what, ...(who === null ? {} : { whoSeal: await sealPerson(tx, who) }), ...more };
  await tx.ledger.append({ format: 'jobzero.ledger/1', type: 'sign-in', subject, at, data });
}

const kind = 'sign-in-failure';
const bounded = 60_000;

/** A failed sign-in, or something signed that was refused. At most one leaf a minute for each reason, so that nobody can fill the ledger. */
export function failedSignIn(
  { store, tenant, clock }: { readonly store: Store; readonly tenant: string; readonly clock: Clock },
  reason: string,
): Promise<void> {
  return store.within(tenant, async (tx) => {
    const at = clock.now();
    const last = await tx.items.get(kind, reason);
    if (last !== null && at - last.at < bounded) return;
    const item = { kind, id: reason, state: 'told', dueAt: null, at, doc: {} };
    if (await (last === null ? tx.items.add(item) : tx.items.move(item, ['told'])))
      await signInLeaf(tx, 'failed', reason, at, null, { reason });
  });
}

/** Somebody at the host's command line, which asks for no sign-in, says who they are. */
export function namedOnCommandLine(
  { store, tenant, clock }: { readonly store: Store; readonly tenant: string; readonly clock: Clock },
  { who, by, command }: { readonly who: string; readonly by: string; readonly command: string },
): Promise<void> {
  return store.within(tenant, async (tx) =>
    signInLeaf(tx, 'command-line', command, clock.now(), who, { bySeal: await sealPerson(tx, by) }),
  );
}
