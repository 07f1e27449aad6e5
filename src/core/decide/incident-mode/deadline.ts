import type { Moments } from '../../model/declared-incident.ts';
import type { BusinessCalendar, Duty, End, Within } from '../../model/obligation.ts';
import type { TimeZones } from '../../model/time-zones.ts';
import { afterBusinessDays } from './business-days.ts';

/** When a clock ends, and the moment from which that was counted. */
export interface Deadline {
  readonly end: number;
  readonly from: number;
}

const hour = 3_600_000;

/** When a duty ends by the moments that are known: the earliest of its ends; null while none can be told. */
export function deadline(
  { ends }: Pick<Duty, 'ends'>,
  moments: Moments,
  calendar: BusinessCalendar | null,
  zones: TimeZones,
): Deadline | null {
  return ends.reduce<Deadline | null>((earliest, one) => {
    const next = endOf(one, moments, calendar, zones);
    return next === null || (earliest !== null && earliest.end <= next.end) ? earliest : next;
  }, null);
}

function endOf({ from, within, unless }: End, moments: Moments, calendar: BusinessCalendar | null, zones: TimeZones): Deadline | null {
  const begun = moments[from];
  if (begun === undefined) return null;
  const end = after(begun, within, calendar, zones);
  const overtaken = unless === null ? undefined : moments[unless];
  return overtaken !== undefined && overtaken > end ? null : { end, from: begun };
}

function after(time: number, { n, unit }: Within, calendar: BusinessCalendar | null, zones: TimeZones): number {
  switch (unit) {
    case 'hours':
      return time + n * hour;
    case 'days':
      return time + n * 24 * hour;
    case 'months':
      return afterMonths(time, n);
    case 'business-days':
      // The schema wants a calendar; without one no day is left out, which ends earlier.
      return calendar === null ? time + n * 24 * hour : afterBusinessDays(calendar, zones, time, n);
    default:
      return unit satisfies never;
  }
}

/** The same time of the same day, or of the last day of a shorter month: not later than a law that lets the whole day pass. */
function afterMonths(time: number, n: number): number {
  const date = new Date(time);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + n);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime();
}
