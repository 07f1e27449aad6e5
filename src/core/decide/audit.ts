import { shareAtMost } from '../lib/binomial-bounds.ts';
import { sha256 } from '../lib/hash.ts';

/** Something that automation closed by itself. */
export interface Closed {
  readonly finding: string;
  /** 0 to 1000. */
  readonly risk: number;
  /** `decided`: with a reason; `quiet`: since nothing followed. */
  readonly how: 'decided' | 'quiet';
}

/** In the order in which they are sampled: where a wrong closure costs most first. */
export const strata = ['high decided', 'high quiet', 'medium decided', 'medium quiet', 'low decided', 'low quiet'] as const;
export type Stratum = (typeof strata)[number];

export function stratumOf({ risk, how }: Closed): Stratum {
  return `${risk >= 500 ? 'high' : risk >= 250 ? 'medium' : 'low'} ${how}`;
}

/** The sample of what was closed: some of each stratum, in an order that the salt decides, and not more than `most` in all. */
export function sampleOf(closed: readonly Closed[], perStratum: number, most: number, salt: string): readonly Closed[] {
  const order = ({ finding }: Closed) => sha256(`${salt} ${finding}`);
  return strata
    .flatMap((stratum) =>
      closed
        .filter((one) => stratumOf(one) === stratum)
        .toSorted((a, b) => (order(a) < order(b) ? -1 : 1))
        .slice(0, perStratum),
    )
    .slice(0, most);
}

/** What is known of one stratum: how many were closed, and of those that were judged how many wrongly. */
export interface StratumCount {
  readonly stratum: Stratum;
  readonly closed: number;
  readonly judged: number;
  readonly wrong: number;
}

export interface AuditFigures {
  readonly strata: readonly (StratumCount & {
    /** What the share of wrong closures is at most, 95 of 100 times, in ten-thousandths. */
    readonly atMost: number;
  })[];
  readonly closed: number;
  readonly judged: number;
  readonly wrong: number;
  /** The same for all that was closed. A stratum of which nothing was judged counts as wholly wrong. */
  readonly atMost: number;
}

/**
 * The share of wrong closures, by stratum and in all. The bound of all is the strata's weighed by how much was closed in each, every one held
 * so surely that all of them together hold 95 of 100 times.
 */
export function auditFigures(counts: readonly StratumCount[]): AuditFigures {
  const held = counts.filter(({ closed }) => closed > 0);
  const sum = (part: 'closed' | 'judged' | 'wrong') => held.reduce((total, one) => total + one[part], 0);
  const closed = sum('closed');
  const weighed = held.reduce((total, one) => total + one.closed * shareAtMost(one.wrong, one.judged, held.length), 0);
  return {
    strata: held.map((one) => ({ ...one, atMost: shareAtMost(one.wrong, one.judged) })),
    closed,
    judged: sum('judged'),
    wrong: sum('wrong'),
    atMost: closed === 0 ? 0 : Math.ceil(weighed / closed),
  };
}
