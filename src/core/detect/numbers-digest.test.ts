import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CorrelationRule } from '../model/rule.ts';
import { joinNumbers, keptNumbers, measure, type Numbers, type Sample, samplesOf, smallest } from './numbers-digest.ts';

function rule(type: CorrelationRule['type'], more: Partial<CorrelationRule> = {}): CorrelationRule {
  const head = { id: 'r', uuid: null, major: 1, title: 'r', description: '', severity: 'Low', file: 'r.yml', raises: true } as const;
  const lists = { techniques: [], tactics: [], falsePositives: [], rules: [], groupBy: [] };
  const criteria = [{ is: 'gte', than: 0 }] as const;
  return { ...head, ...lists, kind: 'correlation', type, timespan: 60_000, field: 'bytes', threshold: 1, criteria, ...more };
}

function digest(samples: readonly Sample[]): Numbers {
  const kept = smallest(samples);
  return { t: 'numbers', items: [], moreItems: false, ...kept, negative: samples.some(({ value }) => value < 0) };
}

const noItems = { items: [], more: false };
const sampleOf = (of: CorrelationRule) => (value: number, i: number) => samplesOf([String(value)], (i * 7) % 60_000, `k${i}`, of);
const many = Array.from({ length: 5_000 }, (_, i) => (i * 7_919) % 1_000);

test.each([
  ['value_sum', 'at least'],
  ['value_avg', 'approximately'],
] as const)('beyond what is kept a %s is %s, whatever the order, the parts and the doubles', (type, quality) => {
  const samples = many.flatMap(sampleOf(rule(type)));
  const whole = digest(samples);
  expect(whole.samples).toHaveLength(keptNumbers);
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 4_999 }), { maxLength: 5 }), fc.nat(), (cuts, turn) => {
      const turned = [...samples.slice(turn % 5_000), ...samples.slice(0, turn % 5_000)];
      const places = [0, ...[...cuts].sort((a, b) => a - b), 5_000];
      const parts = places.slice(1).map((end, i) => digest(turned.slice(places[i], end)));
      // Some twice.
      const joined = [...parts, ...parts.slice(1)].reduce((a, b) => joinNumbers(a, b, noItems));
      expect(joined).toEqual(whole);
    }),
    { numRuns: 20 },
  );
  expect(measure(whole, null, rule(type))?.measured.quality).toBe(quality);
});

test('a sample tells an average and percentiles about as they are', () => {
  const measured = (of: CorrelationRule) => measure(digest(many.flatMap(sampleOf(of))), null, of)?.measured.value ?? Number.NaN;
  expect(Math.abs(measured(rule('value_avg')) - 499.5)).toBeLessThan(30);
  expect(Math.abs(measured(rule('value_median')) - 500)).toBeLessThan(50);
  expect(Math.abs(measured(rule('value_percentile', { percentile: 95 })) - 950)).toBeLessThan(30);
});

test('a sum that has lost numbers, and numbers below zero, is no lower bound', () => {
  const of = rule('value_sum');
  const samples = [...many, -1].flatMap(sampleOf(of));
  expect(measure(digest(samples), null, of)?.measured.quality).toBe('approximately');
});

test.each([
  [0, 1],
  [50, 2],
  [75, 3],
  [76, 10],
  [100, 10],
])('percentile %i by nearest rank', (percentile, expected) => {
  const of = rule('value_percentile', { percentile });
  const samples = [10, 1, 3, 2].flatMap(sampleOf(of));
  expect(measure(digest(samples), null, of)?.measured).toEqual({ what: 'percentile', value: expected, quality: 'exact' });
});

test('what is no number is none, what is too large is cut, and a list has several', () => {
  const of = rule('value_sum');
  const values = samplesOf(['1', 'x', '', '1e999', '-1e999', 'NaN', '2.5'], 0, 'k', of).map(({ value }) => value);
  expect(values).toEqual([1, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, 2.5]);
});
