import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineDiff } from './line-diff.ts';

test('both texts are in it, and what is common is said once', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 }).map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = lineDiff(before, after);
      const without = (sign: string) =>
        lines
          .filter((one) => one.sign !== sign)
          .map(({ line }) => line)
          .join('\n');
      expect([without('+'), without('-')]).toEqual([before, after]);
      if (before === after) expect(lines.every(({ sign }) => sign === ' ')).toBe(true);
    }),
  );
});

test('a changed line goes and comes', () => {
  expect(lineDiff('a\nb\nc', 'a\nx\nc').map(({ sign, line }) => sign + line)).toEqual([' a', '-b', '+x', ' c']);
});
