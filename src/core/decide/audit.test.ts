import fc from 'fast-check';
import { expect, test } from 'vitest';
import { auditFigures, type Closed, type StratumCount, sampleOf, strata, stratumOf } from './audit.ts';

const closed: fc.Arbitrary<readonly Closed[]> = fc.uniqueArray(
  fc.record({
    finding: fc.stringMatching(/^[0-9a-f]{1,4}$/),
    risk: fc.nat(1000),
    how: fc.constantFrom('decided' as const, 'quiet' as const),
  }),
  { selector: ({ finding }) => finding, maxLength: 60 },
);

test('a sample has some of each stratum, the same whatever the order, and another for another salt', () => {
  fc.assert(
    fc.property(closed, fc.string(), (all, salt) => {
      const sample = sampleOf(all, 2, 12, salt);
      expect(sampleOf(all.toReversed(), 2, 12, salt)).toEqual(sample);
      for (const stratum of strata) {
        const there = all.filter((one) => stratumOf(one) === stratum).length;
        expect(sample.filter((one) => stratumOf(one) === stratum)).toHaveLength(Math.min(2, there));
      }
      // Where too few may be taken, what costs most is.
      expect(sampleOf(all, 2, 3, salt)).toEqual(sample.slice(0, 3));
    }),
  );
  const many = Array.from({ length: 50 }, (_, i): Closed => ({ finding: String(i), risk: 900, how: 'decided' }));
  expect(new Set(Array.from({ length: 20 }, (_, i) => sampleOf(many, 1, 9, String(i))[0]?.finding)).size).toBeGreaterThan(5);
});

const count: fc.Arbitrary<StratumCount> = fc
  .record({ stratum: fc.constantFrom(...strata), closed: fc.nat(1_000), judged: fc.nat(100), wrong: fc.nat(100) })
  .map((one) => ({ ...one, judged: Math.min(one.judged, one.closed), wrong: Math.min(one.wrong, one.judged, one.closed) }));

test('the bound of all is never below what was seen, and one more wrong closure never lowers it', () => {
  fc.assert(
    fc.property(fc.uniqueArray(count, { selector: ({ stratum }) => stratum, minLength: 1 }), (counts) => {
      const figures = auditFigures(counts);
      const seen = counts.reduce((sum, one) => sum + (one.judged === 0 ? 0 : (one.closed * one.wrong) / one.judged), 0);
      if (figures.closed > 0) expect(figures.atMost * figures.closed).toBeGreaterThanOrEqual(seen * 10_000 - 1e-6);
      const [first, ...rest] = counts;
      if (first !== undefined && first.wrong < first.judged)
        expect(auditFigures([{ ...first, wrong: first.wrong + 1 }, ...rest]).atMost).toBeGreaterThanOrEqual(figures.atMost);
    }),
  );
});

test('what nobody has judged is not known to be right', () => {
  expect(auditFigures([{ stratum: 'low quiet', closed: 100, judged: 0, wrong: 0 }]).atMost).toBe(10_000);
  expect(auditFigures([])).toEqual({ strata: [], closed: 0, judged: 0, wrong: 0, atMost: 0 });
  // One stratum, 59 of 1,000 judged and none wrong: at most 5 %.
  expect(auditFigures([{ stratum: 'low quiet', closed: 1_000, judged: 59, wrong: 0 }])).toMatchObject({ atMost: 496, judged: 59 });
});
