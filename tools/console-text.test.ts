import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { flatten } from '../web/src/lib/flatten.ts';
import { splitVisible } from '../web/src/lib/split-visible.ts';
import { length, moment } from '../web/src/lib/time.ts';

describe('text from logs', () => {
  test.each([
    ['plain', ['plain']],
    ['', []],
    ['a\u202eb', ['a', 'U+202E', 'b']],
    ['\u0000', ['U+0000']],
    ['line\nline', ['line', 'U+000A', 'line']],
    ['\u200b\u200b', ['U+200B', 'U+200B']],
    ['tag \u{e0041}', ['tag ', 'U+E0041']],
    ['lone \ud800', ['lone ', 'U+D800']],
    ['ß 東京 😀', ['ß 東京 😀']],
  ])('%j', (text, pieces) => {
    expect(splitVisible(text).map((piece) => ('plain' in piece ? piece.plain : piece.code))).toEqual(pieces);
  });

  test('nothing that hides or reorders is left in the plain pieces, and nothing is lost', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const pieces = splitVisible(text);
        const plain = pieces.map((piece) => ('plain' in piece ? piece.plain : '')).join('');
        expect(plain).not.toMatch(/[\p{Cc}\p{Cs}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u);
        const back = pieces
          .map((piece) => ('plain' in piece ? piece.plain : String.fromCodePoint(Number.parseInt(piece.code.slice(2), 16))))
          .join('');
        expect(back).toBe(text);
      }),
    );
  });
});

test.each([
  [0, '0 ms'],
  [19, '19 ms'],
  [1000, '1 s'],
  [2240, '2.2 s'],
  [59_400, '59 s'],
  [250_000, '4 min 10 s'],
  [3_599_900, '59 min 59 s'],
  [12_000_000, '3 h 20 min'],
  [432_000_000, '5 days'],
])('%i ms are %s', (milliseconds, words) => expect(length(milliseconds)).toBe(words));

test('a moment of today is without its day, of another day with it', () => {
  const at = new Date(2026, 10, 22, 2, 31, 7).getTime();
  expect(moment(at, new Date(2026, 10, 22, 23).getTime())).toBe('02:31:07');
  expect(moment(at, new Date(2026, 10, 23, 1).getTime())).toBe('22 Nov 02:31:07');
  expect(moment(at, new Date(2027, 0, 1).getTime())).toBe('22 Nov 2026 02:31:07');
});

describe('leaves of a value', () => {
  test.each([
    [null, {}],
    ['Active', { '': 'Active' }],
    [
      { a: { b: [1, { c: true }] }, d: [] },
      { 'a.b[0]': '1', 'a.b[1].c': 'true', d: '[]' },
    ],
    [{ a: null }, { a: 'null' }],
  ])('%j', (value, leaves) => expect(Object.fromEntries(flatten(value))).toEqual(leaves));

  test('a value made to be large is cut', () => expect(flatten(Array.from({ length: 5000 }, (_, n) => n)).size).toBe(400));
});
