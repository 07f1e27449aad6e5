import { idOf } from '../lib/hash.ts';
import { mergeSorted } from '../lib/merge-sorted.ts';
import type { Finding } from '../model/finding.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Rule } from '../model/rule.ts';
import { type Digest, join } from './digest.ts';
import { type Entry, entryKey, findingId } from './entry.ts';
import { findingsOf } from './findings-of.ts';
import { daysAround } from './nest.ts';
import { bucketOf, dayOf, keptBy, type RuleSet } from './rule-set.ts';
import { comparedDays } from './volume-digest.ts';

const day = 86_400_000;
/** The bucket of rows that have no time and are never forgotten: later than any event. */
const timeless = 8_640_000_000_000_000;

/** The digests of one rule, group and day, as they are stored together; `first_seen` has one row for all days. */
export interface DigestBundle {
  readonly key: string;
  readonly rule: string;
  /** Start of the day in milliseconds, or `timeless`. */
  readonly bucket: number;
  readonly group: JsonObject;
  readonly parts: readonly Part[];
}

interface Part {
  readonly bucket: number;
  readonly value: string | null;
  readonly digest: Digest;
}

/** Bundles entries by rule, group and day. Entries of unknown rules are left out. */
export function bundle(entries: readonly Entry[], set: RuleSet): Map<string, DigestBundle> {
  const bundles = new Map<string, DigestBundle & { readonly parts: Part[] }>();
  for (const { rule: id, group, bucket, value, digest } of entries) {
    const rule = set.rules.get(id);
    if (rule === undefined) continue;
    const start = startOf(rule, bucket);
    const key = bundleKey(rule, group, start);
    const known = bundles.get(key) ?? { key, rule: id, bucket: start, group, parts: [] };
    known.parts.push({ bucket, value, digest });
    bundles.set(key, known);
  }
  return bundles;
}

/** Where a bundle is kept, and the event times that can be in it: `bucket <= time < until`. */
export interface BundlePlace {
  readonly key: string;
  readonly bucket: number;
  readonly until: number;
}

/** This bundle and the others that must be seen with it to judge every day that it can change. */
export function neighbourhood(bundle: DigestBundle, set: RuleSet): readonly BundlePlace[] {
  const rule = set.rules.get(bundle.rule);
  if (rule === undefined) return [];
  const starts = new Set([bundle.bucket, ...daysToldBy(bundle, rule).flatMap((start) => daysAsked(start, rule))]);
  // The last bucket of a day may end days later.
  return [...starts].map((start) => ({ key: bundleKey(rule, bundle.group, start), bucket: start, until: start + day + bucketOf(rule) }));
}

/**
 * The days whose findings these parts can change: their own, that of a window which begins in the bucket before, and those
 * that are judged with it.
 */
function daysToldBy(bundle: DigestBundle, rule: Rule): readonly number[] {
  const reach = reachOf(rule);
  if (reach !== null) return daysFrom(bundle.bucket, reach.after, reach.before);
  const length = isWindowed(rule) ? bucketOf(rule) : 0;
  if (length === 0) return [bundle.bucket];
  return [...new Set(bundle.parts.flatMap((part) => [dayOf(part.bucket), dayOf(Math.max(0, part.bucket - length))]))];
}

/** The days of which a day's findings are a function. */
function daysAsked(start: number, rule: Rule): readonly number[] {
  const reach = reachOf(rule);
  return reach === null ? [start, following(start, rule)] : daysFrom(start, reach.before, reach.after);
}

/** A day, so many before it, and so many after it. */
function daysFrom(start: number, before: number, after: number): readonly number[] {
  return Array.from({ length: before + 1 + after }, (_, i) => start + (i - before) * day).filter((one) => one >= 0);
}

/** How many whole days before and after a day its findings are a function of; null where buckets tell. */
function reachOf(rule: Rule): { readonly before: number; readonly after: number } | null {
  if (rule.kind === 'event') return null;
  if (rule.nested !== undefined) return daysAround(rule, rule.nested);
  return rule.type === 'unusual_count' ? { before: comparedDays(rule), after: 0 } : null;
}

/** The day that holds the bucket after the last one of this day: windows reach into it. */
function following(start: number, rule: Rule): number {
  if (!isWindowed(rule)) return start;
  const length = bucketOf(rule);
  const end = start + day - 1;
  return dayOf(end - (end % length) + length);
}

function isWindowed(rule: Rule): boolean {
  return rule.kind === 'correlation' && rule.type !== 'first_seen';
}

/** Joins two bundles of one key, part by part. */
export function joinBundles(a: DigestBundle, b: DigestBundle, set: RuleSet): DigestBundle {
  const rule = set.rules.get(a.rule);
  if (rule === undefined) return a;
  const order = (part: Part) => entryKey(rule, a.group, part.bucket, part.value);
  const sorted = (bundle: DigestBundle) => [...bundle.parts].sort((x, y) => (order(x) < order(y) ? -1 : 1));
  const parts = [...mergeSorted([sorted(a), sorted(b)], order, (x, y) => ({ ...x, digest: join(x.digest, y.digest, keptBy(rule)) }))];
  return { ...a, parts };
}

export interface Evaluation {
  readonly findings: readonly Finding[];
  /** Ids of findings that would stand here and do not: those that exist are to be retracted. */
  readonly absent: readonly string[];
}

/** What stands after these bundles were touched; `all` has them joined, with their neighbours. */
export function evaluate(
  touched: readonly DigestBundle[],
  all: ReadonlyMap<string, DigestBundle>,
  set: RuleSet,
  tenant: string,
): Evaluation {
  const findings = new Map<string, Finding>();
  const possible = new Set<string>();
  for (const bundle of touched) {
    const rule = set.rules.get(bundle.rule);
    if (rule === undefined) continue;
    for (const start of daysToldBy(bundle, rule)) {
      // A day without a match has no finding that the days before it could change.
      if (reachOf(rule) !== null && !all.has(bundleKey(rule, bundle.group, start))) continue;
      const keys = new Set(daysAsked(start, rule).map((time) => bundleKey(rule, bundle.group, time)));
      const entries = [...keys].flatMap((key) => all.get(key) ?? []).flatMap((item) => entriesOf(item, rule));
      entries.sort((a, b) => (a.key < b.key ? -1 : 1));
      for (const finding of findingsOf(entries, set.rules, tenant, start)) {
        if (!isWindowed(rule) || finding.bucket === start) findings.set(finding.id, finding);
      }
      for (const id of possibleIds(bundle, all.get(bundle.key), rule, start, tenant)) possible.add(id);
    }
  }
  return { findings: [...findings.values()], absent: [...possible].filter((id) => !findings.has(id)) };
}

/** What could have been raised before: a value is no longer new when an earlier sight of it, or of its group, comes late. */
function possibleIds(touched: DigestBundle, joined: DigestBundle | undefined, rule: Rule, start: number, tenant: string): string[] {
  if (isWindowed(rule) || rule.kind === 'event') return [findingId(tenant, rule, touched.group, start)];
  return (joined ?? touched).parts.flatMap((part) =>
    part.value === null ? [] : [findingId(tenant, rule, { ...touched.group, value: part.value }, 0)],
  );
}

function entriesOf(bundle: DigestBundle, rule: Rule): Entry[] {
  return bundle.parts.map((part) => ({
    ...part,
    key: entryKey(rule, bundle.group, part.bucket, part.value),
    rule: bundle.rule,
    group: bundle.group,
  }));
}

function startOf(rule: Rule, bucket: number): number {
  return rule.kind === 'correlation' && rule.type === 'first_seen' ? timeless : dayOf(bucket);
}

function bundleKey(rule: Rule, group: JsonObject, start: number): string {
  return idOf(rule.id, rule.major, group, start);
}

/** What a bundle is in the store, and back. */
export function packBundle(bundle: DigestBundle): {
  readonly key: string;
  readonly rule: string;
  readonly bucket: number;
  readonly state: Json;
} {
  const { key, rule, bucket, group, parts } = bundle;
  return { key, rule, bucket, state: { group, parts } as unknown as Json };
}

export function unpackBundle(row: {
  readonly key: string;
  readonly rule: string;
  readonly bucket: number;
  readonly state: Json;
}): DigestBundle {
  const { group, parts } = row.state as unknown as Pick<DigestBundle, 'group' | 'parts'>;
  return { key: row.key, rule: row.rule, bucket: row.bucket, group, parts };
}
