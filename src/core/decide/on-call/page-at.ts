import type { OnCall } from '../../model/on-call.ts';
import type { Page, PageEvent } from '../../model/page.ts';
import type { TimeZones } from '../../model/time-zones.ts';
import { onCallAt } from './on-call-at.ts';
import { quietUntil } from './quiet-until.ts';
import { shiftAt } from './shift-at.ts';

/** Somebody is told. `persons` is null for all whom the channels reach: nobody in the settings is reached by any. */
export interface Call {
  readonly stage: 'engineer' | 'backup' | 'everyone' | 'again';
  readonly at: number;
  readonly persons: readonly string[] | null;
}

export interface PageAt {
  /** `quiet`: it waits for the morning. */
  readonly state: 'quiet' | 'calling' | 'acknowledged' | 'closed';
  /** When it was raised, for the last time. */
  readonly since: number;
  /** When the first person is told, or would have been. */
  readonly begins: number;
  /** The calls that were due until now, in their order. */
  readonly calls: readonly Call[];
  readonly acknowledged: { readonly at: number; readonly by: string } | null;
  /** When there is something to do again; null while nothing is known to come. */
  readonly next: number | null;
}

/** What nobody takes is told to the engineer of each of so many shifts that follow. */
const mostShifts = 14;

/**
 * How a page stands at a time: a pure function of the settings, its events, the time and the rules of time zones. Without settings
 * everybody is told at once. `reached`: the persons to whom a channel leads; who is not reached is not waited for.
 */
export function pageAt(
  settings: OnCall | null,
  zones: TimeZones,
  { events, first }: Pick<Page, 'events' | 'first'>,
  reached: ReadonlySet<string>,
  now: number,
): PageAt {
  const since = latest(events, 'raised');
  // What is said at the moment at which there is more of it was said of what there was before.
  const counts = ({ type, at }: PageEvent) => (type === 'raised' || type === 'worse' ? at >= since : at > since);
  const known = events.filter((event) => event.at <= now && counts(event));
  const begins = known.reduce((earliest, event) => Math.min(earliest, beginOf(settings, zones, event)), Number.POSITIVE_INFINITY);
  const acknowledged = firstAnswer(known);
  const closed = known.some(({ type }) => type === 'closed');
  const end = closed ? Math.min(...known.flatMap(({ type, at }) => (type === 'closed' ? [at] : []))) : Number.POSITIVE_INFINITY;
  // Of before it was raised.
  if (begins === Number.POSITIVE_INFINITY) return { state: 'quiet', since, begins, calls: [], acknowledged: null, next: null };
  const all = callsFrom(settings, zones, first, reached, begins, isCalm(known));
  const calls = all.filter(({ at }) => at <= now && at < Math.min(end, acknowledged?.at ?? end));
  const over = closed || acknowledged !== null;
  return {
    state: closed ? 'closed' : acknowledged !== null ? 'acknowledged' : now < begins ? 'quiet' : 'calling',
    since,
    begins,
    calls,
    acknowledged,
    next: over ? null : (all.find(({ at }) => at > now)?.at ?? null),
  };
}

function latest(events: readonly PageEvent[], wanted: PageEvent['type']): number {
  return events.reduce((last, { type, at }) => (type === wanted ? Math.max(last, at) : last), Number.NEGATIVE_INFINITY);
}

/** It breaks no quiet hours, but for one call where the person on call is reached by nothing. */
function isCalm(events: readonly PageEvent[]): boolean {
  return events.every(
    (event) => (event.type !== 'raised' && event.type !== 'worse') || event.grave === null || event.grave === 'unreachable',
  );
}

function beginOf(settings: OnCall | null, zones: TimeZones, event: PageEvent): number {
  if (event.type !== 'raised' && event.type !== 'worse') return Number.POSITIVE_INFINITY;
  return settings === null || event.grave !== null ? event.at : quietUntil(settings, zones, event.at);
}

/** The first in time; of two at once, the one whose name comes first. */
function firstAnswer(events: readonly PageEvent[]): PageAt['acknowledged'] {
  const answers = events.flatMap((event) => (event.type === 'acknowledged' ? [{ at: event.at, by: event.by }] : []));
  return answers.sort((a, b) => a.at - b.at || (a.by < b.by ? -1 : 1))[0] ?? null;
}

/** All calls of a page that nobody takes. */
function callsFrom(
  settings: OnCall | null,
  zones: TimeZones,
  first: Page['first'],
  reached: ReadonlySet<string>,
  begins: number,
  calm: boolean,
): readonly Call[] {
  if (settings === null) return [{ stage: 'everyone', at: begins, persons: null }];
  const { backup, everyone, patience } = settings;
  const calls: Call[] = [];
  let at = begins;
  const call = (stage: Call['stage'], persons: readonly string[], waitMs: number): void => {
    const told = [...new Set(persons)].filter((person) => reached.has(person));
    if (told.length === 0) return;
    calls.push({ stage, at, persons: told });
    at += waitMs;
    // One has heard of it: the others may sleep.
    if (calm) at = quietUntil(settings, zones, at);
  };
  if (first === 'engineer') call('engineer', [onCallAt(settings, zones, begins).person], patience.engineerMs);
  call('backup', backup, patience.backupMs);
  call('everyone', everyone, 0);
  if (calls.length === 0) return [{ stage: 'everyone', at: begins, persons: null }];
  // Those who come on duty hear of what nobody has taken.
  for (let n = 0, shift = shiftAt(settings, zones, at); n < mostShifts; n++) {
    at = quietUntil(settings, zones, shift.until);
    shift = shiftAt(settings, zones, at);
    call('again', [onCallAt(settings, zones, at).person], 0);
  }
  return calls;
}
