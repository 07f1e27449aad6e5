import { canonicalJson } from '../lib/canonical-json.ts';
import type { Evidence } from '../model/finding.ts';

/** The total order of matches: time, then key, then bytes (two records may claim one id). */
export function compareEvidence(a: Evidence, b: Evidence): number {
  if (a.time !== b.time) return a.time - b.time;
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  if (a === b) return 0;
  const [x, y] = [canonicalJson(a), canonicalJson(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}
