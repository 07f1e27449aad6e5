import { expect, test } from 'vitest';
import { findLeaf } from './find-leaf.ts';

const leafOf = (subject: string, at: number) => JSON.stringify({ type: 'finding', subject, at });

function ledgerOf(leaves: readonly string[]): Parameters<typeof findLeaf>[0] {
  return {
    latest: async () => ({ size: leaves.length, root: '', at: 0, signature: '', text: '' }) as never,
    entries: async (from, limit) => leaves.slice(from, from + limit).map((bytes, i) => ({ index: from + i, bytes }) as never),
  };
}

const others = (n: number) => Array.from({ length: n }, (_, i) => leafOf('other', i));

test.each([
  ['the newest of several', [leafOf('it', 1), leafOf('it', 2), leafOf('other', 3)], { leaf: { index: 1, at: 2 } }],
  ['none among all: it waits for its number', others(3), { leaf: null, missed: null }],
  ['older than what is looked at', [leafOf('it', 1), ...others(10_000)], { leaf: null, missed: 'not among the newest 10000 leaves' }],
  [
    'one that cannot be read may be it',
    [leafOf('other', 1), '{"type":7}', leafOf('other', 2)],
    { leaf: null, missed: 'leaf 1 cannot be read' },
  ],
  ['one that cannot be read, and it', [leafOf('it', 1), 'no JSON'], { leaf: { index: 0, at: 1 } }],
])('%s', async (_, leaves, found) => {
  expect(await findLeaf(ledgerOf(leaves), new Set(['it']))).toEqual(found);
});
