import type { BusinessCalendar, Holiday } from '../../model/obligation.ts';
import type { TimeZones } from '../../model/time-zones.ts';
import { day, instantOf, wallAt } from '../on-call/local-time.ts';

const minute = 60_000;

/**
 * The close of business on the n-th business day after the day of an instant, by the clocks of the calendar's zone. The day itself is not
 * counted; where it is none, the first business day after it is the first (Form 8-K, General Instruction B.1).
 */
export function afterBusinessDays(calendar: BusinessCalendar, zones: TimeZones, time: number, n: number): number {
  let date = Math.floor(wallAt(zones, calendar.zone, time) / day) * day;
  for (let left = n; left > 0; ) {
    date += day;
    if (isBusinessDay(calendar, date)) left--;
  }
  return instantOf(zones, calendar.zone, date + calendar.closes * minute);
}

/** `date`: midnight of a day, as if in UTC. */
export function isBusinessDay({ weekend, holidays, observed }: BusinessCalendar, date: number): boolean {
  const weekday = new Date(date).getUTCDay();
  if (weekend.includes(weekday)) return false;
  // A holiday of the next year may be kept in this one.
  const kept = [date - day, date, date + day].flatMap((near) => (holidays.some((holiday) => isOn(holiday, near)) ? [near] : []));
  return !kept.some((holiday) => (observed ? observedOn(holiday) : holiday) === date);
}

function observedOn(date: number): number {
  const weekday = new Date(date).getUTCDay();
  return weekday === 6 ? date - day : weekday === 0 ? date + day : date;
}

function isOn(holiday: Holiday, date: number): boolean {
  const at = new Date(date);
  if (at.getUTCMonth() + 1 !== holiday.month) return false;
  if ('day' in holiday) return at.getUTCDate() === holiday.day;
  if (at.getUTCDay() !== holiday.weekday) return false;
  const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
  return holiday.nth === -1 ? at.getUTCDate() + 7 > last : Math.ceil(at.getUTCDate() / 7) === holiday.nth;
}
