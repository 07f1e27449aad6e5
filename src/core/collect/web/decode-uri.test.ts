import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeHeader, decodeUri } from './decode-uri.ts';

test.each([
  ['nothing to decode', '/a', '', '/a'],
  ['once', '/a%20b', 'q=%27or%201', "/a b?q='or 1"],
  ['a plus is a space in the query only', '/a+b', 'q=a+b', '/a+b?q=a b'],
  ['an encoded plus stays one', '/', 'q=a%2Bb', '/?q=a+b'],
  ['twice', '/%252e%252e/', '', '/../'],
  ['four times', '/%25252527', '', "/'"],
  ['UTF-8', '/%C3%A9', '', '/é'],
  ['overlong UTF-8', '/%c0%ae%c0%ae/%c1%9c', '', '/../\\'],
  ['as IIS does', '/%u0027', '', "/'"],
  ['half a sequence', '/%', 'a=%2', '/%?a=%2'],
  ['no hexadecimal digits', '/%zz%1', '', '/%zz%1'],
  ['no UTF-8', '/%ff', '', '/\uFFFD'],
  ['a NUL', '/x%00.png', '', '/x\0.png'],
  ['the sign below the digits', '/%\u00103', '', '/%\u00103'],
])('%s', (_, path, query, decoded) => {
  expect(decodeUri(path, query)).toBe(decoded);
});

test('a header is decoded once', () => {
  expect(decodeHeader('Mozilla/5.0%20(X11)%2520x')).toBe('Mozilla/5.0 (X11)%20x');
});

test('any text, and any encoding of it, ends and gives the same as its plain form', () => {
  const encoded = (text: string) => [...new TextEncoder().encode(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  fc.assert(
    fc.property(fc.string(), fc.string({ unit: 'grapheme' }), (noise, text) => {
      decodeUri(noise, noise);
      expect(decodeUri(encoded(text), '')).toBe(decodeUri(text, ''));
    }),
  );
});

test('long texts take no time', () => {
  expect(decodeUri('%25'.repeat(500_000), '').length).toBeLessThan(20_000);
  expect(decodeUri('%'.repeat(1_000_000), '')).toHaveLength(16_384);
});
