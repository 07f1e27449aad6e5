import type { Address, Block } from '../cidr.ts';

interface Range {
  readonly first: bigint;
  readonly last: bigint;
}

const bitsOf = { 4: 32, 6: 128 } as const;

/**
 * Special-purpose IPv4 blocks, which nobody on the internet can come from:
 * https://www.iana.org/assignments/iana-ipv4-special-registry, and multicast.
 */
const notPublic4: readonly Range[] = (
  [
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 3],
  ] as const
).map(([text, prefix]) => {
  const first = text.split('.').reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return { first, last: first + (1n << BigInt(32 - prefix)) - 1n };
});

/** 2000::/3 is all of IPv6 that is assigned to the public: https://www.iana.org/assignments/ipv6-address-space */
const public6: Range = { first: 1n << 125n, last: (1n << 126n) - 1n };

/**
 * From how many public addresses on a set of blocks means "the world". IPv4: 2^28, sixteen /8 blocks, which is more than any one
 * organisation holds (the largest has thirteen). IPv6: 2^116, a /12, which is what a whole regional registry gets.
 * Whoever wants to let known parties in stays far below; whoever writes the world in pieces does not.
 */
export const worldFrom = { 4: 1n << 28n, 6: 1n << 116n } as const;

/** How many public addresses of a family are in the union of the blocks; blocks of the other family do not count. */
export function publicAddresses(blocks: readonly Block[], family: 4 | 6): bigint {
  const union = unionOf(blocks.filter((block) => block.address.family === family).map(rangeOf));
  if (family === 6) return union.reduce((sum, range) => sum + overlap(range, public6), 0n);
  return union.reduce((sum, range) => sum + size(range) - notPublic4.reduce((inside, special) => inside + overlap(range, special), 0n), 0n);
}

/** Do the blocks together let in the world, of one family at least? See `worldFrom`. */
export function isWorld(blocks: readonly Block[]): boolean {
  return publicAddresses(blocks, 4) >= worldFrom[4] || publicAddresses(blocks, 6) >= worldFrom[6];
}

/** Overlapping and adjacent ranges become one; sorted. */
function unionOf(ranges: readonly Range[]): Range[] {
  const sorted = [...ranges].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const union: { first: bigint; last: bigint }[] = [];
  for (const { first, last } of sorted) {
    const previous = union.at(-1);
    if (previous !== undefined && first <= previous.last + 1n) {
      if (last > previous.last) previous.last = last;
    } else union.push({ first, last });
  }
  return union;
}

function rangeOf({ address, prefix }: Block): Range {
  const rest = BigInt(bitsOf[address.family] - prefix);
  // Bits beyond the prefix do not count.
  const first = (numberOf(address) >> rest) << rest;
  return { first, last: first + (1n << rest) - 1n };
}

function numberOf({ groups }: Address): bigint {
  return groups.reduce((sum, group) => (sum << 16n) + BigInt(group), 0n);
}

function size({ first, last }: Range): bigint {
  return last - first + 1n;
}

function overlap(a: Range, b: Range): bigint {
  if (a.first < b.first) return overlap(b, a);
  if (a.first > b.last) return 0n;
  return size({ first: a.first, last: least(a.last, b.last) });
}

function least(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}
