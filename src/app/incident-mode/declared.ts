import type { DeclaredIncident, IncidentEvent } from '../../core/model/declared-incident.ts';
import type { Json } from '../../core/model/json.ts';
import type { Item } from '../../core/ports/items.ts';
import type { Tx } from '../../core/ports/store.ts';

/** An item of this kind is a declared incident: its states are those of the document. */
export const declaredKind = 'declared-incident';
/** Each event is an item too: its state is the incident's id, its own is `INCIDENT/N`. */
const eventKind = 'declared-incident-event';

const mostEvents = 20_000;
const most = 1_000;
const digits = 6;

/** Is an incident declared and not closed? While one is, the load budget is suspended and there are no drills. */
export async function isDeclared(tx: Pick<Tx, 'items'>): Promise<boolean> {
  return (await tx.items.counts(declaredKind)).some(({ state, n }) => state === 'open' && n > 0);
}

export function declaredOf(item: Item): DeclaredIncident {
  return item.doc as unknown as DeclaredIncident;
}

export async function readDeclared(tx: Pick<Tx, 'items'>, id: string): Promise<DeclaredIncident | null> {
  const item = await tx.items.get(declaredKind, id);
  return item === null ? null : declaredOf(item);
}

/** Those in these states (without: in all), since when they are in them. */
export async function listDeclared(
  tx: Pick<Tx, 'items'>,
  states?: readonly DeclaredIncident['state'][],
  since?: number,
): Promise<readonly DeclaredIncident[]> {
  const filter = { ...(states === undefined ? {} : { state: states }), ...(since === undefined ? {} : { since }) };
  return (await tx.items.list({ kind: declaredKind, ...filter, limit: most })).map(declaredOf);
}

/** What these are about, as it is called now: an incident that was joined into another counts as that. */
export async function incidentsOf(tx: Pick<Tx, 'incidents'>, declared: readonly DeclaredIncident[]): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (const id of declared.flatMap(({ incidents }) => incidents)) ids.add((await tx.incidents.get(id))?.incident.id ?? id);
  return ids;
}

/** What has happened to it, in order. */
export async function eventsOf(tx: Pick<Tx, 'items'>, id: string): Promise<readonly IncidentEvent[]> {
  const items = await tx.items.list({ kind: eventKind, state: [id], limit: mostEvents });
  return items.map(({ doc }) => doc as unknown as IncidentEvent).sort((a, b) => a.n - b.n);
}

/** Writes an event and what the incident is after it. */
export async function putDeclared(
  tx: Pick<Tx, 'items'>,
  before: DeclaredIncident | null,
  after: DeclaredIncident,
  event: IncidentEvent,
  dueAt: number | null,
): Promise<void> {
  const { id, state } = after;
  const item: Item = { kind: declaredKind, id, state, dueAt, at: event.at, doc: after as unknown as Json };
  const was = before === null ? null : await tx.items.get(declaredKind, id);
  if (was === null) await tx.items.add(item);
  else await tx.items.move(was.state === state ? { ...item, at: was.at } : item, [was.state]);
  const own = `${id}/${String(event.n).padStart(digits, '0')}`;
  await tx.items.add({ kind: eventKind, id: own, state: id, dueAt: null, at: event.at, doc: event as unknown as Json });
}
