import { idOf } from '../../core/lib/hash.ts';
import type { Address } from '../../core/model/channel.ts';
import type { Notification } from '../../core/model/notification.ts';
import type { Item } from '../../core/ports/items.ts';

/**
 * What the queue adds to a notification: the document of an item of kind `notification` is both. States: `waiting` until its
 * time, `sending` while a worker has it (until `dueAt`, then another takes it), and then `sent`, `failed` or `unsure`.
 */
export interface Delivery {
  /** Tries that were begun. */
  readonly attempts: number;
  /** When the first one began, in milliseconds since 1970. */
  readonly since: number;
  /** Who has it. */
  readonly worker: string;
  /** A try may have arrived. */
  readonly doubt: boolean;
  /** Why the last try failed. */
  readonly reason: string;
  /** What the receiver calls it. */
  readonly ref: string;
}

export type Queued = Notification & {
  readonly delivery?: Delivery;
  /** The page that did not arrive, in whose place this one is sent by another channel. */
  readonly instead?: string;
};

export function queuedOf(item: Item): Queued {
  return item.doc as unknown as Queued;
}

/** The id of what is sent to this address in the place of a page that did not arrive. */
export function insteadId(tenant: string, page: string, { channel, to }: Address): string {
  return idOf(tenant, 'instead', page, channel, to);
}
