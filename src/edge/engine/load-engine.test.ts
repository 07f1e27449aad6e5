import { expect, test } from 'vitest';
import { engineLoader } from './load-engine.ts';

const bundle = (body: string) => `var jobzeroEngine = { decideBytes: (f, c, t) => ${body} };`;

test('a bundle runs from bytes to bytes', () => {
  expect(engineLoader().load(bundle('JSON.stringify([f, c, t])'))('a', 'b', 'c')).toBe('["a","b","c"]');
});

test.each([
  'Date.now()',
  'new Date()',
  'Math.random()',
  'process.env.HOME',
  'require("fs")',
  'performance.now()',
  'new Intl.Collator()',
  'eval("1")',
  'Function("return 1")()',
  'fetch("x")',
  'setTimeout(() => 1)',
])('the realm has no %s', (body) => {
  expect(() => engineLoader().load(bundle(`String(${body})`))('', '', '')).toThrow();
});
