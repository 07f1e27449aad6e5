import { createHash } from 'node:crypto';

/** Merkle tree hashes of RFC 6962, section 2.1; proofs are checked as in RFC 9162, sections 2.1.3.2 and 2.1.4.2. */

const leafPrefix = Buffer.from([0]);
const nodePrefix = Buffer.from([1]);

/** The root of a log without leaves: SHA-256 of nothing. */
export const emptyRoot: Buffer = createHash('sha256').digest();

/** The hash of a leaf from its bytes; a text counts as UTF-8. */
export function leafHash(bytes: string | Uint8Array): Buffer {
  return createHash('sha256').update(leafPrefix).update(bytes).digest();
}

function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash('sha256').update(nodePrefix).update(left).update(right).digest();
}

/**
 * A growing log's right edge: the roots of the perfect subtrees that its leaves fill, largest first. It is all that
 * appending and the root need, so n more leaves cost O(n), and the root O(log size).
 */
export class Frontier {
  #size: number;
  readonly #hashes: Buffer[];

  /** Throws a RangeError when the number of hashes does not fit the size. */
  constructor(size = 0, hashes: readonly Uint8Array[] = []) {
    if (!Number.isSafeInteger(size) || size < 0 || hashes.length !== ones(size)) {
      throw new RangeError(`${hashes.length} subtrees do not make a log of ${size} leaves`);
    }
    this.#size = size;
    this.#hashes = hashes.map((hash) => Buffer.from(hash));
  }

  get size(): number {
    return this.#size;
  }

  get hashes(): readonly Buffer[] {
    return this.#hashes;
  }

  push(leaf: Uint8Array): void {
    let hash: Buffer = Buffer.from(leaf);
    // Each trailing one of the size is a perfect subtree that the new leaf completes to a larger one.
    for (let size = this.#size; size % 2 === 1; size = (size - 1) / 2) {
      const left = this.#hashes.pop();
      if (left === undefined) throw new RangeError('the frontier is shorter than its size says');
      hash = nodeHash(left, hash);
    }
    this.#hashes.push(hash);
    this.#size += 1;
  }

  root(): Buffer {
    const last = this.#hashes.at(-1);
    return last === undefined ? emptyRoot : this.#hashes.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
  }
}

/** The root over these leaf hashes. */
export function merkleRoot(leaves: readonly Uint8Array[]): Buffer {
  const frontier = new Frontier();
  for (const leaf of leaves) frontier.push(leaf);
  return frontier.root();
}

/** What proves that leaf `index` is in the log of these leaves: the siblings on its way to the root, lowest first. */
export function inclusionProof(leaves: readonly Uint8Array[], index: number): readonly Buffer[] {
  if (!(Number.isInteger(index) && index >= 0 && index < leaves.length)) throw new RangeError(`no leaf ${index} among ${leaves.length}`);
  if (leaves.length === 1) return [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split ? [...inclusionProof(left, index), merkleRoot(right)] : [...inclusionProof(right, index - split), merkleRoot(left)];
}

/** What proves that the log of the first `size` leaves is a prefix of the log of all these leaves. */
export function consistencyProof(leaves: readonly Uint8Array[], size: number): readonly Buffer[] {
  if (!(Number.isInteger(size) && size >= 0 && size <= leaves.length)) throw new RangeError(`no prefix of ${size} among ${leaves.length}`);
  return size === 0 || size === leaves.length ? [] : subproof(leaves, size, true);
}

function subproof(leaves: readonly Uint8Array[], size: number, whole: boolean): readonly Buffer[] {
  if (size === leaves.length) return whole ? [] : [merkleRoot(leaves)];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return size <= split ? [...subproof(left, size, whole), merkleRoot(right)] : [...subproof(right, size - split, false), merkleRoot(left)];
}

export function verifyInclusion(leaf: Uint8Array, index: number, size: number, proof: readonly Uint8Array[], root: Uint8Array): boolean {
  if (!isSize(index) || !isSize(size) || index >= size) return false;
  let [at, last] = [index, size - 1];
  let hash: Uint8Array = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(sibling, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && equal(hash, root);
}

export function verifyConsistency(
  first: { readonly size: number; readonly root: Uint8Array },
  second: { readonly size: number; readonly root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  if (!isSize(first.size) || !isSize(second.size) || first.size > second.size) return false;
  if (first.size === 0) return proof.length === 0 && equal(first.root, emptyRoot);
  if (first.size === second.size) return proof.length === 0 && equal(first.root, second.root);
  // A first log that is one perfect subtree is its own first node.
  const path = ones(first.size) === 1 ? [first.root, ...proof] : proof;
  const [start, ...rest] = path;
  if (start === undefined) return false;
  let [at, last] = [first.size - 1, second.size - 1];
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  let [old, now] = [start, start];
  for (const hash of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      [old, now] = [nodeHash(hash, old), nodeHash(hash, now)];
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      now = nodeHash(now, hash);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && equal(old, first.root) && equal(now, second.root);
}

/** The largest power of two below n: where a tree of n leaves parts. Sizes may pass 2^31, so no bit operators. */
export function splitOf(n: number): number {
  let split = 1;
  while (split * 2 < n) split *= 2;
  return split;
}

function ones(n: number): number {
  let count = 0;
  for (let rest = n; rest > 0; rest = half(rest)) count += rest % 2;
  return count;
}

function half(n: number): number {
  return Math.floor(n / 2);
}

function isSize(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
