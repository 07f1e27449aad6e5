import { expect, test } from 'vitest';
import type { Evidence } from '../model/finding.ts';
import type { Seen, Values } from './digest.ts';
import { firstTravel, tellTravel } from './first-travel.ts';

const berlin = '52.5,13.4,DE';
const singapore = '1.3,103.8,SG';
const paris = '48.9,2.4,FR';
const hour = 3_600_000;
const start = Date.UTC(2026, 0, 5, 6);
const limit = { distance: 500, speed: 1_000 };

function seen(value: string, first: number, last = first): Seen {
  const item: Evidence = { key: value, id: value, time: start + first, rule: 'r', operation: 'o', service: 's', account: '', region: '' };
  return { value, first: item, last: start + last };
}
const of = (...values: Seen[]): Values => ({ t: 'values', values, more: false });

test('the message says from where, to where, how far, in what time and how fast', () => {
  const found = firstTravel(of(seen(berlin, 0), seen(singapore, hour)), null, 6 * hour, limit);
  // The straight line through the earth; over the ground it is 9,920 km.
  expect(found?.travel).toEqual({ from: berlin, to: singapore, fromTime: start, toTime: start + hour, distance: 8_947, speed: 8_947 });
  expect(found === null ? '' : tellTravel(found.travel)).toBe(
    '; seen at 52.5,13.4 (DE) at 2026-01-05 06:00:00Z and 60 minutes later at 1.3,103.8 (SG), 8947 km away: 8947 km/h at least',
  );
});

test('who could have flown, is near, or was seen a span later is left alone', () => {
  expect(firstTravel(of(seen(berlin, 0), seen(paris, 53 * 60_000)), null, 6 * hour, limit)).toBeNull();
  expect(firstTravel(of(seen(berlin, 0), seen(paris, 52 * 60_000)), null, 6 * hour, limit)).not.toBeNull();
  expect(firstTravel(of(seen(berlin, 0), seen(paris, 0)), null, 6 * hour, { distance: 900, speed: 1 })).toBeNull();
  expect(firstTravel(of(seen(berlin, 0)), of(seen(singapore, hour)), hour, limit)).toBeNull();
});

test('the last time at a place counts, and a pair within the next bucket is told by that one', () => {
  const next = of(seen(singapore, 6.5 * hour));
  expect(firstTravel(of(seen(berlin, 0, 5.9 * hour)), next, 6 * hour, limit)?.travel.fromTime).toBe(start + 5.9 * hour);
  expect(firstTravel(of(seen(berlin, 0)), of(seen(berlin, 6.5 * hour), seen(singapore, 6.6 * hour)), 6 * hour, limit)).toBeNull();
});

test('two places at the same time have no speed', () => {
  const found = firstTravel(of(seen(berlin, 0), seen(singapore, 0)), null, hour, limit);
  expect(found?.travel.speed).toBeNull();
  expect(found === null ? '' : tellTravel(found.travel)).toContain('at the same time');
});
