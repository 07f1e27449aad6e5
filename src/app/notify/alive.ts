import type { Clock } from '../../core/ports/clock.ts';
import type { Store, Tx } from '../../core/ports/store.ts';

/** Items that say when a part of the work was last done to its end, by any worker. */
const kind = 'alive';
const minute = 60_000;
/** Without these nobody hears of an attack. Deciding asks AWS, which answers a few calls a second, so a round may take long. */
const silentFor = { calling: 5 * minute, deciding: 30 * minute } as const;
export type Part = keyof typeof silentFor;
/** Workers say it so often. */
const notedEveryMs = 30_000;

/** Says that a part of the work was done to its end; to the database twice a minute at most. */
export function aliveNoter(
  { store, tenant, clock }: { readonly store: Store; readonly tenant: string; readonly clock: Clock },
  part: Part,
) {
  let noted = Number.NEGATIVE_INFINITY;
  return async (): Promise<void> => {
    const at = clock.now();
    if (at - noted < notedEveryMs) return;
    const item = { kind, id: part, state: 'alive', dueAt: null, at, doc: {} };
    await store.within(tenant, async (tx) => void ((await tx.items.add(item)) || (await tx.items.move(item, ['alive']))));
    noted = at;
  };
}

/** The part of the work that nobody has done for too long, in a sentence; null where all is done. What was never done counts from `since`. */
export async function silentPart(tx: Tx, now: number, since: number): Promise<string | null> {
  for (const [part, most] of Object.entries(silentFor)) {
    const at = (await tx.items.get(kind, part))?.at ?? since;
    if (now - Math.max(at, since) > most) return `no worker has done its work for ${most / minute} minutes (${part})`;
  }
  return null;
}
