import type { Campaign } from '../core/model/campaign.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** 0 is Monday; 1970 began on a Thursday. */
export function weekdayOf(local: number): number {
  return (Math.floor(local / day) + 3) % 7;
}

/** Whether a time by the local clock, in milliseconds since 1970, lies in such hours. */
function within(local: number, when: Campaign['when']): boolean {
  const hourOfDay = Math.floor((local % day) / hour);
  const weekend = weekdayOf(local) >= 5;
  switch (when) {
    case 'any':
      return true;
    case 'working-hours':
      return !weekend && hourOfDay >= 8 && hourOfDay < 18;
    case 'night':
      return hourOfDay >= 22 || hourOfDay < 5;
    case 'weekend':
      return weekend;
  }
}

/** The first time from `at` on (milliseconds since 1970) that lies in such hours, `utcOffset` hours east of Greenwich. */
export function intoHours(at: number, when: Campaign['when'], utcOffset: number): number {
  const shift = utcOffset * hour;
  if (within(at + shift, when)) return at;
  // Into the next hour as far as into this one, so that what waits together does not start together.
  for (let next = at + hour; ; next += hour) if (within(next + shift, when)) return next;
}
