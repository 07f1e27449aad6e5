import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placesOfTexts } from './place-index.ts';

const placesIn = (...entries: string[]) => placesOfTexts(new Map([['places', entries]]));

test('the narrowest range tells, and one without coordinates takes the place away', () => {
  const places = placesIn(
    '192.0.2.0/24,52.52,13.41,DE',
    '192.0.2.16-192.0.2.31,48.85,2.35,fr',
    '192.0.2.20,,',
    '2001:db8::/32,-33.9,151.2',
  );
  expect(places(['192.0.2.5'])).toEqual(['52.5,13.4,DE']);
  expect(places(['192.0.2.17', '192.0.2.31'])).toEqual(['48.9,2.4,FR']);
  expect(places(['192.0.2.32'])).toEqual(['52.5,13.4,DE']);
  expect(places(['192.0.2.20', '192.0.3.1', 'cloudformation.amazonaws.com', ''])).toEqual([]);
  expect(places(['2001:db8::1'])).toEqual(['-33.9,151.2']);
});

test('entries that are no ranges or no places on earth are passed over', () => {
  const places = placesIn('192.0.2.0/33,1,1', '192.0.2.9-192.0.2.1,1,1', 'x', '198.51.100.0/24,91,0', '203.0.113.0/24,0,-0.01');
  expect(places(['192.0.2.5', '198.51.100.1'])).toEqual([]);
  expect(places(['203.0.113.1'])).toEqual(['0,0']);
});

test('is the narrowest of the blocks that hold the address, in whatever order they come', () => {
  const block = fc.record({ last: fc.integer({ min: 0, max: 255 }), prefix: fc.integer({ min: 22, max: 32 }) });
  fc.assert(
    fc.property(fc.array(block, { maxLength: 12 }), fc.integer({ min: 0, max: 255 }), (blocks, address) => {
      // A block has one place: its latitude says how wide it is, its longitude where it begins.
      const entries = blocks.map(({ last, prefix }) => {
        const start = prefix <= 24 ? 0 : last - (last % 2 ** (32 - prefix));
        return { start, prefix, entry: `192.0.0.${start}/${prefix},${prefix},${start / 2}` };
      });
      const holding = entries.filter(({ start, prefix }) => prefix <= 24 || (address >= start && address < start + 2 ** (32 - prefix)));
      const [narrowest] = holding.sort((a, b) => b.prefix - a.prefix);
      const expected = narrowest === undefined ? [] : [`${narrowest.prefix},${narrowest.start / 2}`];
      expect(placesIn(...entries.map(({ entry }) => entry))([`192.0.0.${address}`])).toEqual(expected);
      expect(placesIn(...entries.map(({ entry }) => entry).reverse())([`192.0.0.${address}`])).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});
