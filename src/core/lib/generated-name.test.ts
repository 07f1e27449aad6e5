import { expect, test } from 'vitest';
import { looksGenerated } from './generated-name.ts';

test.each([
  ['xkqzvwjptb.com', true],
  ['qwkzjxvbnhtrpl', true],
  ['gjxwqkzvptbd.info', true],
  ['3f8a9c0d2e71b.net', true],
  ['microsoft.com', false],
  ['stackoverflow.com', false],
  ['windowsupdate.com', false],
  ['washingtonpost.com', false],
  ['mercadolibre.com.ar', false],
  ['web-analytics-2024.io', false],
  ['xn--bcher-kva8445foa.example', false],
  ['abc.qwkzjxvbnhtrpl.com', false],
  ['qxz.com', false],
  ['00000000', false],
  ['', false],
])('%s: %s', (name, expected) => {
  expect(looksGenerated(name)).toBe(expected);
});
