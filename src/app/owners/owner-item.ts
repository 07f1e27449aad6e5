import { idOf } from '../../core/lib/hash.ts';
import type { Json } from '../../core/model/json.ts';
import type { Item } from '../../core/ports/items.ts';

/**
 * Something insecure that its person was told of, as an item. `told`, after some days `reminded`, after as many `overdue`, and `escalated` when the
 * account's owner was told; `mended` when it is over.
 */
export const ownerItemKind = 'owner-item';

export interface OwnerItem {
  readonly finding: string;
  readonly person: string;
  readonly account: string;
  /** When the person was first told, in milliseconds since 1970. */
  readonly since: number;
}

export const standing = ['told', 'reminded', 'overdue', 'escalated'] as const;

export function ownerItemId(tenant: string, finding: string, person: string): string {
  return idOf(tenant, ownerItemKind, finding, person);
}

export function ownerItemOf(item: Item): OwnerItem {
  return item.doc as unknown as OwnerItem;
}

export function ownerItem(id: string, state: string, doc: OwnerItem, dueAt: number | null, at: number): Item {
  return { kind: ownerItemKind, id, state, dueAt, at, doc: doc as unknown as Json };
}
