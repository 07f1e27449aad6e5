import { expect, test } from 'vitest';
import { upperBound } from './clopper-pearson.ts';

test.each([
  // Tables of the binomial: one-sided, 95 %.
  [0, 1, 0.95],
  [0, 10, 0.2589],
  [0, 100, 0.0295],
  [1, 10, 0.3942],
  [2, 50, 0.1206],
  [5, 100, 0.1023],
  [0, 10_000, 0.000_299_5],
  [10, 10, 1],
  [0, 0, 1],
])('%i of %i: at most %f', (x, n, bound) => {
  expect(upperBound(x, n)).toBeCloseTo(bound, n >= 10_000 ? 7 : 4);
});

test('for none it is the closed form, and the rule of three is near it', () => {
  for (const n of [20, 300, 5_000]) {
    expect(upperBound(0, n)).toBeCloseTo(1 - 0.05 ** (1 / n), 10);
    expect(Math.abs(upperBound(0, n) - 3 / n) / (3 / n)).toBeLessThan(0.08);
  }
});

test('more faults and more confidence raise it, more cases lower it', () => {
  expect(upperBound(3, 100)).toBeGreaterThan(upperBound(2, 100));
  expect(upperBound(2, 100, 0.99)).toBeGreaterThan(upperBound(2, 100));
  expect(upperBound(2, 1000)).toBeLessThan(upperBound(2, 100));
});
