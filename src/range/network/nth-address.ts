import type { Block } from '../../core/lib/cidr.ts';

/** The nth address of an IPv4 block, from the beginning again after the last. */
export function nthAddress({ address, prefix }: Block, n: number): string {
  const [high = 0, low = 0] = address.groups;
  const size = 2 ** (32 - prefix);
  const given = high * 65_536 + low;
  const value = given - (given % size) + (n % size);
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}
