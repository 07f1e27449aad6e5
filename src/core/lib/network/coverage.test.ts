import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Block, parseBlock } from '../cidr.ts';
import { isWorld, publicAddresses } from './coverage.ts';

const blocks = (...texts: string[]): Block[] =>
  texts.map((text) => {
    const block = parseBlock(text);
    if (block === null) throw new Error(text);
    return block;
  });

test.each([
  ['everything', ['0.0.0.0/0'], true],
  ['two halves', ['0.0.0.0/1', '128.0.0.0/1'], true],
  ['one half', ['128.0.0.0/1'], true],
  ['four quarters in any order', ['192.0.0.0/2', '0.0.0.0/2', '128.0.0.0/2', '64.0.0.0/2'], true],
  ['256 blocks of /8', Array.from({ length: 256 }, (_, i) => `${i}.0.0.0/8`), true],
  ['sixteen public blocks of /8', Array.from({ length: 16 }, (_, i) => `${i + 11}.0.0.0/8`), true],
  ['fifteen of them', Array.from({ length: 15 }, (_, i) => `${i + 11}.0.0.0/8`), false],
  ['the same /8 sixteen times', Array.from({ length: 16 }, () => '52.0.0.0/8'), false],
  [
    'all but the private networks',
    ['0.0.0.0/5', '8.0.0.0/7', '11.0.0.0/8', '12.0.0.0/6', '16.0.0.0/4', '32.0.0.0/3', '64.0.0.0/2', '128.0.0.0/2'],
    true,
  ],
  ['private networks', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'], false],
  ['multicast and reserved', ['224.0.0.0/4', '240.0.0.0/4'], false],
  ['an office', ['192.0.2.0/24', '198.51.100.7/32'], false],
  ['bits beyond the prefix', ['200.1.2.3/1', '10.1.2.3/1'], true],
  ['IPv6 everything', ['::/0'], true],
  ['IPv6 halves', ['::/1', '8000::/1'], true],
  ['IPv6 global unicast', ['2000::/3'], true],
  ['IPv6 registries', ['2600::/12'], true],
  ['IPv6 of one network', ['2001:db8::/32', '2600:1f00::/24'], false],
  ['IPv6 unique local', ['fc00::/7'], false],
  ['nothing', [], false],
  ['small blocks of both families', ['192.0.2.0/24', '2001:db8::/32'], false],
])('%s', (_name, texts, world) => {
  expect(isWorld(blocks(...texts))).toBe(world);
});

test('public IPv4 addresses are counted once', () => {
  // 2^32 less the special-purpose blocks.
  expect(publicAddresses(blocks('0.0.0.0/0'), 4)).toBe(publicAddresses(blocks('0.0.0.0/0', '52.0.0.0/8', '0.0.0.0/1'), 4));
  expect(publicAddresses(blocks('10.0.0.0/7'), 4)).toBe(2n ** 24n);
  expect(publicAddresses(blocks('192.0.0.0/22'), 4)).toBe(1024n - 512n);
  expect(publicAddresses(blocks('::/0'), 6)).toBe(2n ** 125n);
});

const block4 = fc
  .tuple(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0, max: 32 }))
  .map(([a, b, prefix]): Block => ({ address: { family: 4, groups: [a, b] }, prefix }));

test('any cut of a block into halves covers the same, in any order, and more blocks never cover less', () => {
  const halves = ({ address: { groups }, prefix }: Block): Block[] => {
    if (prefix >= 32) return [{ address: { family: 4, groups }, prefix }];
    const value = (BigInt(groups[0] ?? 0) << 16n) + BigInt(groups[1] ?? 0);
    return [value & ~(1n << BigInt(31 - prefix)), value | (1n << BigInt(31 - prefix))].map((half) => ({
      address: { family: 4, groups: [Number(half >> 16n), Number(half & 0xffffn)] },
      prefix: prefix + 1,
    }));
  };
  fc.assert(
    fc.property(fc.array(block4, { maxLength: 8 }), block4, (list, more) => {
      const whole = publicAddresses(list, 4);
      expect(publicAddresses(list.flatMap(halves).flatMap(halves).reverse(), 4)).toBe(whole);
      expect(publicAddresses([...list, more], 4) >= whole).toBe(true);
    }),
  );
});
