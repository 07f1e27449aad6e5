import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shareAtMost, shareBounds } from './binomial-bounds.ts';

const seen = fc.nat(400).chain((n) => fc.tuple(fc.nat(n), fc.constant(n)));

test('the bounds hold what was seen between them, and more of it never lowers them', () => {
  fc.assert(
    fc.property(seen, ([k, n]) => {
      const { low, high } = shareBounds(k, n);
      expect(low * n <= k * 10_000 && k * 10_000 <= high * n).toBe(true);
      expect(shareAtMost(k, n)).toBeLessThanOrEqual(high);
      if (k < n) {
        const more = shareBounds(k + 1, n);
        expect(more.low >= low && more.high >= high).toBe(true);
      }
    }),
  );
});

test('what is right is wrong the other way round', () => {
  fc.assert(
    fc.property(seen, ([k, n]) => {
      const [a, b] = [shareBounds(k, n), shareBounds(n - k, n)];
      expect([a.low, a.high]).toEqual([10_000 - b.high, 10_000 - b.low]);
    }),
  );
});

// From tables of the Clopper-Pearson interval: 0 of 10 is at most 30.85 %, 5 of 10 lies between 18.71 % and 81.29 %; 0 of 59 is at most 5 % (one-sided).
test.each([
  [0, 0, 0, 10_000, 10_000],
  [0, 10, 0, 3_085, 2_589],
  [5, 10, 1_870, 8_130, 7_776],
  [10, 10, 6_915, 10_000, 10_000],
  [0, 59, 0, 607, 496],
  [1, 1000, 0, 56, 48],
])('%i of %i', (k, n, low, high, atMost) => {
  expect([shareBounds(k, n), shareAtMost(k, n)]).toEqual([{ low, high }, atMost]);
});

test('of very many the share is known well, and nothing is too small to be counted', () => {
  expect(shareAtMost(0, 100_000)).toBe(1);
  const { low, high } = shareBounds(50_000, 100_000);
  expect([low > 4_960, high < 5_040]).toEqual([true, true]);
});

test('it holds as often as it says: over every outcome of a known share', () => {
  for (const share of [0.03, 0.2, 0.5, 0.9]) {
    const n = 30;
    let held = 0;
    let chance = (1 - share) ** n;
    for (let k = 0; k <= n; k++) {
      const { low, high } = shareBounds(k, n);
      if (low <= share * 10_000 && share * 10_000 <= high) held += chance;
      chance *= ((n - k) / (k + 1)) * (share / (1 - share));
    }
    expect(held).toBeGreaterThanOrEqual(0.95);
  }
});
