import { idOf } from '../../core/lib/hash.ts';
import type { Address } from '../../core/model/channel.ts';
import type { DeclaredIncident, IncidentEvent } from '../../core/model/declared-incident.ts';
import type { Notification } from '../../core/model/notification.ts';
import type { Tx } from '../../core/ports/store.ts';
import { queueNotification } from '../notify/queue-notification.ts';
import { declaredKind } from './declared.ts';

/** Where a declared incident is dealt with in the console. */
export function pathOf(id: string): string {
  return `/declared/${id}`;
}

/** The id under which an event was sent to an address: it is sent once, and what became of it is found again. */
export function sentId(tenant: string, incident: string, n: number, { channel, to }: Address): string {
  return idOf(tenant, declaredKind, incident, n, channel, to);
}

/** Queues what an event says to others: what was told to an audience, and lessons as tickets. */
export async function sendWhatWasSaid(tx: Tx, incident: DeclaredIncident, event: IncidentEvent): Promise<void> {
  if (event.type !== 'told' && event.type !== 'lesson') return;
  const { id, title, severity } = incident;
  const says: Pick<Notification, 'kind' | 'title'> =
    event.type === 'told'
      ? { kind: 'note', title: `To ${event.audience}: ${title}` }
      : { kind: 'ticket', title: `Lesson of "${title}": ${firstLine(event.text)}` };
  for (const address of event.addresses)
    await queueNotification(
      tx,
      {
        id: sentId(tx.tenant, id, event.n, address),
        ...address,
        ...says,
        about: { kind: 'incident', id },
        severity,
        text: event.text,
        path: pathOf(id),
        options: [],
      },
      event.at,
    );
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
