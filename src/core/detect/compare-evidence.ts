import { canonicalJson } from '../lib/canonical-json.ts';
import type { Evidence } from '../model/finding.ts';
import type { Written } from './evidence.ts';

/** The total order of matches: time, then key, then bytes (two records may claim one id). */
export function compareEvidence(a: Evidence, b: Evidence): number {
  return byTimeAndKey(a, b) || (a === b ? 0 : compareTexts(canonicalJson(a), canonicalJson(b)));
}

/** The same order, of what is written. */
export function compareWritten(a: Pick<Written, 'time' | 'key' | 'text'>, b: Pick<Written, 'time' | 'key' | 'text'>): number {
  return byTimeAndKey(a, b) || compareTexts(a.text, b.text);
}

interface Placed {
  readonly time: number;
  readonly key: string;
}

function byTimeAndKey(a: Placed, b: Placed): number {
  if (a.time !== b.time) return a.time - b.time;
  return compareTexts(a.key, b.key);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
