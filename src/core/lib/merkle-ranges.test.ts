import fc from 'fast-check';
import { expect, test } from 'vitest';
import { consistencyProof, inclusionProof, leafHash } from './merkle.ts';
import { consistencyRanges, inclusionRanges, RangeRoots } from './merkle-ranges.ts';

const leaves = Array.from({ length: 70 }, (_, i) => leafHash(`leaf ${i}`));

function rootsOf(ranges: ReturnType<typeof inclusionRanges>, size: number) {
  const roots = new RangeRoots(ranges);
  for (let i = 0; i < size; i++) roots.push(i, leaves[i] ?? new Uint8Array());
  return roots.roots();
}

test('proofs of one pass are those of the definition', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), (size, n) => {
      const index = n % size;
      expect(rootsOf(inclusionRanges(size, index), size)).toEqual(inclusionProof(leaves.slice(0, size), index));
      const prefix = n % (size + 1);
      expect(rootsOf(consistencyRanges(prefix, size), size)).toEqual(consistencyProof(leaves.slice(0, size), prefix));
    }),
  );
});

test('what is no leaf or prefix is refused, and leaves that were not given are missed', () => {
  expect(() => inclusionRanges(3, 3)).toThrow(RangeError);
  expect(() => inclusionRanges(3, 1.5)).toThrow(RangeError);
  expect(() => consistencyRanges(4, 3)).toThrow(RangeError);
  expect(() => rootsOf(inclusionRanges(8, 0), 7)).toThrow('leaves 4 to 8 were not all given');
});
