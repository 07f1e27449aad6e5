import type { Nature, OutcomeSource } from '../../core/model/judging.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Item } from '../../core/ports/items.ts';
import type { Store, Tx } from '../../core/ports/store.ts';
import { incidentOf } from '../triage/ask.ts';
import { caseKind, caseOf } from './cases.ts';
import { resolveCase } from './resolve-case.ts';

/** The oldest first; what nothing follows waits for a review. */
const mostAtOnce = 5_000;

/**
 * Looks at what followed the cases whose end is not known: a finding whose ground later data took away was none; one that is by now part of
 * an incident that pages, and was not when it was judged, was an attack. Returns how many ended. Any number of workers may do it at once.
 */
export async function followCases({
  store,
  tenant,
  clock,
}: {
  readonly store: Store;
  readonly tenant: string;
  readonly clock: Clock;
}): Promise<number> {
  const open = await store.within(tenant, (tx) => tx.items.list({ kind: caseKind, state: ['unresolved'], limit: mostAtOnce }));
  let ended = 0;
  for (const item of open)
    ended += await store.within(tenant, async (tx) => {
      const known = await whatFollowed(tx, item);
      if (known === null) return 0;
      return (await resolveCase(tx, item.id, { ...known, by: 'automation', at: clock.now() })) === 'recorded' ? 1 : 0;
    });
  return ended;
}

async function whatFollowed(tx: Tx, item: Item): Promise<{ readonly nature: Nature; readonly source: OutcomeSource } | null> {
  const { finding, paged } = caseOf(item);
  if ((await tx.findings.get(finding))?.state === 'retracted') return { nature: 'benign', source: 'retracted' };
  const id = await incidentOf(tx, finding);
  const row = id === null ? null : await tx.incidents.get(id);
  return row?.incident.pages === true && !paged ? { nature: 'true-positive', source: 'incident' } : null;
}
