import { shareBounds } from '../lib/binomial-bounds.ts';
import type { Nature, Opinion } from '../model/judging.ts';

/** An opinion of which it is known by now how it turned out. */
export interface Forecast extends Opinion {
  readonly outcome: Nature;
}

/** How good opinions were. */
export interface Score {
  readonly n: number;
  /** The sum of squared misses, each from 0 to 10,000. Brier's score is this by 10,000 n: 0 is perfect, 0.25 is a coin. */
  readonly squares: number;
  /** How many were on the right side. */
  readonly right: number;
  /** By confidence, of those that hold something. */
  readonly bins: readonly CalibrationBin[];
}

/** Opinions of one confidence, from `from` to `to` per cent, both included: as often as they say, they should be right. */
export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  readonly n: number;
  /** The sum of their confidences in per cent. */
  readonly sure: number;
  readonly right: number;
  /** Between what the true share of right ones lies, 95 of 100 times, in ten-thousandths. */
  readonly low: number;
  readonly high: number;
}

/**
 * What an opinion missed by, squared: 0 to 10,000. It is Brier's (1950) rule for two answers, which is proper: who says truly how sure they
 * are expects the least. In whole numbers, so that sums are exact.
 */
export function squaredMiss({ nature, confidence, outcome }: Forecast): number {
  const miss = nature === outcome ? 100 - confidence : confidence;
  return miss * miss;
}

/** The score of opinions, in any order. */
export function scoreOf(forecasts: readonly Forecast[]): Score {
  const isRight = ({ nature, outcome }: Forecast) => nature === outcome;
  const bins = [50, 60, 70, 80, 90].flatMap((from): CalibrationBin[] => {
    const to = from + 9;
    const held = forecasts.filter(({ confidence }) => confidence >= from && confidence <= to);
    if (held.length === 0) return [];
    const right = held.filter(isRight).length;
    const sure = held.reduce((sum, { confidence }) => sum + confidence, 0);
    return [{ from, to, n: held.length, sure, right, ...shareBounds(right, held.length) }];
  });
  return {
    n: forecasts.length,
    squares: forecasts.reduce((sum, one) => sum + squaredMiss(one), 0),
    right: forecasts.filter(isRight).length,
    bins,
  };
}
