import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listIndex } from './list-index.ts';
import { sieveOf } from './sieve.ts';
import { loadRules } from './sigma/parse-rules.ts';

const lists = new Map([
  ['blocks', ['203.0.113.64/26', '203.0.113.0/24', '198.51.100.7', '0.0.0.0/30', '255.255.255.255', '2001:db8::/32', 'none']],
  ['texts', ['203.0.113.9', '203.0.113.010', '10.0.0.0/8', '443', '0443', '2001:db8::1', 'a.example.com']],
]);
const index = listIndex(lists);

/** The sieve of a rule whose selections ask the field `f`, each negated or not, and all of them in one way each. */
function sieveFor(selections: readonly (readonly [modifiers: string, values: readonly (string | number)[], negated: boolean])[]) {
  const detection: Record<string, unknown> = {
    condition: selections.map((_, i) => `(${selections[i]?.[2] ? 'not ' : ''}s${i} and other)`).join(' or '),
    other: { g: 'x' },
  };
  for (const [i, [modifiers, values]] of selections.entries()) detection[`s${i}`] = { [`f${modifiers}`]: values };
  const text = JSON.stringify({ title: 'One', id: 'one', logsource: { product: 'aws', service: 'vpcflow' }, detection });
  const { rules, faults } = loadRules([{ file: 'one.yml', text }], { declared: lists.keys() });
  expect(faults).toEqual([]);
  const events = rules.flatMap((rule) => (rule.kind === 'event' ? [rule] : []));
  return sieveOf(events, index).ofField('f');
}

/** What stands before a value in these steps. */
function stepBelow(steps: Float64Array, value: number): number {
  return [...steps].findLast((step) => step <= value) ?? 0;
}

const dotted = (value: number) => [24, 16, 8, 0].map((bits) => (value >>> bits) & 255).join('.');

const number = fc.oneof(fc.nat({ max: 12 }), fc.nat({ max: 70_000 }), fc.nat({ max: Number.MAX_SAFE_INTEGER }));
const small = fc.oneof(fc.nat({ max: 12 }), fc.nat({ max: 70_000 }));

describe('between two steps a field leaves the same', () => {
  test('of numbers', () => {
    const selection = fc.tuple(
      fc.constantFrom('', '|gte', '|gt', '|lt', '|lte'),
      fc.array(small, { minLength: 1, maxLength: 1 }),
      fc.boolean(),
    );
    const several = fc.tuple(
      fc.constant(''),
      fc.array(
        fc.oneof(
          small,
          small.map((n) => `0${n}`),
          fc.constant('x'),
        ),
        { minLength: 1, maxLength: 6 },
      ),
      fc.boolean(),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(selection, several), { minLength: 1, maxLength: 5 }), fc.array(number), (selections, values) => {
        const own = sieveFor(selections);
        if (own === null) return;
        const { steps } = own;
        if (steps === null) throw new Error('numbers have steps');
        expect([...steps]).toEqual([...new Set(steps)].sort((a, b) => a - b));
        // Beside the steps, too, where a step may be one off.
        for (const value of [...values, ...[...steps].flatMap((step) => [step - 1, step, step + 1])])
          expect(own.left(String(value))).toBe(own.left(String(stepBelow(steps, value))));
      }),
    );
  });

  test('of addresses', () => {
    const address = fc.oneof(
      fc.nat({ max: 9 }),
      fc.nat({ max: 0xff }).map((n) => 0xcb007100 + n),
      fc.nat({ max: 0xffffffff }),
    );
    const block = fc.tuple(address, fc.integer({ min: 20, max: 32 })).map(([from, prefix]) => `${dotted(from)}/${prefix}`);
    const selection = fc.oneof(
      fc.tuple(fc.constant('|cidr'), fc.array(fc.oneof(block, fc.constant('2001:db8::/32')), { minLength: 1, maxLength: 4 }), fc.boolean()),
      fc.tuple(
        fc.constant(''),
        fc.array(fc.oneof(address.map(dotted), fc.constantFrom('010.0.0.1', '::1', '-')), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
      ),
      fc.tuple(fc.constant('|cidr|expand'), fc.constant(['%blocks%']), fc.boolean()),
      fc.tuple(fc.constant('|expand'), fc.constant(['%texts%']), fc.boolean()),
    );
    fc.assert(
      fc.property(fc.array(selection, { minLength: 1, maxLength: 5 }), fc.array(address), (selections, values) => {
        const own = sieveFor(selections);
        if (own === null) return;
        const { addressSteps } = own;
        if (addressSteps === null) throw new Error('addresses have steps');
        const near = [...addressSteps].flatMap((step) => [step - 1, step, step + 1]).filter((value) => value < 2 ** 32);
        for (const value of [...values, ...near]) expect(own.left(dotted(value))).toBe(own.left(dotted(stepBelow(addressSteps, value))));
      }),
    );
  });

  test.each([
    ['|contains', ['3']],
    ['|startswith', ['10.']],
    ['|endswith', ['.7']],
    ['|re', ['^1.*7$']],
    ['|endswith|expand', ['%texts%']],
  ])('none are told where any value may be one: %s', (modifiers, values) => {
    const own = sieveFor([[modifiers, values, false]]);
    expect(own).toMatchObject({ steps: null, addressSteps: null });
  });
});

test('ways that ask the same are one, and others have a bit of their own', () => {
  const own = sieveFor([
    ['', ['a'], false],
    ['', ['a'], false],
    ['|endswith', ['.b', 'xyz.c', 'b.c', 'c'], true],
  ]);
  expect(own?.left('a')).toBe(0b11);
  expect(own?.left('xyz.c')).toBe(0);
  expect(own?.left('c')).toBe(0);
  expect(own?.left('a', 0b01)).toBe(0b01);
  expect(own?.left('x')).toBe(0b10);
  expect(own?.left(undefined)).toBe(0b10);
});
