import type { OnCall } from '../../model/on-call.ts';
import type { TimeZones } from '../../model/time-zones.ts';
import { windowAt } from './daily-window.ts';

/** Nothing waits longer than over a long weekend, whatever the settings say. */
const longestMs = 4 * 86_400_000;

/** Until when work waits that comes at an instant: the end of the quiet hours that it is in, of which several may follow each other; outside of them, not at all. */
export function quietUntil({ zone, quiet }: Pick<OnCall, 'zone' | 'quiet'>, zones: TimeZones, at: number): number {
  for (let end = at; ; ) {
    const next = quiet.reduce((latest, window) => Math.max(latest, windowAt(zones, zone, window, end)?.until ?? latest), end);
    if (next === end) return end;
    if (next >= at + longestMs) return at + longestMs;
    end = next;
  }
}
