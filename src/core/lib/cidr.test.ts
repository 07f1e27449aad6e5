import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contains, parseAddress, parseBlock } from './cidr.ts';

describe('addresses', () => {
  test.each([
    ['192.0.2.1', [0xc000, 0x0201]],
    ['::', [0, 0, 0, 0, 0, 0, 0, 0]],
    ['2001:db8::1', [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1]],
    ['::ffff:192.0.2.1', [0, 0, 0, 0, 0, 0xffff, 0xc000, 0x0201]],
    ['64:ff9b:0:0:0:0:192.0.2.1', [0x64, 0xff9b, 0, 0, 0, 0, 0xc000, 0x0201]],
  ])('%s', (text, groups) => {
    expect(parseAddress(text)?.groups).toEqual(groups);
  });

  test.each([
    '075.050.255.67',
    '256.1.1.1',
    '1.2.3',
    'cloudtrail.amazonaws.com',
    '',
    ':',
    ':::',
    '1::2::3',
    '12345::',
    'AWS Internal',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1.2.3.4:80',
    '::1.2.3',
  ])('not an address: %j', (text) => {
    expect(parseAddress(text)).toBeNull();
  });
});

describe('blocks', () => {
  test.each([
    ['10.0.0.0/8', '10.255.1.2', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['::/0', '2001:db8::1', true],
    ['192.0.2.128/25', '192.0.2.127', false],
    ['192.0.2.128/25', '192.0.2.200', true],
    ['2001:db8::/33', '2001:db8:8000::', false],
    ['192.0.2.7', '192.0.2.7', true],
  ])('%s holds %s: %s', (block, address, expected) => {
    const parsed = parseBlock(block);
    const point = parseAddress(address);
    expect(parsed !== null && point !== null && contains(parsed, point)).toBe(expected);
  });

  test.each(['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/08', '::/129', 'x/8'])('refused: %s', (text) => {
    expect(parseBlock(text)).toBeNull();
  });

  test('a block of n bits holds an address exactly when the first n bits agree', () => {
    const word = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 32 }), (a, b, n) => {
        const text = (x: number) => [24, 16, 8, 0].map((shift) => (x >>> shift) & 255).join('.');
        const block = parseBlock(`${text(a)}/${n}`);
        const point = parseAddress(text(b));
        const same = n === 0 || a >>> (32 - n) === b >>> (32 - n);
        expect(block !== null && point !== null && contains(block, point)).toBe(same);
      }),
    );
  });
});
