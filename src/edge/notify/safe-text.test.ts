import { expect, test } from 'vitest';
import { oneLine, plainText } from './safe-text.ts';

test.each([
  ['what turns the direction', 'pay\u202epal', 'pay pal'],
  ['tags, which nobody sees', 'ok\u{e0041}\u{e0042}', 'ok'],
  ['controls', 'a\u0007b', 'a b'],
  ['letters of other scripts stay', 'été 中 😀', 'été 中 😀'],
])('%s', (_, text, shown) => {
  expect(oneLine(text, 80)).toBe(shown);
  expect(plainText(text, 80).trim()).toBe(shown);
});
