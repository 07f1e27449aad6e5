import type { Json } from '../../core/model/json.ts';
import type { Notification } from '../../core/model/notification.ts';
import type { Tx } from '../../core/ports/store.ts';

/** Puts a notification into the queue, in the transaction of what it tells of; false when it was sent or queued before. */
export function queueNotification(tx: Tx, notification: Notification, at: number): Promise<boolean> {
  return tx.items.add({
    kind: 'notification',
    id: notification.id,
    state: 'waiting',
    dueAt: at,
    at,
    doc: notification as unknown as Json,
  });
}
