import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chord, earthPoint } from './earth-point.ts';

const degrees = (most: number) => fc.integer({ min: -most * 10, max: most * 10 }).map((n) => n / 10);

test('points are those of the sine and cosine to a metre', () => {
  fc.assert(
    fc.property(degrees(90), degrees(180), (latitude, longitude) => {
      const [lat, lon] = [(latitude * Math.PI) / 180, (longitude * Math.PI) / 180];
      const { x, y, z } = earthPoint(latitude, longitude);
      expect(Math.abs(x - 6_371_009 * Math.cos(lat) * Math.cos(lon))).toBeLessThanOrEqual(0.51);
      expect(Math.abs(y - 6_371_009 * Math.cos(lat) * Math.sin(lon))).toBeLessThanOrEqual(0.51);
      expect(Math.abs(z - 6_371_009 * Math.sin(lat))).toBeLessThanOrEqual(0.51);
    }),
    { numRuns: 1_000 },
  );
});

test('a chord is the straight line in whole metres, the same both ways', () => {
  const point = fc.tuple(degrees(90), degrees(180)).map(([latitude, longitude]) => earthPoint(latitude, longitude));
  fc.assert(
    fc.property(point, point, (a, b) => {
      expect(chord(a, b)).toBe(Math.floor(Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z) + 1e-9));
      expect(chord(b, a)).toBe(chord(a, b));
    }),
    { numRuns: 1_000 },
  );
  expect(chord(earthPoint(90, 0), earthPoint(-90, 77))).toBe(2 * 6_371_009);
});
