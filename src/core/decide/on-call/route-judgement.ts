import type { OnCall } from '../../model/on-call.ts';
import type { TimeZones } from '../../model/time-zones.ts';
import type { Span } from './daily-window.ts';
import { shiftAt } from './shift-at.ts';

/** A judgement that was put to somebody. */
export interface Put {
  readonly at: number;
  readonly to: 'engineer' | 'backup';
  /** An incident suspended the budget: it is counted apart. */
  readonly apart: boolean;
}

export interface Routed extends Put {
  readonly shift: Span;
  /** Which one of its shift it is, those apart not counted; 0 of one that is apart. */
  readonly nth: number;
  /** The budget was used up: an item against the automation, which asks too much. */
  readonly defect: boolean;
}

/**
 * Whom a judgement goes to: the engineer, as long as the budget of the shift lasts, and then the backup team. `before`: those that were put to
 * somebody already. During an incident the engineer gets all of them, counted apart.
 */
export function routeJudgement(
  settings: Pick<OnCall, 'zone' | 'shiftStart' | 'budget'>,
  zones: TimeZones,
  at: number,
  before: readonly Put[],
  suspended: boolean,
): Routed {
  const shift = shiftAt(settings, zones, at);
  if (suspended) return { at, to: 'engineer', apart: true, shift, nth: 0, defect: false };
  const nth = 1 + before.filter((put) => !put.apart && put.at >= shift.from && put.at < shift.until).length;
  const over = nth > settings.budget;
  return { at, to: over ? 'backup' : 'engineer', apart: false, shift, nth, defect: over };
}
