import { expect, test } from 'vitest';
import type { Item } from './items.ts';
import type { Store } from './store.ts';

const item = (id: string, change: Partial<Item> = {}): Item => ({
  kind: 'page',
  id,
  state: 'waiting',
  dueAt: null,
  at: 5,
  doc: { to: 'alice' },
  ...change,
});

/** What a Store must do with items; part of the Store's contract. */
export function itemsContract(store: () => Store, newTenant: () => string): void {
  test('an item is added once, whoever tries and however many at once', async () => {
    const tenant = newTenant();
    const added = await Promise.all(
      Array.from({ length: 6 }, (_, i) => store().within(tenant, (tx) => tx.items.add(item('a', { doc: { i } })))),
    );
    expect(added.filter(Boolean)).toHaveLength(1);
    const other = await store().within(tenant, async (tx) => [
      await tx.items.add(item('a', { kind: 'drill' })),
      await tx.items.get('drill', 'a'),
    ]);
    expect(other).toEqual([true, item('a', { kind: 'drill' })]);
  });

  test('it moves only from where it is, and once', async () => {
    const tenant = newTenant();
    await store().within(tenant, (tx) => tx.items.add(item('a')));
    const moved = await Promise.all(
      Array.from({ length: 4 }, (_, i) =>
        store().within(tenant, (tx) => tx.items.move(item('a', { state: 'sent', at: 9, dueAt: 20, doc: { i } }), ['waiting'])),
      ),
    );
    expect(moved.filter(Boolean)).toHaveLength(1);
    const nothing = await store().within(tenant, async (tx) => [
      await tx.items.move(item('b'), ['waiting']),
      await tx.items.get('page', 'b'),
    ]);
    expect(nothing).toEqual([false, null]);
    expect(await store().within(tenant, (tx) => tx.items.get('page', 'a'))).toMatchObject({ state: 'sent', at: 9, dueAt: 20 });
  });

  test('lists are by kind, state, time and what is due; counts by state', async () => {
    const tenant = newTenant();
    await store().within(tenant, async (tx) => {
      await tx.items.add(item('c', { at: 1, dueAt: 30 }));
      await tx.items.add(item('b', { at: 2, dueAt: 10 }));
      await tx.items.add(item('a', { at: 2, dueAt: 10, state: 'sent' }));
      await tx.items.add(item('d', { at: 3 }));
      await tx.items.add(item('e', { at: 0, dueAt: 1, kind: 'drill' }));
    });
    const ids = (filter: object) =>
      store().within(tenant, async (tx) => (await tx.items.list({ kind: 'page', limit: 10, ...filter })).map(({ id }) => id));
    expect(await ids({})).toEqual(['c', 'a', 'b', 'd']);
    expect(await ids({ limit: 2 })).toEqual(['c', 'a']);
    expect(await ids({ dueBy: 10 })).toEqual(['a', 'b']);
    expect(await ids({ dueBy: 30, state: ['waiting'] })).toEqual(['b', 'c']);
    expect(await ids({ since: 2 })).toEqual(['a', 'b', 'd']);
    expect(await ids({ state: [] })).toEqual([]);
    expect(await store().within(tenant, (tx) => tx.items.counts('page'))).toEqual([
      { state: 'sent', n: 1 },
      { state: 'waiting', n: 3 },
    ]);
  });

  test('hostile texts are kept as they are', async () => {
    const tenant = newTenant();
    const odd = item('a"\'; drop table', { doc: { text: '\u0000\ud800' } });
    expect(await store().within(tenant, async (tx) => [await tx.items.add(odd), await tx.items.get('page', odd.id)])).toEqual([true, odd]);
  });
}
