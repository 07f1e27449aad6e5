import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from './canonical-json.ts';

/** RFC 8785 the slow and obvious way. */
function slowly(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(slowly).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${slowly(member)}`).join(',')}}`;
}

/** The same value with the keys of every object in canonical order, as the fast path wants them. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (value === null || typeof value !== 'object') return value;
  return JSON.parse(slowly(value)) as unknown;
}

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('10', '9', 'toJSON', '__proto__', 'constructor', '\ud800', 'é', '\u2028'),
);
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, false, 0, -0, 1e21, 5e-324, 0.1, -1),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    text,
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(fc.tuple(text, tie('value')), { maxLength: 5 })
      .map(
        (entries) =>
          JSON.parse(
            `{${[...new Map(entries)].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`,
          ) as unknown,
      ),
  ),
})).value;

describe('canonical JSON', () => {
  test('the text is that of RFC 8785, whatever the order of keys, and on the fast path too', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(value)).toBe(slowly(value));
        expect(canonicalJson(inOrder(value))).toBe(slowly(value));
        expect(slowly(JSON.parse(canonicalJson(value)))).toBe(canonicalJson(value));
      }),
      { numRuns: 2_000 },
    );
  });

  test('members that are undefined are left out, and what JSON cannot say is refused', () => {
    expect(canonicalJson({ b: undefined, a: 1 })).toBe('{"a":1}');
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, [undefined], () => 1, 1n, undefined])
      expect(() => canonicalJson(value)).toThrow(TypeError);
  });

  test('a method named toJSON is not called', () => {
    expect(() => canonicalJson({ toJSON: () => 'x' })).toThrow(TypeError);
    expect(canonicalJson({ toJSON: 'x' })).toBe('{"toJSON":"x"}');
  });

  test('what is nested too deeply is refused before the stack is', () => {
    let nested: unknown = { b: 1, a: 2 };
    for (let i = 0; i < 450; i++) nested = i % 2 === 0 ? [nested] : { z: nested, a: 1 };
    expect(canonicalJson(nested)).toBe(slowly(nested));
    for (let i = 0; i < 100_000; i++) nested = [nested];
    expect(() => canonicalJson(nested)).toThrow(RangeError);
  });
});
