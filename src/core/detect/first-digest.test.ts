import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Evidence } from '../model/finding.ts';
import { epochDay, type First, joinFirst, newValues, smallestDays } from './first-digest.ts';

const day = 86_400_000;
const seen = (time: number, key = 'k'): First => ({
  t: 'first',
  item: { key, id: key, time, rule: 'r', operation: 'o', service: 's', account: '', region: '' } satisfies Evidence,
  days: [epochDay(time)],
});
const all = (times: readonly number[]): First => times.map((time) => seen(time, `k${time}`)).reduce(joinFirst);

test('joining is associative, commutative and idempotent', () => {
  const first = fc.array(fc.nat({ max: 200 * day }), { minLength: 1, maxLength: 120 }).map(all);
  fc.assert(
    fc.property(first, first, first, (a, b, c) => {
      expect(joinFirst(a, b)).toEqual(joinFirst(b, a));
      expect(joinFirst(joinFirst(a, b), c)).toEqual(joinFirst(a, joinFirst(b, c)));
      expect(joinFirst(a, a)).toEqual(a);
    }),
    { numRuns: 100 },
  );
});

test('a new value is told with what was usual before it, and nothing of what came after', () => {
  const office = [0, 1, 2, 3, 4, 7, 8].map((n) => n * day + 1);
  const home = [3, 8, 9].map((n) => n * day + 2);
  const away = [8 * day + 3, 9 * day + 3, 20 * day];
  const values = [
    { value: 'office', digest: all(office) },
    { value: 'home', digest: all(home) },
    { value: 'away', digest: all(away) },
  ];
  const head = all([...office, ...home, ...away]);
  const expected = {
    value: 'away',
    item: values[2]?.digest.item,
    baseline: {
      days: 6,
      atLeast: false,
      known: 2,
      since: 1,
      usual: [
        { days: 6, value: 'office' },
        { days: 1, value: 'home' },
      ],
    },
  };
  expect([...newValues(head, values, 5 * day)]).toEqual([expected]);
  expect([...newValues(head, values.toReversed(), 5 * day)]).toEqual([expected]);
  expect([...newValues(head, values, 30 * day)]).toEqual([]);
});

test('days are bounded, the earliest stay', () => {
  expect(smallestDays(Array.from({ length: 500 }, (_, n) => 499 - n))).toEqual(Array.from({ length: 92 }, (_, n) => n));
});
