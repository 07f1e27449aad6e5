import type { Evidence, Measured, Travel } from '../model/finding.ts';
import type { CorrelationRule, Criterion } from '../model/rule.ts';
import { compareEvidence } from './compare-evidence.ts';
import type { Digest, Kept, Values } from './digest.ts';
import type { Entry } from './entry.ts';
import { firstTravel } from './first-travel.ts';
import { measure, meets, type Numbers } from './numbers-digest.ts';
import { firstChain, type Ordered } from './ordered-digest.ts';

/** Matches that raise a finding; `more`: there are others that are not here. */
export interface Window {
  readonly items: readonly Evidence[];
  readonly more: boolean;
  readonly measured?: Measured;
  readonly travel?: Travel;
}

/**
 * The first half-open window [t, t + timespan) that begins in this bucket and holds enough; it ends in the next at the
 * latest. A condition that more events can make false is asked of the bucket as a whole.
 */
export function firstWindow(entry: Entry, next: Entry | null, rule: CorrelationRule): Window | null {
  const { digest } = entry;
  if (digest.t === 'ordered') return windowInOrder(digest, next?.digest.t === 'ordered' ? next.digest : null, rule);
  if (digest.t === 'numbers') return windowOfNumbers(digest, next?.digest.t === 'numbers' ? next.digest : null, rule);
  if (rule.criteria !== undefined) return wholeBucket(digest, rule.criteria);
  if (digest.t === 'kept') return windowOfMatches(digest, next?.digest.t === 'kept' ? next.digest : null, rule);
  if (digest.t === 'values' && rule.travel !== undefined)
    return firstTravel(digest, next?.digest.t === 'values' ? next.digest : null, rule.timespan, rule.travel);
  if (digest.t === 'values') return windowOfValues(digest, next?.digest.t === 'values' ? next.digest : null, rule);
  return null;
}

function windowOfMatches(here: Kept, next: Kept | null, rule: CorrelationRule): Window | null {
  const all = [...here.items, ...(next?.items ?? [])];
  for (let i = 0; i < here.items.length; i++) {
    const from = here.items[i]?.time ?? 0;
    if (i > 0 && here.items[i - 1]?.time === from) continue;
    const items = all.slice(i).filter((item) => item.time < from + rule.timespan);
    if (items.length >= rule.threshold) return { items, more: here.more || (next?.more ?? false) };
  }
  return null;
}

function windowOfValues(here: Values, next: Values | null, rule: CorrelationRule): Window | null {
  // Beyond what is kept, the bucket alone holds more than the threshold asks for.
  if (here.more) return { items: here.values.map((seen) => seen.first), more: true };
  const starts = [...new Set(here.values.flatMap((seen) => [seen.first.time, seen.last]))].sort((a, b) => a - b);
  for (const from of starts) {
    const items = new Map<string, Evidence>();
    // Seen after the window's start within this bucket, or before its end within the next.
    for (const seen of here.values) if (seen.last >= from) items.set(seen.value, seen.first);
    for (const seen of next?.values ?? [])
      if (seen.first.time < from + rule.timespan && !items.has(seen.value)) items.set(seen.value, seen.first);
    if (items.size >= rule.threshold) return { items: [...items.values()].sort(compareEvidence), more: next?.more ?? false };
  }
  return null;
}

/** More is kept than the largest number in the criteria, so that what was dropped changes no answer. */
function wholeBucket(digest: Digest, criteria: readonly Criterion[]): Window | null {
  const items = digest.t === 'kept' ? digest.items : digest.t === 'values' ? digest.values.map((seen) => seen.first) : [];
  if (!criteria.every((criterion) => meets(items.length, criterion))) return null;
  return { items, more: (digest.t === 'kept' || digest.t === 'values') && digest.more };
}

function windowInOrder(here: Ordered, next: Ordered | null, rule: CorrelationRule): Window | null {
  const items = firstChain(here, next, rule.rules, rule.timespan);
  return items === null ? null : { items, more: false };
}

function windowOfNumbers(here: Numbers, next: Numbers | null, rule: CorrelationRule): Window | null {
  const found = measure(here, next, rule);
  if (found === null) return null;
  const { measured, span } = found;
  if (span === null) return { items: here.items, more: here.moreItems, measured };
  const items = [...here.items, ...(next?.items ?? [])].filter(({ time }) => time >= span.from && time < span.until);
  const more = here.moreItems || (next?.moreItems ?? false);
  // The first matches are kept, and the span may begin after them.
  return { items: items.length > 0 ? items : here.items, more, measured };
}
