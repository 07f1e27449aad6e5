import { InvariantError } from '../../model/errors.ts';
import type { OnCall } from '../../model/on-call.ts';
import type { TimeZones } from '../../model/time-zones.ts';
import { type Span, windowsAround } from './daily-window.ts';

const half = 720;

/** The shift of 12 hours that an instant is in. On a day on which clocks are changed one is shorter or longer. */
export function shiftAt({ zone, shiftStart }: Pick<OnCall, 'zone' | 'shiftStart'>, zones: TimeZones, at: number): Span {
  const shifts = [shiftStart % half, (shiftStart % half) + half].flatMap((from) =>
    windowsAround(zones, zone, { from, until: (from + half) % (2 * half), days: null }, at, 1),
  );
  const shift = shifts.find(({ from, until }) => from <= at && at < until);
  if (shift === undefined) throw new InvariantError(`no shift covers ${at}`);
  return shift;
}
