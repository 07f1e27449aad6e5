import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Nature } from '../model/judging.ts';
import { type Forecast, scoreOf, squaredMiss } from './score.ts';

const natures: readonly Nature[] = ['true-positive', 'benign'];
const forecast: fc.Arbitrary<Forecast> = fc.record({
  nature: fc.constantFrom(...natures),
  confidence: fc.integer({ min: 50, max: 99 }),
  outcome: fc.constantFrom(...natures),
});

test('a score lies between 0 and 1, whatever the order, and its parts add up', () => {
  fc.assert(
    fc.property(fc.array(forecast, { maxLength: 40 }), (forecasts) => {
      const score = scoreOf(forecasts);
      expect(score.squares >= 0 && score.squares <= 10_000 * score.n).toBe(true);
      expect(scoreOf(forecasts.toReversed())).toEqual(score);
      expect(score.bins.reduce((sum, { n }) => sum + n, 0)).toBe(score.n);
      expect(score.bins.reduce((sum, { right }) => sum + right, 0)).toBe(score.right);
      for (const { low, high, right, n, sure, from, to } of score.bins) {
        expect(low * n <= right * 10_000 && right * 10_000 <= high * n).toBe(true);
        expect(sure >= from * n && sure <= to * n).toBe(true);
      }
    }),
  );
});

/** What somebody expects who believes in an attack with this chance, in per cent, and says this. */
function expected(belief: number, nature: Nature, confidence: number): number {
  const miss = (outcome: Nature) => squaredMiss({ nature, confidence, outcome });
  return belief * miss('true-positive') + (100 - belief) * miss('benign');
}

test('the rule is proper: to say truly what one believes costs least, and only that', () => {
  for (let belief = 1; belief <= 99; belief++) {
    const truly = belief >= 50 ? expected(belief, 'true-positive', belief) : expected(belief, 'benign', 100 - belief);
    for (const nature of natures)
      for (let confidence = 50; confidence <= 99; confidence++) {
        const said = nature === 'true-positive' ? confidence : 100 - confidence;
        if (said === belief) expect(expected(belief, nature, confidence)).toBe(truly);
        else expect(expected(belief, nature, confidence)).toBeGreaterThan(truly);
      }
  }
});

test('a coin is a quarter, and what was wrong at 99 is nearly 1', () => {
  expect(scoreOf([{ nature: 'benign', confidence: 50, outcome: 'true-positive' }]).squares).toBe(2_500);
  expect(scoreOf([{ nature: 'benign', confidence: 99, outcome: 'true-positive' }])).toEqual({
    n: 1,
    squares: 9_801,
    right: 0,
    bins: [{ from: 90, to: 99, n: 1, sure: 99, right: 0, low: 0, high: 9_750 }],
  });
  expect(scoreOf([])).toEqual({ n: 0, squares: 0, right: 0, bins: [] });
});
