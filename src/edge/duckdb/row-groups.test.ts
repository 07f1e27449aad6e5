import fc from 'fast-check';
import { expect, test } from 'vitest';
import { groupRows, RowGroups } from './row-groups.ts';

const names = fc.oneof(fc.constant(null), fc.constantFrom('GetObject', 'PutObject', '', '\ud800'), fc.string({ maxLength: 3 }));

test('each call is in one group, and each group has enough rows', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(names, names, fc.integer({ min: 1, max: 900 })), { maxLength: 30 }), (calls) => {
      const groups = new RowGroups();
      const rowsOf = new Map<number, number>();
      const numberOf = new Map<string, number>();
      for (const [first, second, rows] of calls) {
        for (let n = 0; n < rows; n++) {
          const number = groups.add([first, second]);
          rowsOf.set(number, (rowsOf.get(number) ?? 0) + 1);
          numberOf.set(JSON.stringify([first, second]), number);
        }
      }
      expect(rowsOf.size).toBe(numberOf.size);
      const cut = groups.groups();
      if (cut === null) return;
      expect(cut.flat().toSorted((a, b) => a - b)).toEqual([...rowsOf.keys()].toSorted((a, b) => a - b));
      for (const group of cut) expect(group.reduce((sum, number) => sum + (rowsOf.get(number) ?? 0), 0)).toBeGreaterThanOrEqual(groupRows);
    }),
  );
});

test('the order of rows does not matter to the groups', () => {
  const rows = Array.from({ length: 3_000 }, (_, n) => ['source', `call ${n % 5}`] as const);
  const cut = (order: typeof rows) => {
    const groups = new RowGroups();
    const numbers = new Map(order.map((index) => [groups.add(index), index[1]]));
    return groups.groups()?.map((group) => group.map((number) => numbers.get(number)));
  };
  expect(cut(rows)).toEqual(cut(rows.toReversed()));
  expect(cut(rows)).toHaveLength(5);
});

test('any number of calls stays bounded: then nothing is grouped', () => {
  const groups = new RowGroups();
  for (let n = 0; n < 20_000; n++) groups.add(['source', `call ${n}`]);
  expect(groups.groups()).toBe(null);
});
