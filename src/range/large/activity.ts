import { weekdayOf } from '../hours.ts';
import type { Activity } from './tasks.ts';

const hour = 3_600_000;

/** Whose hours they are. `phase`, 0 to 5, spreads what is done every few hours. */
export interface Rhythm {
  readonly active: Activity;
  readonly utcOffset: number;
  /** First hour of the working day. */
  readonly from: number;
  readonly phase: number;
}

/** How much is done in the hour that begins at `at` (milliseconds since 1970), against the busiest hour: 0 to 1. */
export function activity({ active, utcOffset, from, phase }: Rhythm, at: number): number {
  const local = at + utcOffset * hour;
  const hourOfDay = Math.floor(local / hour) % 24;
  const weekend = weekdayOf(local) >= 5;
  switch (active) {
    case 'always':
      return hourOfDay >= 7 && hourOfDay < 22 ? 1 : 0.6;
    case 'hourly':
      return 1;
    case 'sweeps':
      return hourOfDay % 6 === phase ? 1 : 0;
    case 'night':
      return hourOfDay < 5 ? 1 : 0.01;
    case 'office':
      return weekend ? 0.12 : hourOfDay >= 7 && hourOfDay < 19 ? 1 : 0.2;
    case 'people': {
      const into = hourOfDay - from;
      // At night somebody is on call.
      if (weekend) return into >= 0 && into < 12 ? 0.03 : 0.004;
      if (into >= 0 && into < 9) return into === 4 ? 0.5 : 1;
      return into >= -1 && into < 12 ? 0.15 : 0.004;
    }
  }
}
