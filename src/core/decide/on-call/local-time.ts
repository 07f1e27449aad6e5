import { InvariantError } from '../../model/errors.ts';
import type { TimeZones } from '../../model/time-zones.ts';

const minute = 60_000;
export const day = 86_400_000;

/** What clocks of a zone show at an instant: milliseconds since 1970 as if that were UTC. */
export function wallAt(zones: TimeZones, zone: string, at: number): number {
  const rule = ruleOf(zones, zone);
  let offset = rule[0] ?? 0;
  for (let i = 1; i < rule.length && at >= (rule[i] ?? 0) * minute; i += 2) offset = rule[i + 1] ?? 0;
  return at + offset * minute;
}

/**
 * The instant at which clocks of a zone show a wall time: the first of two when clocks are set back, and when they are set forward over it, the
 * instant of that. A later wall time never gives an earlier instant.
 */
export function instantOf(zones: TimeZones, zone: string, wall: number): number {
  const rule = ruleOf(zones, zone);
  let since = Number.NEGATIVE_INFINITY;
  for (let i = 0; i + 1 < rule.length; i += 2) {
    const offset = (rule[i] ?? 0) * minute;
    const until = (rule[i + 1] ?? 0) * minute;
    if (wall < until + offset) return Math.max(since, wall - offset);
    since = until;
  }
  return Math.max(since, wall - (rule.at(-1) ?? 0) * minute);
}

function ruleOf({ zones, rules }: TimeZones, zone: string): readonly number[] {
  const rule = Object.hasOwn(zones, zone) ? rules[zones[zone] ?? -1] : undefined;
  // Settings are checked when they are read.
  if (rule === undefined) throw new InvariantError(`no rule for the time zone ${zone}`);
  return rule;
}
