import { canonicalJson } from '../lib/canonical-json.ts';
import { idOf } from '../lib/hash.ts';
import type { Event } from '../model/event.ts';
import type { Evidence, ResourceRef } from '../model/finding.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { CorrelationRule, EventRule, Rule } from '../model/rule.ts';
import type { Source } from '../model/source.ts';
import { compareEvidence } from './compare-evidence.ts';
import { type Digest, keep, type Seen } from './digest.ts';
import { evidenceOf, matchedResource } from './evidence.ts';
import { type Feed, FeedMemory, isTaken, type Taken } from './feed-memory.ts';
import { epochDay, smallestDays } from './first-digest.ts';
import { keptNumbers, type Sample, samplesOf, smallest } from './numbers-digest.ts';
import { orderedOf } from './ordered-digest.ts';
import { bucketOf, dayOf, keptBy, type RuleSet, type SourceRules } from './rule-set.ts';
import type { ScannedRow } from './scanned-row.ts';
import { viewedTexts } from './views.ts';
import { keptHashes, smallestHashes, volumeHash } from './volume-digest.ts';

/** A digest with its place in the order of all digests: rule, group, bucket, value. */
export interface Entry {
  /** Sorts entries so that those of one rule and group are neighbours, in time order. */
  readonly key: string;
  readonly rule: string;
  readonly group: JsonObject;
  /** Start of the bucket in milliseconds; 0 for `first_seen`. */
  readonly bucket: number;
  /** Of `first_seen`: the value; null is the group as a whole. */
  readonly value: string | null;
  readonly digest: Digest;
}

type Mutable = { readonly group: JsonObject; readonly bucket: number; readonly value: string | null; readonly rule: Rule } & (
  | { readonly t: 'kept'; readonly items: Evidence[]; more: boolean }
  | { readonly t: 'values'; readonly seen: Map<string, { first: Evidence; last: number }>; more: boolean }
  | { readonly t: 'first'; item: Evidence; days: number[] }
  | { readonly t: 'ordered'; items: Evidence[]; more: boolean }
  | { readonly t: 'numbers'; readonly items: Evidence[]; moreItems: boolean; samples: Sample[]; more: boolean; negative: boolean }
  | { readonly t: 'volume'; readonly items: Evidence[]; moreItems: boolean; hashes: Set<string>; more: boolean }
);

/** So many numbers take the memory of a match. */
const samplesOfSize = 8;

/** `key` of an entry; texts are JSON, so that hostile values cannot imitate a separator. */
export function entryKey(rule: Rule, group: JsonObject, bucket: number, value: string | null): string {
  return `${rule.id}@${rule.major}\u0000${canonicalJson(group)}\u0000${String(bucket).padStart(16, '0')}\u0000${value === null ? '' : JSON.stringify(value)}`;
}

/**
 * Turns events into digests. What it holds is the join of what it was given, in whatever order; `drain` hands it over
 * sorted by key and begins anew, so that memory stays bounded and the parts can be joined later.
 */
export class Accumulator {
  /** How many matches are held: what memory is bounded by. */
  size = 0;
  private readonly set: RuleSet;
  private readonly digests = new Map<string, Mutable>();
  private readonly matched: number[] = [];
  private memory = new FeedMemory(() => -1);
  private memoryEpoch = -1;
  /** How often digests were handed over. */
  private handedOver = 0;

  constructor(set: RuleSet) {
    this.set = set;
  }

  add(event: Event): void {
    const asked = this.set.bySource.get(event.source);
    if (asked !== undefined && asked.matcher.match(event.raw, this.matched) > 0) this.addMatched(event, asked);
  }

  /** As `add`, of a scanned record of this source; `eventOf` is asked only when some rule matches. */
  addRow(row: ScannedRow, source: Source, eventOf: () => Event | null): void {
    const asked = this.set.bySource.get(source);
    if (asked === undefined || asked.matcher.matchRow(row, this.matched) === 0) return;
    if (this.memoryEpoch !== asked.matcher.epoch()) {
      this.memoryEpoch = asked.matcher.epoch();
      this.memory = new FeedMemory((path) => asked.matcher.columns.indexOf(path));
    }
    const event = this.isTaken(row, asked) ? null : eventOf();
    if (event === null) this.matched.length = 0;
    else this.addMatched(event, asked, row);
  }

  /** Does the record only feed correlations that have taken the like of it? */
  private isTaken(row: ScannedRow, asked: SourceRules): boolean {
    for (const number of this.matched) {
      if (asked.events[number]?.raises) return false;
      for (const feed of asked.feeds[number] ?? []) {
        const taken = this.memory.of(feed, row);
        if (taken === undefined || !isTaken(taken, row, bucketOf(feed.rule), keptBy(feed.rule), this.handedOver)) return false;
      }
    }
    return true;
  }

  private addMatched(event: Event, asked: SourceRules, row: ScannedRow | null = null): void {
    const { matched } = this;
    for (const number of matched) {
      const rule = asked.events[number];
      if (rule === undefined) continue;
      if (rule.raises) this.addMatch(event, rule);
      for (const feed of asked.feeds[number] ?? []) {
        const taken = this.feed(event, rule, feed);
        if (row !== null && taken !== null) this.memory.remember(feed, row, taken);
      }
    }
    matched.length = 0;
  }

  private addMatch(event: Event, rule: EventRule): void {
    const { words } = event;
    const bucket = dayOf(event.time);
    const actor = words.actor?.uid ?? words.ip ?? '';
    const about = matchedResource(event, rule);
    const resource = about?.uid ?? '';
    const local = `${rule.id}\u0000${bucket}\u0000${words.account}\u0000${actor}\u0000${resource}`;
    const digest = this.held(local, () => ({
      rule,
      group: { account: words.account, actor, resource },
      bucket,
      value: null,
      t: 'kept',
      items: [],
      more: false,
    }));
    this.keepIn(digest, event, rule, about);
  }

  /** Returns what need not be told again; null where everything must. */
  private feed(event: Event, rule: EventRule, { rule: correlation, groupBy, field }: Feed): Taken | null {
    const group: Record<string, Json> = {};
    for (const { name, path } of groupBy) {
      const value = viewedTexts(event.raw, path)[0];
      // Nothing to group by: the event belongs to no group.
      if (value === undefined) return { t: 'none' };
      group[name] = value;
    }
    const length = bucketOf(correlation);
    const bucket = length === 0 ? 0 : event.time - (event.time % length);
    const local = `${correlation.id}\u0000${bucket}\u0000${JSON.stringify(Object.values(group))}`;
    switch (correlation.type) {
      case 'event_count': {
        const digest = this.held(local, () => ({ rule: correlation, group, bucket, value: null, t: 'kept', items: [], more: false }));
        this.keepIn(digest, event, rule);
        return digest.t === 'kept' ? { t: 'kept', bucket, digest, held: this.handedOver } : null;
      }
      case 'first_seen':
        this.first(local, null, group, event, rule, correlation);
        for (const value of viewedTexts(event.raw, field)) this.first(local, value, group, event, rule, correlation);
        return { t: 'first', days: [epochDay(event.time)], time: event.time };
      case 'temporal_ordered':
        this.order(local, group, bucket, event, rule, correlation);
        return null;
      case 'unusual_count': {
        const counted = correlation.field === null ? [[event.time, event.key] as const] : viewedTexts(event.raw, field);
        if (counted.length === 0) return { t: 'none' };
        this.countDay(local, group, bucket, counted.map(volumeHash), event, rule, correlation);
        const digest = this.digests.get(local);
        const isOneValue = correlation.field !== null && counted.length === 1;
        return isOneValue && digest?.t === 'volume' ? { t: 'counted', bucket, digest, held: this.handedOver } : null;
      }
      case 'value_count':
      case 'temporal': {
        const values = correlation.type === 'temporal' ? [rule.id] : viewedTexts(event.raw, field);
        for (const value of values) this.see(local, bucket, value, group, event, rule, correlation);
        const [value] = values;
        if (value === undefined) return { t: 'none' };
        const digest = this.digests.get(local);
        const seen = values.length === 1 && digest?.t === 'values' ? digest.seen.get(value) : undefined;
        return seen === undefined ? null : { t: 'seen', bucket, seen, held: this.handedOver };
      }
      default: {
        const samples = samplesOf(viewedTexts(event.raw, field), event.time, event.key, correlation);
        if (samples.length > 0) this.sample(local, group, bucket, samples, event, rule, correlation);
        return null;
      }
    }
  }

  /** The digest of this name, made where there is none. */
  private held(local: string, make: () => Mutable): Mutable {
    let digest = this.digests.get(local);
    if (digest === undefined) {
      digest = make();
      this.digests.set(local, digest);
    }
    return digest;
  }

  private keepIn(digest: Mutable, event: Event, rule: EventRule, about?: ResourceRef): void {
    if (digest.t !== 'kept') return;
    const before = digest.items.length;
    if (keep(digest.items, event.time, event.key, keptBy(digest.rule), () => this.evidence(event, rule, about))) digest.more = true;
    this.size += digest.items.length - before;
  }

  private evidence(event: Event, rule: EventRule, about?: ResourceRef): Evidence {
    return evidenceOf(event, rule, about, this.set.metEntries(event.raw, rule));
  }

  private first(local: string, value: string | null, group: JsonObject, event: Event, rule: EventRule, correlation: CorrelationRule): void {
    const key = `${local}\u0000${value === null ? '' : JSON.stringify(value)}`;
    const digest = this.digests.get(key);
    const day = epochDay(event.time);
    if (digest === undefined) {
      this.digests.set(key, { rule: correlation, group, bucket: 0, value, t: 'first', item: this.evidence(event, rule), days: [day] });
      this.size++;
      return;
    }
    if (digest.t !== 'first') return;
    if (!digest.days.includes(day)) digest.days = [...smallestDays([...digest.days, day])];
    if (event.time > digest.item.time) return;
    const item = this.evidence(event, rule);
    if (compareEvidence(item, digest.item) < 0) digest.item = item;
  }

  private order(local: string, group: JsonObject, bucket: number, event: Event, rule: EventRule, correlation: CorrelationRule): void {
    const digest = this.held(local, () => ({ rule: correlation, group, bucket, value: null, t: 'ordered', items: [], more: false }));
    if (digest.t !== 'ordered') return;
    digest.items.push(this.evidence(event, rule));
    this.size++;
    const k = keptBy(correlation);
    // Trimmed now and then rather than at each match.
    if (digest.items.length < 4 * k * correlation.rules.length) return;
    const { items, more } = orderedOf(digest.items, digest.more, k);
    this.size -= digest.items.length - items.length;
    digest.items = [...items];
    digest.more = more;
  }

  private sample(
    local: string,
    group: JsonObject,
    bucket: number,
    samples: readonly Sample[],
    event: Event,
    rule: EventRule,
    correlation: CorrelationRule,
  ): void {
    const digest = this.held(local, () => ({
      rule: correlation,
      group,
      bucket,
      value: null,
      t: 'numbers',
      items: [],
      moreItems: false,
      samples: [],
      more: false,
      negative: false,
    }));
    if (digest.t !== 'numbers') return;
    const before = digest.items.length;
    if (keep(digest.items, event.time, event.key, keptBy(correlation), () => this.evidence(event, rule))) digest.moreItems = true;
    this.size += digest.items.length - before + samples.length / samplesOfSize;
    for (const sample of samples) {
      digest.samples.push(sample);
      digest.negative ||= sample.value < 0;
    }
    if (digest.samples.length < 2 * keptNumbers) return;
    const kept = smallest(digest.samples);
    this.size -= (digest.samples.length - kept.samples.length) / samplesOfSize;
    digest.samples = [...kept.samples];
    digest.more ||= kept.more;
  }

  private countDay(
    local: string,
    group: JsonObject,
    bucket: number,
    hashes: readonly string[],
    event: Event,
    rule: EventRule,
    correlation: CorrelationRule,
  ): void {
    const digest = this.held(local, () => ({
      rule: correlation,
      group,
      bucket,
      value: null,
      t: 'volume',
      items: [],
      moreItems: false,
      hashes: new Set(),
      more: false,
    }));
    if (digest.t !== 'volume') return;
    const before = digest.items.length;
    if (keep(digest.items, event.time, event.key, keptBy(correlation), () => this.evidence(event, rule))) digest.moreItems = true;
    const held = digest.hashes.size;
    for (const hash of hashes) digest.hashes.add(hash);
    if (digest.hashes.size >= 2 * keptHashes) {
      digest.hashes = new Set(smallestHashes(digest.hashes).hashes);
      digest.more = true;
    }
    this.size += digest.items.length - before + (digest.hashes.size - held) / samplesOfSize;
  }

  private see(
    local: string,
    bucket: number,
    value: string,
    group: JsonObject,
    event: Event,
    rule: EventRule,
    correlation: CorrelationRule,
  ): void {
    const digest = this.held(local, () => ({ rule: correlation, group, bucket, value: null, t: 'values', seen: new Map(), more: false }));
    if (digest.t !== 'values') return;
    const known = digest.seen.get(value);
    if (known !== undefined) {
      known.last = Math.max(known.last, event.time);
      if (event.time > known.first.time) return;
      const item = this.evidence(event, rule);
      if (compareEvidence(item, known.first) < 0) known.first = item;
      return;
    }
    digest.seen.set(value, { first: this.evidence(event, rule), last: event.time });
    this.size++;
    const k = keptBy(correlation);
    // Trimmed now and then rather than at each new value.
    if (digest.seen.size < 2 * k) return;
    const sorted = sortedValues(digest.seen);
    for (const { value: dropped } of sorted.slice(k)) digest.seen.delete(dropped);
    this.size -= sorted.length - k;
    digest.more = true;
  }

  /** All digests, sorted by key; nothing is held afterwards. */
  drain(): Entry[] {
    return this.handOver().map(entryOf).sort(byKey);
  }

  /**
   * As `drain`, in two lists. What stateless rules matched has the id of its finding as key: so their findings can be
   * made one after the other in the order of ids, and need not be sorted.
   */
  drainApart(tenant: string): { readonly stateless: Entry[]; readonly others: Entry[] } {
    const all = this.handOver();
    const stateless = all.filter(({ rule }) => rule.kind === 'event');
    return {
      stateless: stateless
        .map((digest) => ({ ...entryOf(digest), key: findingId(tenant, digest.rule, digest.group, digest.bucket) }))
        .sort(byKey),
      others: all
        .filter(({ rule }) => rule.kind !== 'event')
        .map(entryOf)
        .sort(byKey),
    };
  }

  private handOver(): readonly Mutable[] {
    const all = [...this.digests.values()];
    this.digests.clear();
    this.handedOver++;
    this.size = 0;
    return all;
  }
}

function entryOf(digest: Mutable): Entry {
  const { rule, group, bucket, value } = digest;
  return { key: entryKey(rule, group, bucket, value), rule: rule.id, group, bucket, value, digest: frozen(digest) };
}

function byKey(a: Entry, b: Entry): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

/** The id of the finding that a rule raises for a group and bucket: never of an event or an exact time. */
export function findingId(tenant: string, rule: Pick<Rule, 'id' | 'major'>, group: JsonObject, bucket: number): string {
  return idOf(tenant, rule.id, rule.major, group, bucket);
}

function frozen(digest: Mutable): Digest {
  if (digest.t === 'first') return { t: 'first', item: digest.item, days: smallestDays(digest.days) };
  if (digest.t === 'kept') return { t: 'kept', items: digest.items, more: digest.more };
  const k = keptBy(digest.rule);
  if (digest.t === 'ordered') return orderedOf(digest.items, digest.more, k);
  if (digest.t === 'numbers') {
    const { samples, more } = smallest(digest.samples);
    const { items, moreItems, negative } = digest;
    return { t: 'numbers', items, moreItems, samples, more: digest.more || more, negative };
  }
  if (digest.t === 'volume') {
    const { hashes, more } = smallestHashes(digest.hashes);
    return { t: 'volume', items: digest.items, moreItems: digest.moreItems, hashes, more: digest.more || more };
  }
  const sorted = sortedValues(digest.seen);
  const more = digest.more || sorted.length > k;
  // As in the join: with more than k values the last times are not exact, and are not kept.
  return { t: 'values', values: sorted.slice(0, k).map((seen) => (more ? { ...seen, last: seen.first.time } : seen)), more };
}

function sortedValues(seen: ReadonlyMap<string, { first: Evidence; last: number }>): Seen[] {
  return [...seen]
    .map(([value, { first, last }]) => ({ value, first, last }))
    .sort((a, b) => compareEvidence(a.first, b.first) || (a.value < b.value ? -1 : 1));
}
