const stamp = /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$/;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Milliseconds since 1970 of a time in the common log format, `06/Feb/2019:00:00:38 +0000`; null for anything else. */
export function parseClfTime(text: string): number | null {
  const match = stamp.exec(text);
  if (match === null) return null;
  const [, day, name, year, hour, minute, second, sign, zoneHours, zoneMinutes] = match;
  const month = months.indexOf(name ?? '');
  if (month < 0 || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return null;
  const local = Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second));
  if (Number(day) < 1 || (new Date(local).getUTCMonth() !== month && second !== '60')) return null;
  const zone = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000;
  return sign === '-' ? local + zone : local - zone;
}
