import { type Severity, severities } from '../../model/severity.ts';

const day = 86_400_000;

/** How many findings were open when a day ended; of the day that is not over, now. */
export interface TrendDay {
  /** Midnight UTC with which it begins, in milliseconds since 1970. */
  readonly day: number;
  readonly open: { readonly [severity in Severity]: number };
  /** By part of the business, sorted by name; null for what belongs to none. Without what is 0. */
  readonly units: readonly { readonly unit: string | null; readonly open: number }[];
}

/** When findings were open. */
export interface TrendItem {
  readonly severity: Severity;
  readonly unit: string | null;
  /** Half-open. */
  readonly spans: readonly { readonly from: number; readonly until: number | null }[];
}

/**
 * The daily sums of the last `days` days up to `now`, of what findings' lives say and of nothing that counts along: what was written down late or
 * twice gives the same sums. Takes findings one by one, and keeps sums only.
 */
export class RiskTrend {
  readonly #first: number;
  readonly #now: number;
  readonly #sums: { readonly severities: Map<Severity, number>; readonly units: Map<string | null, number> }[];

  constructor(now: number, days: number) {
    this.#now = now;
    this.#first = Math.floor(now / day) - days + 1;
    this.#sums = Array.from({ length: days }, () => ({ severities: new Map(), units: new Map() }));
  }

  /** The beginning of its first day: what ended before does not count. */
  get since(): number {
    return this.#first * day;
  }

  add({ severity, unit, spans }: TrendItem): void {
    for (const [index, sums] of this.#sums.entries()) {
      // The last millisecond of the day, or this one.
      const at = Math.min((this.#first + index + 1) * day - 1, this.#now);
      if (!spans.some(({ from, until }) => from <= at && (until === null || until > at))) continue;
      sums.severities.set(severity, (sums.severities.get(severity) ?? 0) + 1);
      sums.units.set(unit, (sums.units.get(unit) ?? 0) + 1);
    }
  }

  days(): readonly TrendDay[] {
    return this.#sums.map(({ severities: bySeverity, units }, index) => ({
      day: (this.#first + index) * day,
      open: Object.fromEntries(severities.map((severity) => [severity, bySeverity.get(severity) ?? 0])) as TrendDay['open'],
      units: [...units].map(([unit, open]) => ({ unit, open })).sort((a, b) => ((a.unit ?? '') < (b.unit ?? '') ? -1 : 1)),
    }));
  }
}
