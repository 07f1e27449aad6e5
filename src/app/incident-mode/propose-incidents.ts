import { automation } from '../../core/decide/incident-mode/apply-event.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Store, Tx } from '../../core/ports/store.ts';
import { livePageStates, pageIdOf, pageKind } from '../on-call/page-item.ts';
import { commandWithin } from './command-incident.ts';
import { proposalId } from './declare-incident.ts';
import { incidentsOf, listDeclared, readDeclared } from './declared.ts';
import { aboutOf } from './still-going.ts';

const mostIncidents = 200;
/** No incident that was found goes on for longer. */
const rememberedMs = 90 * 86_400_000;

/**
 * Proposes to declare each Critical incident that has called somebody and that nobody has declared, dismissed or closed; and takes back what it
 * proposed when that is over, or became part of another. A person declares.
 */
export async function proposeIncidents({
  store,
  tenant,
  clock,
}: {
  readonly store: Store;
  readonly tenant: string;
  readonly clock: Clock;
}): Promise<void> {
  await store.within(tenant, async (tx) => {
    const at = clock.now();
    const covered = await incidentsOf(tx, [
      ...(await listDeclared(tx, ['proposed', 'open'])),
      ...(await listDeclared(tx, ['closed', 'dismissed'], at - rememberedMs)),
    ]);
    for (const { incident } of await tx.incidents.list({ pages: true, isOpen: true, limit: mostIncidents })) {
      if (incident.severity !== 'Critical' || !(await hasCalled(tx, incident.id))) continue;
      if (covered.has(incident.id)) continue;
      const { id, title, severity } = incident;
      await commandWithin(tx, proposalId(tenant, id), automation, { do: 'propose', title, severity, incidents: [id] }, at);
    }
    for (const proposed of await listDeclared(tx, ['proposed']))
      if (await isOver(tx, proposed.id, proposed.incidents)) await commandWithin(tx, proposed.id, automation, { do: 'lapse' }, at);
  });
}

/** A page that is still held has called nobody. */
async function hasCalled(tx: Tx, incident: string): Promise<boolean> {
  const page = await tx.items.get(pageKind, pageIdOf(tx.tenant, { kind: 'incident', id: incident }));
  return page !== null && page.state !== 'held' && livePageStates.some((state) => state === page.state);
}

async function isOver(tx: Tx, id: string, incidents: readonly string[]): Promise<boolean> {
  const rows = await aboutOf(tx, { incidents });
  if (!rows.some(({ isOpen }) => isOpen)) return true;
  const other = rows[0] === undefined ? null : await readDeclared(tx, proposalId(tx.tenant, rows[0].incident.id));
  return other !== null && other.id !== id && (other.state === 'proposed' || other.state === 'open');
}
