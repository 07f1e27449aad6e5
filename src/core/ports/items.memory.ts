import type { Item, Items } from './items.ts';
import type { Topic } from './store.ts';
import { type Journal, Table } from './table.memory.ts';

export interface ItemState {
  readonly rows: Table<Item>;
  readonly ofKind: (kind: string) => ReadonlySet<string>;
}

export function newItems(journal: Journal): ItemState {
  const rows = new Table<Item>(journal);
  return { rows, ofKind: rows.index(({ kind }) => [kind]) };
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

export const itemKey = (kind: string, id: string) => JSON.stringify([kind, id]);

export function itemsInMemory({ rows: items, ofKind }: ItemState, changed: (topic: Topic) => void): Items {
  const inKind = (kind: string) => [...ofKind(kind)].flatMap((key) => items.get(key) ?? []);
  const write = (item: Item) => {
    changed(`items/${item.kind}`);
    items.set(itemKey(item.kind, item.id), JSON.parse(JSON.stringify(item)) as Item);
  };
  return {
    async get(kind, id) {
      return items.get(itemKey(kind, id)) ?? null;
    },
    async add(item) {
      if (items.has(itemKey(item.kind, item.id))) return false;
      write(item);
      return true;
    },
    async move(item, from) {
      const now = items.get(itemKey(item.kind, item.id));
      if (now === undefined || !from.includes(now.state)) return false;
      write(item);
      return true;
    },
    async list({ kind, state, dueBy, since, limit }) {
      const time = (item: Item) => (dueBy === undefined ? item.at : (item.dueAt ?? 0));
      return inKind(kind)
        .filter(
          (item) =>
            (state === undefined || state.includes(item.state)) &&
            (dueBy === undefined || (item.dueAt !== null && item.dueAt <= dueBy)) &&
            (since === undefined || item.at >= since),
        )
        .sort((a, b) => time(a) - time(b) || order(a.id, b.id))
        .slice(0, limit);
    },
    async counts(kind) {
      const counts = new Map<string, number>();
      for (const item of inKind(kind)) counts.set(item.state, (counts.get(item.state) ?? 0) + 1);
      return [...counts].sort(([a], [b]) => order(a, b)).map(([state, n]) => ({ state, n }));
    },
  };
}
