import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';

const planted = 'src/core/lib/planted-by-a-test.ts';
const faults = [
  'Date.now()',
  'new Date()',
  "Date.parse('2026-01-01')",
  'Math.random()',
  'performance.now()',
  'globalThis.crypto.randomUUID()',
  "process.env['HOME']",
  'new Intl.Collator()',
  "'a'.localeCompare('b')",
  'new Date(3).toLocaleString()',
  "'a'.toLocaleLowerCase()",
  "'a'.normalize('NFC')",
  'new Date(3).getHours()',
  'new Date(3).getTimezoneOffset()',
  'Math.log(3)',
  'Math.exp(1)',
  'Math.sqrt(2)',
];

afterEach(() => rmSync(planted, { force: true }));

test('every planted fault of purity is found in the core', () => {
  writeFileSync(planted, faults.map((fault, i) => `export const planted${i} = ${fault};\n`).join(''));
  const { stdout } = spawnSync('biome', ['lint', '--max-diagnostics=none', '--reporter=json', planted], { encoding: 'utf8' });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: readonly { category: string; location: { start?: { line: number } } }[] };
  const found = new Set(diagnostics.filter(({ category }) => category === 'plugin').map(({ location }) => location.start?.line));
  expect(faults.filter((_, i) => !found.has(i + 1))).toEqual([]);
});

test('no expression of the core or the content depends on the version of Unicode', () => {
  const files = globSync(['src/core/**/*.ts', 'content/**/*.ts']).filter((file) => !file.endsWith('.test.ts'));
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((file) => /\\p\{/.test(readFileSync(file, 'utf8')))).toEqual([]);
});
