import { parseEventTime } from '../lib/event-time.ts';
import type { TimePart } from '../model/rule.ts';

const day = 86_400_000;

/** A part of the time that a text says (ISO 8601, or seconds or milliseconds since 1970), in UTC; null where it says none. */
export function timePart(text: string, part: TimePart): number | null {
  const time = /^\d{10}$/.test(text) ? Number(text) * 1_000 : /^\d{13}$/.test(text) ? Number(text) : parseEventTime(text);
  if (time === null) return null;
  const date = new Date(time);
  switch (part) {
    case 'minute':
      return date.getUTCMinutes();
    case 'hour':
      return date.getUTCHours();
    case 'day':
      return date.getUTCDate();
    case 'week':
      return weekOf(time);
    case 'month':
      return date.getUTCMonth() + 1;
    case 'year':
      return date.getUTCFullYear();
    default:
      return part satisfies never;
  }
}

/** The week of ISO 8601: it belongs to the year in which its Thursday lies. */
function weekOf(time: number): number {
  const weekday = (Math.floor(time / day) + 3) % 7;
  const thursday = new Date(time + (3 - weekday) * day);
  return Math.floor((thursday.getTime() - Date.UTC(thursday.getUTCFullYear(), 0, 1)) / (7 * day)) + 1;
}
