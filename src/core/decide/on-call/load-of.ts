import type { OnCall } from '../../model/on-call.ts';
import type { TimeZones } from '../../model/time-zones.ts';
import type { Span } from './daily-window.ts';
import type { Put } from './route-judgement.ts';
import { shiftAt } from './shift-at.ts';

/** A judgement that was put to somebody, with what it was about. */
export interface PutAbout extends Put {
  /** Beyond the budget. */
  readonly defect: boolean;
  readonly rule: string;
  readonly guardrails: readonly string[];
  /** Rule and group of its finding: what asks for the same again has the same. */
  readonly about: string;
  /** How many findings it asks about, and how many of them are open still. */
  readonly findings: number;
  readonly open: number;
}

/** A page from its first call on. */
export interface PagePast {
  readonly called: number;
  /** When somebody took it, or answered; null: nobody has. */
  readonly taken: number | null;
  /** When it was over, or answered; null: it is not. */
  readonly ended: number | null;
}

/** What an hour brought. */
export interface Tally {
  readonly at: number;
  /** Events that were read. */
  readonly events: number;
  /** Findings that were decided about for the first time. */
  readonly decided: number;
}

export interface Load {
  /** Judgements that count against the budget, and of those the ones beyond it. */
  readonly judgements: number;
  readonly beyond: number;
  /** Those of incidents, which are counted apart. */
  readonly apart: number;
  readonly pages: number;
  /** Half of the pages that were taken were taken within so many milliseconds; null where none was. */
  readonly takenWithin: number | null;
  /** Of people's time, in milliseconds: from taking a page, or from its call where it was answered at once, until its end; an hour at most for each. */
  readonly worked: number;
  readonly events: number;
  readonly decided: number;
  /** Findings that came then and are not over: whether a person is asked about them is not known yet. */
  readonly open: number;
  /** Findings that a person was asked about. */
  readonly asked: number;
  /** Findings that were decided about and are over, and no person was asked about them. */
  readonly alone: number;
  /** Questions about the same rule and group as one within the thirty days before. */
  readonly repeats: number;
}

export interface ShiftLoad extends Load {
  readonly shift: Span;
  /** What asked, the most frequent first; only of a shift beyond the budget. */
  readonly causes: readonly { readonly rule: string; readonly guardrails: readonly string[]; readonly n: number }[];
}

const repeatMs = 30 * 86_400_000;
const mostWorkedMs = 3_600_000;
/** A shift may have begun before the range; many would be no report any more. */
const mostShifts = 800;

/**
 * What each shift of a range brought, the latest first, and the whole. `puts` may reach back before the range, so that repeats are known. A page counts where its
 * first call was. `open`: when each finding came that is open now, in milliseconds since 1970.
 */
export function loadOf(
  settings: Pick<OnCall, 'zone' | 'shiftStart'>,
  zones: TimeZones,
  { from, until }: Span,
  facts: {
    readonly puts: readonly PutAbout[];
    readonly pages: readonly PagePast[];
    readonly tallies: readonly Tally[];
    readonly open: readonly number[];
  },
  now: number,
): { readonly shifts: readonly ShiftLoad[]; readonly whole: Load } {
  const shifts: Span[] = [];
  for (
    let shift = shiftAt(settings, zones, from);
    shift.from < until && shifts.length < mostShifts;
    shift = shiftAt(settings, zones, shift.until)
  )
    shifts.push(shift);
  const of = (span: Span): Load => within(span, facts, now);
  const first = shifts[0]?.from ?? from;
  return {
    shifts: shifts.reverse().map((shift) => {
      const load = of(shift);
      return { shift, ...load, causes: load.beyond === 0 ? [] : causesOf(facts.puts.filter((put) => !put.apart && isIn(shift, put.at))) };
    }),
    whole: of({ from: first, until: shifts[0]?.until ?? until }),
  };
}

function within(span: Span, { puts, pages, tallies, open }: Parameters<typeof loadOf>[3], now: number): Load {
  const own = puts.filter(({ at }) => isIn(span, at));
  const counted = own.filter(({ apart }) => !apart);
  const called = pages.filter((page) => isIn(span, page.called));
  const waits = called.flatMap(({ called: at, taken }) => (taken === null ? [] : [taken - at])).sort((a, b) => a - b);
  const hours = tallies.filter(({ at }) => isIn(span, at));
  const decided = hours.reduce((sum, hour) => sum + hour.decided, 0);
  const stillOpen = open.filter((at) => isIn(span, at)).length;
  const asked = own.reduce((sum, { findings }) => sum + findings, 0);
  const askedAndOver = own.reduce((sum, put) => sum + put.findings - put.open, 0);
  return {
    judgements: counted.length,
    beyond: counted.filter(({ defect }) => defect).length,
    apart: own.length - counted.length,
    pages: called.length,
    takenWithin: waits[Math.ceil(waits.length / 2) - 1] ?? null,
    worked: called.reduce((sum, page) => sum + workedOn(page, now), 0),
    events: hours.reduce((sum, { events }) => sum + events, 0),
    decided,
    open: stillOpen,
    asked,
    alone: Math.max(0, decided - stillOpen - askedAndOver),
    repeats: own.filter((put) => puts.some((other) => other.about === put.about && other.at < put.at && other.at >= put.at - repeatMs))
      .length,
  };
}

function workedOn({ called, taken, ended }: PagePast, now: number): number {
  if (taken === null) return 0;
  const end = ended ?? now;
  // An answer takes what nobody had taken before.
  return Math.min(mostWorkedMs, Math.max(0, end - (taken < end ? taken : called)));
}

function causesOf(puts: readonly PutAbout[]): ShiftLoad['causes'] {
  const groups = Map.groupBy(puts, ({ rule, guardrails }) => JSON.stringify([rule, guardrails]));
  return [...groups.values()]
    .flatMap((group) => group.slice(0, 1).map(({ rule, guardrails }) => ({ rule, guardrails, n: group.length })))
    .sort((a, b) => b.n - a.n || (a.rule < b.rule ? -1 : 1));
}

function isIn({ from, until }: Span, at: number): boolean {
  return at >= from && at < until;
}
