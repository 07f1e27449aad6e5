import type { OnCall, Rotation } from '../../model/on-call.ts';
import type { TimeZones } from '../../model/time-zones.ts';
import { windowAt } from './daily-window.ts';
import { instantOf, wallAt } from './local-time.ts';

/** Who is on call, and by what: the name of a rotation, or null for an override. */
export interface OnCallNow {
  readonly person: string;
  readonly by: string | null;
}

/** The one person who is on call at an instant. */
export function onCallAt({ rotations, overrides }: Pick<OnCall, 'rotations' | 'overrides'>, zones: TimeZones, at: number): OnCallNow {
  const override = overrides.findLast(({ from, until }) => from <= at && at < until);
  if (override !== undefined) return { person: override.person, by: null };
  const [first, ...later] = rotations;
  const rotation = later.findLast((one) => covers(one, zones, at)) ?? first;
  return { person: personOf(rotation, zones, at), by: rotation.name };
}

function covers({ zone, start, end, hours }: Rotation, zones: TimeZones, at: number): boolean {
  if (at < instantOf(zones, zone, start) || (end !== null && at >= instantOf(zones, zone, end))) return false;
  return hours === null || windowAt(zones, zone, hours, at) !== null;
}

function personOf(rotation: Rotation, zones: TimeZones, at: number): string {
  const { people } = rotation;
  return people[Math.max(0, turnOf(rotation, zones, at)) % people.length] ?? people[0];
}

/** The number of the turn that covers an instant; the first is 0. */
export function turnOf(rotation: Rotation, zones: TimeZones, at: number): number {
  let turn = Math.floor((wallAt(zones, rotation.zone, at) - rotation.start) / rotation.turnMs);
  // Of an hour that clocks show twice, the wall time alone does not tell which it is.
  while (turnStart(rotation, zones, turn + 1) <= at) turn++;
  while (turnStart(rotation, zones, turn) > at) turn--;
  return turn;
}

export function turnStart({ zone, start, turnMs }: Rotation, zones: TimeZones, turn: number): number {
  return instantOf(zones, zone, start + turn * turnMs);
}
