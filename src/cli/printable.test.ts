import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printable } from './printable.ts';
import { cutToWidth, textWidth, wrapToWidth } from './text-width.ts';

describe('printable', () => {
  test.each([
    ['plain', 'aws-cli/2.15 (Linux) üñ 漢字 😀', 'aws-cli/2.15 (Linux) üñ 漢字 😀'],
    ['colour', '\u001b[31mred', '\\x1b[31mred'],
    ['title of the window', '\u001b]0;owned\u0007', '\\x1b]0;owned\\x07'],
    ['C1 control', '\u009b2J', '\\x9b2J'],
    ['new line', 'a\r\nb\tc', 'a\\x0d\\x0ab\\x09c'],
    ['right to left', 'exe\u202egpj', 'exe\\u202egpj'],
    ['no width', 'pay\u200bpal\ufeff', 'pay\\u200bpal\\ufeff'],
    ['half a pair', 'x\ud800', 'x\\ud800'],
    ['tag character', 'x\u{e0041}y', 'x\\u{e0041}y'],
    ['delete', '\u007f', '\\x7f'],
  ])('%s', (_, text, safe) => {
    expect(printable(text)).toBe(safe);
  });

  test('nothing that a terminal obeys is left, and what is safe stays', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fc.integer({ min: 0, max: 0xff }), fc.integer({ min: 0x2000, max: 0x206f }), fc.integer({ min: 0, max: 0xffff })),
          { maxLength: 30 },
        ),
        (codes) => {
          const safe = printable(String.fromCharCode(...codes));
          expect(safe.isWellFormed()).toBe(true);
          for (const char of safe) {
            const code = char.codePointAt(0) ?? 0;
            expect(code >= 0x20 && !(code >= 0x7f && code < 0xa0) && !(code >= 0x202a && code <= 0x202e)).toBe(true);
          }
          expect(printable(safe)).toBe(safe);
        },
      ),
    );
  });
});

describe('width', () => {
  test('a cut text fits, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }).map(printable), fc.integer({ min: 2, max: 20 }), (text, max) => {
        expect(textWidth(cutToWidth(text, max))).toBeLessThanOrEqual(max);
        for (const line of wrapToWidth(text, max)) expect(textWidth(line)).toBeLessThanOrEqual(max);
      }),
    );
  });

  test('wrapping loses no word', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 8, max: 30 }),
        (words, max) => {
          expect(wrapToWidth(words.join(' '), max).join(' ')).toBe(words.join(' '));
        },
      ),
    );
  });
});
