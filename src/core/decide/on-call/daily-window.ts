import type { DailyWindow } from '../../model/on-call.ts';
import type { TimeZones } from '../../model/time-zones.ts';
import { day, instantOf, wallAt } from './local-time.ts';

/** A span of time, half-open. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

const minute = 60_000;
const dayMinutes = 1_440;

/** The window of the day that covers an instant, or null. */
export function windowAt(zones: TimeZones, zone: string, window: DailyWindow, at: number): Span | null {
  return windowsAround(zones, zone, window, at, 1).find(({ from, until }) => from <= at && at < until) ?? null;
}

/** The windows that begin on the day of an instant, the day before, and so many days after. */
export function windowsAround(zones: TimeZones, zone: string, window: DailyWindow, at: number, days: number): readonly Span[] {
  const { from, until, days: on } = window;
  const last = until > from ? until : until + dayMinutes;
  const today = Math.floor(wallAt(zones, zone, at) / day) * day;
  return Array.from({ length: days + 2 }, (_, i) => today + (i - 1) * day)
    .filter((start) => on === null || on.includes(new Date(start).getUTCDay()))
    .map((start) => ({
      from: instantOf(zones, zone, start + from * minute),
      until: instantOf(zones, zone, start + last * minute),
    }));
}
