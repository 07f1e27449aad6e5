import type { Baseline, Evidence } from '../model/finding.ts';
import { compareEvidence } from './compare-evidence.ts';

const day = 86_400_000;
/** So many days of a value are kept, the earliest: a quarter of a year. */
const keptDays = 92;
/** Of what was known, the earliest so many values are looked at to tell what is usual; a finding tells so many of them. */
const lookedAt = 256;
const toldUsual = 5;

/** The earliest match of all, and the UTC days (since 1970) on which there was one. */
export interface First {
  readonly t: 'first';
  readonly item: Evidence;
  readonly days: readonly number[];
}

export function joinFirst(a: First, b: First): First {
  const days = a.days === b.days ? a.days : smallestDays([...a.days, ...b.days]);
  return { t: 'first', item: compareEvidence(a.item, b.item) <= 0 ? a.item : b.item, days };
}

export function epochDay(time: number): number {
  return Math.floor(time / day);
}

/** The earliest different days, in order. */
export function smallestDays(days: readonly number[]): readonly number[] {
  return [...new Set(days)].sort((a, b) => a - b).slice(0, keptDays);
}

/** A value of a group, as it was seen. */
export interface SeenValue {
  readonly value: string;
  readonly digest: First;
}

/**
 * The values that came up only after the learning period, each with the baseline that it departs from: what had been
 * known before its first time, so that what comes later changes nothing. `learning` in milliseconds.
 */
export function* newValues(
  head: First,
  values: readonly SeenValue[],
  learning: number,
): Generator<{ readonly value: string; readonly item: Evidence; readonly baseline: Baseline }> {
  const inOrder = [...values].sort((a, b) => compareEvidence(a.digest.item, b.digest.item) || (a.value < b.value ? -1 : 1));
  for (const [known, { value, digest }] of inOrder.entries()) {
    const { item } = digest;
    if (item.time - head.item.time < learning) continue;
    const today = epochDay(item.time);
    const before = (days: readonly number[]) => days.filter((one) => one < today).length;
    const usual = inOrder
      .slice(0, Math.min(known, lookedAt))
      .map((one) => ({ days: before(one.digest.days), value: one.value }))
      .filter(({ days }) => days > 0)
      .sort((a, b) => b.days - a.days || (a.value < b.value ? -1 : 1))
      .slice(0, toldUsual);
    const days = before(head.days);
    yield { value, item, baseline: { atLeast: days >= keptDays, days, known, since: head.item.time, usual } };
  }
}
