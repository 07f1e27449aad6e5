import { wallAt } from '../../core/decide/on-call/local-time.ts';
import { quietUntil } from '../../core/decide/on-call/quiet-until.ts';
import type { Put } from '../../core/decide/on-call/route-judgement.ts';
import { shiftAt } from '../../core/decide/on-call/shift-at.ts';
import { turnsBetween } from '../../core/decide/on-call/turns-between.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { putKind } from './follow-pages.ts';
import { type NamedOverride, onCallOf, overridesOf, usualLoad } from './on-call-settings.ts';

/** An instant in milliseconds since 1970, and what the clocks of the schedule show then: `2026-12-24 18:00`. */
export interface Moment {
  readonly at: number;
  readonly local: string;
}

interface MomentSpan {
  readonly from: Moment;
  readonly until: Moment;
}

/** Who is on call, and what the shift has brought. */
export interface Duty {
  readonly now: Moment;
  /** False without `oncall.yml`: then everybody is told of everything. */
  readonly isSet: boolean;
  readonly zone: string;
  /** Turns from now on, the first is the one of now. */
  readonly turns: readonly (MomentSpan & { readonly person: string; readonly by: string | null })[];
  readonly backup: readonly string[];
  readonly everyone: readonly string[];
  /** Until when quiet hours last; null outside of them. */
  readonly quietUntil: Moment | null;
  readonly shift: MomentSpan;
  readonly budget: number;
  /** Judgements of this shift: those that count, those beyond the budget, and those of incidents, which are counted apart. */
  readonly load: { readonly judgements: number; readonly beyond: number; readonly apart: number };
  /** Those that are not over yet. */
  readonly overrides: readonly (MomentSpan & Pick<NamedOverride, 'id' | 'person' | 'reason'>)[];
  /** Version of the rules of time zones. */
  readonly zones: string;
}

const mostPut = 10_000;

export function readDuty({ store, tenant, clock }: Pick<ConsoleDeps, 'store' | 'tenant' | 'clock'>, lookAheadMs: number): Promise<Duty> {
  return store.within(tenant, async (tx) => {
    const at = clock.now();
    const { settings, zones } = await onCallOf(tx);
    const { zone, budget, shiftStart } = settings ?? usualLoad;
    const shift = shiftAt({ zone, shiftStart }, zones, at);
    const put = (await tx.items.list({ kind: putKind, since: shift.from, limit: mostPut })).map(
      ({ doc }) => doc as unknown as Put & { readonly defect: boolean },
    );
    const inShift = put.filter((one) => one.at >= shift.from && one.at < shift.until);
    const counted = inShift.filter(({ apart }) => !apart);
    const quiet = settings === null ? at : quietUntil(settings, zones, at);
    const moment = (time: number): Moment => ({
      at: time,
      local: new Date(wallAt(zones, zone, time)).toISOString().slice(0, 16).replace('T', ' '),
    });
    const span = <T extends { readonly from: number; readonly until: number }>(one: T) => ({
      ...one,
      from: moment(one.from),
      until: moment(one.until),
    });
    return {
      now: moment(at),
      isSet: settings !== null,
      zone,
      turns: settings === null ? [] : turnsBetween(settings, zones, at, at + lookAheadMs).map(span),
      backup: settings?.backup ?? [],
      everyone: settings?.everyone ?? [],
      quietUntil: quiet > at ? moment(quiet) : null,
      shift: span(shift),
      budget,
      load: {
        judgements: counted.length,
        beyond: counted.filter(({ defect }) => defect).length,
        apart: inShift.length - counted.length,
      },
      overrides: (await overridesOf(tx)).filter(({ until }) => until > at).map(({ setAt: _, ...one }) => span(one)),
      zones: zones.version,
    };
  });
}
