import { parseEventTime } from '../../lib/event-time.ts';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** `Thu, 02 Aug 2018 05:30:00 GMT` of AWS Health. */
const health = /^[A-Z][a-z]{2}, (\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/;
/** `Jan 19, 2023, 10:46:15 PM` of Inspector; newer runtimes of it put a narrow space before the last word. */
const inspector = /^([A-Z][a-z]{2}) (\d{1,2}), (\d{4}),? (\d{1,2}):(\d{2}):(\d{2})\s([AP])M$/;

/**
 * Milliseconds since 1970 of a time as AWS's services write it: ISO 8601 in UTC, `Z` or `+00:00` at its end, the two forms above,
 * or a number of seconds. Null for anything else.
 */
export function reportTime(value: unknown): number | null {
  if (typeof value === 'number') return value >= 0 && value < 1e11 ? Math.round(value * 1000) : null;
  if (typeof value !== 'string' || value.length > 40) return null;
  const iso = parseEventTime(value.replace(/\+00:00$/, 'Z'));
  if (iso !== null) return iso;
  const gmt = health.exec(value);
  if (gmt !== null) return timeOf(gmt[3], gmt[2], gmt[1], Number(gmt[4]), gmt[5], gmt[6]);
  const half = inspector.exec(value);
  if (half === null) return null;
  return timeOf(half[3], half[1], half[2], (Number(half[4]) % 12) + (half[7] === 'P' ? 12 : 0), half[5], half[6]);
}

function timeOf(year = '', month = '', day = '', hour = 0, minute = '', second = ''): number | null {
  const two = (n: number | string) => String(n).padStart(2, '0');
  return parseEventTime(`${year}-${two(months.indexOf(month) + 1)}-${two(day)}T${two(hour)}:${minute}:${second}Z`);
}
