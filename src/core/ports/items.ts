import type { Json } from '../model/json.ts';

/**
 * A small thing with a life of its own: a page, a notification, a question to an actor, a drill. What its states and its
 * document are, the code that makes this kind of item says.
 */
export interface Item {
  /** Kebab-case: `notification`, `page`. */
  readonly kind: string;
  /** Unique in its kind. */
  readonly id: string;
  readonly state: string;
  /** When somebody has to look at it again, in milliseconds since 1970; null when nobody has. */
  readonly dueAt: number | null;
  /** When this state began, in milliseconds since 1970. */
  readonly at: number;
  readonly doc: Json;
}

export interface ItemFilter {
  readonly kind: string;
  readonly state?: readonly string[];
  /** Those that are due at this time; they come in the order of their `dueAt`, the others in that of `at`. Ties go by id. */
  readonly dueBy?: number;
  /** Those whose state began at this time or later. */
  readonly since?: number;
  readonly limit: number;
}

/** Items by kind and id. Who moves an item says from which state, so that of two who try one succeeds. */
export interface Items {
  get(kind: string, id: string): Promise<Item | null>;
  /** False, and nothing written, when there is one of this kind and id. */
  add(item: Item): Promise<boolean>;
  /** Writes over the item of this kind and id, only when it is in one of these states; false when it is not, or there is none. */
  move(item: Item, from: readonly string[]): Promise<boolean>;
  list(filter: ItemFilter): Promise<readonly Item[]>;
  /** How many there are of a kind in each state, sorted by state. */
  counts(kind: string): Promise<readonly { readonly state: string; readonly n: number }[]>;
}
