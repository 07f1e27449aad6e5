import type { JsonObject } from '../model/json.ts';
import type { CorrelationRule } from '../model/rule.ts';
import type { Entry } from './entry.ts';
import { daysAround, readLabel, sliceOf } from './nest.ts';
import { firstNestedWindow, type Part } from './nest-holds.ts';
import type { Window } from './window.ts';

const day = 86_400_000;
/** Of one inner correlation so many groups are looked at in a slice, the first in the order of their names. */
const mostGroups = 1_000;

/** A window, and the start of the day that it is told for. */
export interface NestedFinding {
  readonly bucket: number;
  readonly window: Window;
}

/**
 * Judges one group of a correlation over correlations, of which the digests come in the order of time: day by day, holding
 * the days that are judged together.
 */
export class NestDays {
  readonly rule: CorrelationRule;
  readonly group: JsonObject;
  private readonly nested: readonly CorrelationRule[];
  private readonly slice: number;
  private readonly around: ReturnType<typeof daysAround>;
  private parts: Part[] = [];
  /** Days with a digest that are not judged yet, in order. */
  private days: number[] = [];
  private readonly onlyDay: number | null;
  private lot = '';
  private groupsOfLot = 0;

  constructor(rule: CorrelationRule, nested: readonly CorrelationRule[], group: JsonObject, onlyDay: number | null = null) {
    this.rule = rule;
    this.group = group;
    this.onlyDay = onlyDay;
    this.nested = nested;
    this.slice = sliceOf(rule, nested);
    this.around = daysAround(rule, nested);
  }

  *add({ bucket, value, digest }: Entry): Generator<NestedFinding> {
    if (digest.t !== 'ends' || value === null) return;
    const start = bucket - (bucket % day);
    if (this.days.at(-1) !== start) {
      yield* this.judge(start - (this.around.after + 1) * day);
      this.days.push(start);
    }
    const label = readLabel(value);
    const lot = JSON.stringify([bucket, label.node, label.input]);
    this.groupsOfLot = lot === this.lot ? this.groupsOfLot + 1 : 1;
    this.lot = lot;
    if (this.groupsOfLot <= mostGroups) this.parts.push({ bucket, ...label, digest });
  }

  /** Judges all days that are left. */
  end(): Generator<NestedFinding> {
    return this.judge(Number.POSITIVE_INFINITY);
  }

  /** Judges the days up to this one, and forgets what those after it do not ask for. */
  private *judge(last: number): Generator<NestedFinding> {
    const due = this.days.filter((start) => start <= last);
    if (due.length === 0) return;
    this.days = this.days.filter((start) => start > last);
    for (const bucket of due) {
      if (this.onlyDay !== null && bucket !== this.onlyDay) continue;
      const since = bucket - this.around.before * day;
      const until = bucket + (this.around.after + 1) * day;
      const parts = this.parts.filter((part) => part.bucket >= since && part.bucket < until);
      // The slices that begin in the day.
      const from = bucket + ((this.slice - (bucket % this.slice)) % this.slice);
      const end = bucket + day + ((this.slice - ((bucket + day) % this.slice)) % this.slice);
      const window = firstNestedWindow(parts, this.rule, this.nested, this.group, from, end);
      if (window !== null) yield { bucket, window };
    }
    const next = this.days[0] ?? last + day;
    this.parts = this.parts.filter((part) => part.bucket >= next - this.around.before * day);
  }
}
