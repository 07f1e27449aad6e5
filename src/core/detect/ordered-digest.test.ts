import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Evidence } from '../model/finding.ts';
import { compareEvidence } from './compare-evidence.ts';
import { firstChain, joinOrdered, type Ordered, orderedOf } from './ordered-digest.ts';

function match(rule: string, time: number, key = `${rule}${time}`): Evidence {
  return { account: '111122223333', id: key, key, operation: 'o', region: 'eu-west-1', rule, service: 's', time };
}

const digestOf = (matches: readonly Evidence[]): Ordered => ({ t: 'ordered', ...orderedOf(matches, compareEvidence, false, 3) });

const matches = fc.array(
  fc
    .tuple(fc.constantFrom('a', 'b', 'c'), fc.nat({ max: 30 }), fc.constantFrom('x', 'y'))
    .map(([rule, time, key]) => match(rule, time, key)),
  { maxLength: 60 },
);

test('the digest is a semilattice: whatever the order, the parts and the doubles, also where times are dropped', () => {
  fc.assert(
    fc.property(matches, fc.nat({ max: 60 }), fc.nat({ max: 60 }), (all, one, other) => {
      const [a, b] = [Math.min(one, other), Math.max(one, other)];
      const whole = digestOf(all);
      const parts = [all.slice(a, b), all.slice(b), all.slice(0, a), all.slice(a)].map((part) => digestOf(part));
      expect(parts.reduce((x, y) => joinOrdered(x, y, 3))).toEqual(whole);
      expect(joinOrdered(whole, whole, 3)).toEqual(whole);
      for (const rule of ['a', 'b', 'c']) expect(whole.items.filter((item) => item.rule === rule).length).toBeLessThanOrEqual(6);
    }),
  );
});

test('two rules in order are found, however many times are dropped between', () => {
  const many = Array.from({ length: 1_000 }, (_, i) => match('a', i));
  const here = digestOf(many);
  const next = digestOf([match('b', 1_998), ...many.map(({ time }) => match('b', time + 2_000))]);
  expect(here.more).toBe(true);
  expect(firstChain(here, next, ['a', 'b'], 1_000)?.map(({ time }) => time)).toEqual([999, 1_998]);
  expect(firstChain(here, next, ['a', 'b'], 999)).toBeNull();
  expect(firstChain(here, next, ['b', 'a'], 1_000)).toBeNull();
});
