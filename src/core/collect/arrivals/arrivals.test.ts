import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Arrival, joinArrivals, percentile } from './arrival.ts';
import { isSilent, rhythmOf } from './silence.ts';

const hour = 3_600_000;
const day = 24 * hour;
const monday = Date.UTC(2026, 0, 5);

const arrival = fc
  .record({
    last: fc.nat(1_000_000),
    hours: fc.nat((1 << 24) - 1),
    sample: fc.array(fc.record({ hash: fc.stringMatching(/^[0-9a-f]{2}$/), available: fc.option(fc.nat(99)), ingested: fc.nat(99) }), {
      maxLength: 200,
    }),
  })
  .map(
    (value): Arrival =>
      value.sample.reduce((all, wait) => joinArrivals(all, { ...value, sample: [wait] }), { ...value, sample: [] as Arrival['sample'] }),
  );

test('joining is associative, commutative and idempotent, and bounded', () => {
  fc.assert(
    fc.property(arrival, arrival, arrival, (a, b, c) => {
      expect(joinArrivals(a, b)).toEqual(joinArrivals(b, a));
      expect(joinArrivals(joinArrivals(a, b), c)).toEqual(joinArrivals(a, joinArrivals(b, c)));
      expect(joinArrivals(a, a)).toEqual(a);
      expect(joinArrivals(a, b).sample.length).toBeLessThanOrEqual(128);
    }),
  );
});

test.each([
  [[], 0.5, null],
  [[7], 0.99, 7],
  [[3, 1, 2, 4], 0.5, 2],
  [Array.from({ length: 100 }, (_, i) => i + 1), 0.99, 99],
])('percentile of %j at %d', (values, share, expected) => {
  expect(percentile(values, share)).toBe(expected);
});

describe('silence', () => {
  /** Days with events in these hours, from Monday on. */
  const days = (...hours: readonly (readonly number[])[]) =>
    hours.map((list, i) => ({
      day: monday + i * day,
      arrival: { last: monday + i * day + (list.at(-1) ?? 0) * hour, hours: list.reduce((mask, n) => mask | (1 << n), 0), sample: [] },
    }));
  const always = Array.from({ length: 24 }, (_, n) => n);
  const office = [8, 9, 10, 11, 12, 13, 14, 15, 16, 17];
  const end = (n: number) => monday + n * day;

  test.each([
    ['every hour, then six hours nothing', days(always, always, always), end(3) - hour + 6 * hour, false],
    ['every hour, then more', days(always, always, always), end(3) - hour + 6 * hour + 1, true],
    ['office hours: a night is usual', days(office, office, office), end(3) + 8 * hour, false],
    ['office hours: two days are not', days(office, office, office), end(5), true],
    [
      'office hours: a weekend, when weekends were seen',
      days(office, office, office, office, office, [], [], office, office),
      end(12),
      false,
    ],
    ['too new to be known', days(always), end(9), false],
    ['too seldom to be known', days([1], [2], [3], [4], [5]), end(40), false],
    ['nothing at all', [], end(9), false],
  ])('%s', (_name, list, now, silent) => {
    expect(isSilent(rhythmOf(list), now)).toBe(silent);
    expect(rhythmOf([...list].reverse())).toEqual(rhythmOf(list));
  });
});
