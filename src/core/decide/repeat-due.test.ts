import fc from 'fast-check';
import { expect, test } from 'vitest';
import { repeatDue } from './repeat-due.ts';

const day = 86_400_000;
const some = fc.array(fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd', 'e'), at: fc.nat(100 * day) }), { maxLength: 8 });
const before = fc.array(fc.record({ of: fc.constantFrom('a', 'b', 'c', 'd', 'e'), at: fc.nat(100 * day) }), { maxLength: 5 });

test('only what is old and has not come again, at most one a week, whatever the order', () => {
  fc.assert(
    fc.property(some, before, fc.nat(200 * day), fc.string(), (cases, repeated, at, salt) => {
      const due = repeatDue(cases, repeated, at, salt);
      expect(repeatDue(cases.toReversed(), repeated.toReversed(), at, salt)).toBe(due);
      if (due === null) return;
      expect(cases.some((one) => one.id === due && at - one.at >= 21 * day)).toBe(true);
      expect(repeated.some(({ of }) => of === due)).toBe(false);
      expect(repeated.every((one) => at - one.at >= 7 * day)).toBe(true);
    }),
  );
});

test('which one it is depends on the salt', () => {
  const cases = ['a', 'b', 'c', 'd'].map((id) => ({ id, at: 0 }));
  const chosen = new Set(Array.from({ length: 20 }, (_, i) => repeatDue(cases, [], 30 * day, String(i))));
  expect(chosen.size).toBeGreaterThan(2);
  expect(repeatDue(cases, [], 21 * day - 1, '')).toBeNull();
});
