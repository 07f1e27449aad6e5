import type { OnCall } from '../../model/on-call.ts';
import type { TimeZones } from '../../model/time-zones.ts';
import { type Span, windowsAround } from './daily-window.ts';
import { instantOf } from './local-time.ts';
import { type OnCallNow, onCallAt, turnOf, turnStart } from './on-call-at.ts';

export type Turn = Span & OnCallNow;

const windowDays = 8;

/** Who is on call from one instant until another: spans without a gap or an overlap, neighbours of different persons or rotations. */
export function turnsBetween(settings: OnCall, zones: TimeZones, from: number, until: number): readonly Turn[] {
  const turns: Turn[] = [];
  for (let at = from; at < until; ) {
    const next = Math.min(until, nextEdge(settings, zones, at));
    const now = onCallAt(settings, zones, at);
    const last = turns.at(-1);
    if (last !== undefined && last.person === now.person && last.by === now.by) turns[turns.length - 1] = { ...last, until: next };
    else turns.push({ from: at, until: next, ...now });
    at = next;
  }
  return turns;
}

/** The first instant after this one at which somebody else may be on call. */
function nextEdge({ rotations, overrides }: OnCall, zones: TimeZones, at: number): number {
  const edges = [
    ...overrides.flatMap((one) => [one.from, one.until]),
    ...rotations.flatMap((rotation) => {
      const { zone, start, end, hours } = rotation;
      return [
        instantOf(zones, zone, start),
        ...(end === null ? [] : [instantOf(zones, zone, end)]),
        turnStart(rotation, zones, turnOf(rotation, zones, at) + 1),
        ...(hours === null ? [] : windowsAround(zones, zone, hours, at, windowDays).flatMap((window) => [window.from, window.until])),
      ];
    }),
  ];
  return edges.reduce((next, edge) => (edge > at && edge < next ? edge : next), Number.POSITIVE_INFINITY);
}
