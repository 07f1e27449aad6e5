import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  consistencyProof,
  emptyRoot,
  Frontier,
  inclusionProof,
  leafHash,
  merkleRoot,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts';

const hash = (...parts: (Uint8Array | string)[]) => {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part);
  return sum.digest();
};
const node = (left: Uint8Array, right: Uint8Array) => hash(new Uint8Array([1]), left, right);
const leaves = (n: number) => Array.from({ length: n }, (_, i) => leafHash(`leaf ${i}`));

/** The definition of RFC 6962, word for word, to compare with. */
function byDefinition(all: readonly Buffer[]): Buffer {
  const [first] = all;
  if (first === undefined) return hash('');
  if (all.length === 1) return first;
  let k = 1;
  while (k * 2 < all.length) k *= 2;
  return node(byDefinition(all.slice(0, k)), byDefinition(all.slice(k)));
}

test('leaves and nodes have different prefixes, so that a node cannot pass for a leaf', () => {
  expect(leafHash('a')).toEqual(hash(new Uint8Array([0]), 'a'));
  expect(leafHash('ä')).toEqual(leafHash(Buffer.from('ä')));
  expect(merkleRoot(leaves(2))).toEqual(node(leafHash('leaf 0'), leafHash('leaf 1')));
  expect(emptyRoot.toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

test('the growing root is the defined one at every size', () => {
  const all = leaves(130);
  const frontier = new Frontier();
  for (const [i, leaf] of all.entries()) {
    expect(frontier.root()).toEqual(byDefinition(all.slice(0, i)));
    frontier.push(leaf);
  }
});

test('a frontier goes on from where it was stored', () => {
  fc.assert(
    fc.property(fc.nat(70), fc.nat(70), (a, b) => {
      const all = leaves(a + b);
      const before = new Frontier();
      for (const leaf of all.slice(0, a)) before.push(leaf);
      const after = new Frontier(before.size, before.hashes);
      for (const leaf of all.slice(a)) after.push(leaf);
      expect(after.root()).toEqual(merkleRoot(all));
      expect(after.size).toBe(a + b);
    }),
  );
});

test.each([
  [1, 0],
  [0, 1],
  [3, 1],
  [4, 2],
  [-1, 0],
  [0.5, 0],
])('a frontier of size %d cannot have %d subtrees', (size, n) => {
  expect(() => new Frontier(size, leaves(n))).toThrow(RangeError);
});

const size = fc.integer({ min: 1, max: 80 });

describe('inclusion', () => {
  test('every leaf is proven, and with nothing else in its place', () => {
    fc.assert(
      fc.property(size, fc.nat(), fc.nat(), (n, i, j) => {
        const all = leaves(n);
        const index = i % n;
        const leaf = leafHash(`leaf ${index}`);
        const proof = inclusionProof(all, index);
        const root = merkleRoot(all);
        expect(verifyInclusion(leaf, index, n, proof, root)).toBe(true);
        expect(verifyInclusion(leafHash('another'), index, n, proof, root)).toBe(false);
        expect(verifyInclusion(leaf, n, n, proof, root)).toBe(false);
        expect(verifyInclusion(leaf, index, n, [...proof, root], root)).toBe(false);
        expect(verifyInclusion(leaf, index, n, proof, leafHash('root'))).toBe(false);
        if (proof.length > 0) {
          const at = j % proof.length;
          expect(verifyInclusion(leaf, index, n, proof.toSpliced(at, 1, leafHash('sibling')), root)).toBe(false);
          expect(verifyInclusion(leaf, index, n, proof.toSpliced(at, 1), root)).toBe(false);
        }
        if (j % n !== index) expect(verifyInclusion(leaf, j % n, n, proof, root)).toBe(false);
      }),
    );
  });

  test.each([-1, 3, 1.5])('there is no proof of leaf %d of 3', (index) => {
    expect(() => inclusionProof(leaves(3), index)).toThrow(RangeError);
  });
});

describe('consistency', () => {
  test('every prefix is proven, and no other log', () => {
    fc.assert(
      fc.property(size, fc.nat(), fc.nat(), (n, m, j) => {
        const all = leaves(n);
        const first = { size: m % (n + 1), root: merkleRoot(all.slice(0, m % (n + 1))) };
        const second = { size: n, root: merkleRoot(all) };
        const proof = consistencyProof(all, first.size);
        expect(verifyConsistency(first, second, proof)).toBe(true);
        expect(verifyConsistency({ ...first, root: leafHash('root') }, second, proof)).toBe(false);
        if (first.size > 0) expect(verifyConsistency(first, { ...second, root: leafHash('root') }, proof)).toBe(false);
        if (proof.length > 0) {
          const at = j % proof.length;
          expect(verifyConsistency(first, second, proof.toSpliced(at, 1, leafHash('sibling')))).toBe(false);
          expect(verifyConsistency(first, second, proof.toSpliced(at, 1))).toBe(false);
        }
        expect(verifyConsistency(first, second, [...proof, leafHash('more')])).toBe(false);
      }),
    );
  });

  test('a log in which an earlier leaf changed has no proof, whatever it tries', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 60 }), fc.nat(), fc.nat(), (n, m, k) => {
        const honest = leaves(n);
        const from = 1 + (m % (n - 1));
        const forged = honest.with(k % from, leafHash('forged'));
        const first = { size: from, root: merkleRoot(honest.slice(0, from)) };
        const second = { size: n, root: merkleRoot(forged) };
        expect(verifyConsistency(first, second, consistencyProof(forged, from))).toBe(false);
        expect(verifyConsistency(first, second, consistencyProof(honest, from))).toBe(false);
      }),
    );
  });
});
