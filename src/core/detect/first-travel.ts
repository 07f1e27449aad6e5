import { chord, type EarthPoint, earthPoint } from '../lib/earth-point.ts';
import type { Evidence, Travel } from '../model/finding.ts';
import type { CorrelationRule } from '../model/rule.ts';
import { compareEvidence } from './compare-evidence.ts';
import type { Seen, Values } from './digest.ts';

/** One metre a millisecond is so many kilometres an hour. */
const hourly = 3_600;

interface Sighting {
  readonly seen: Seen;
  readonly time: number;
  readonly point: EarthPoint;
}

/**
 * The first two sightings less than `timespan` apart, of which one at least is in this bucket, at places that nobody
 * goes between in that time. Values are places; of each the first and the last time in a bucket is known. A place that was
 * seen before, between and after keeps both, so that no pair of places that take turns is missed by more than half a bucket.
 */
export function firstTravel(
  here: Values,
  next: Values | null,
  timespan: number,
  { distance, speed }: NonNullable<CorrelationRule['travel']>,
): { readonly items: readonly Evidence[]; readonly more: boolean; readonly travel: Travel } | null {
  const own = sightingsOf(here);
  const all = inOrder([...own, ...(next === null ? [] : sightingsOf(next))]);
  const isOwn = new Set(own);
  for (const [i, to] of all.entries()) {
    // The nearest before it first: what is told is the shortest time.
    for (let j = i - 1; j >= 0; j--) {
      const from = all[j];
      if (from === undefined || to.time - from.time >= timespan) break;
      // A pair that lies in the next bucket is told by that one.
      if (!isOwn.has(from) && !isOwn.has(to)) continue;
      const metres = chord(from.point, to.point);
      const elapsed = to.time - from.time;
      if (metres < distance * 1_000 || metres * hourly <= speed * elapsed) continue;
      const travel: Travel = {
        from: from.seen.value,
        to: to.seen.value,
        fromTime: from.time,
        toTime: to.time,
        distance: Math.floor(metres / 1_000),
        speed: elapsed === 0 ? null : Math.floor((metres * hourly) / elapsed),
      };
      return { items: [from.seen.first, to.seen.first].sort(compareEvidence), more: true, travel };
    }
  }
  return null;
}

function sightingsOf({ values }: Values): readonly Sighting[] {
  return values.flatMap((seen) => {
    const [latitude = '', longitude = ''] = seen.value.split(',');
    const point = earthPoint(Number(latitude), Number(longitude));
    const first = { seen, time: seen.first.time, point };
    return seen.last === first.time ? [first] : [first, { seen, time: seen.last, point }];
  });
}

function inOrder(sightings: readonly Sighting[]): readonly Sighting[] {
  return [...sightings].sort((a, b) => a.time - b.time || (a.seen.value < b.seen.value ? -1 : a.seen.value > b.seen.value ? 1 : 0));
}

/** `; seen at 52.5,13.4 (DE) at 2026-01-15 09:00:00Z and 8 minutes later at 1.4,103.8 (SG), 9200 km away: 69000 km/h at least`. */
export function tellTravel({ from, to, fromTime, toTime, distance, speed }: Travel): string {
  const minutes = Math.floor((toTime - fromTime) / 60_000);
  const later = minutes === 0 ? 'less than a minute' : `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
  const haste = speed === null ? 'at the same time' : `${speed} km/h at least`;
  return `; seen at ${tellPlace(from)} at ${new Date(fromTime).toISOString().slice(0, 19).replace('T', ' ')}Z and ${later} later at ${tellPlace(to)}, ${distance} km away: ${haste}`;
}

function tellPlace(place: string): string {
  const [latitude = '', longitude = '', country = ''] = place.split(',');
  return `${latitude},${longitude}${country === '' ? '' : ` (${country})`}`;
}
