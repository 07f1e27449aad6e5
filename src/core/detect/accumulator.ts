import { canonicalJson } from '../lib/canonical-json.ts';
import type { Event } from '../model/event.ts';
import type { ResourceRef } from '../model/finding.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { CorrelationRule, EventRule } from '../model/rule.ts';
import type { Source } from '../model/source.ts';
import { compareWritten } from './compare-evidence.ts';
import { keep } from './digest.ts';
import { endsOf } from './ends-digest.ts';
import { type Entry, readEntry } from './entry.ts';
import { EvidenceWriter, matchedResource, type Written } from './evidence.ts';
import { type Feed, FeedMemory, isTaken, type Taken } from './feed-memory.ts';
import { epochDay, smallestDays } from './first-digest.ts';
import { byFirstMatch, entryLine, type Held } from './held-digest.ts';
import { matchesLine } from './matches-line.ts';
import { keptOf, type NestPlace, partLabel, upwards, whatOf } from './nest.ts';
import { keptNumbers, type Sample, samplesOf, smallest } from './numbers-digest.ts';
import { orderedOf } from './ordered-digest.ts';
import { bucketOf, dayOf, keptBy, type RuleSet, type SourceRules } from './rule-set.ts';
import type { ScannedRow } from './scanned-row.ts';
import { viewedTexts } from './views.ts';
import { keptHashes, smallestHashes, volumeHash } from './volume-digest.ts';

/** So many numbers take the memory of a match. */
const samplesOfSize = 8;

/**
 * Turns events into digests. What it holds is the join of what it was given, in whatever order; `drain` hands it over
 * sorted by key and begins anew, so that memory stays bounded and the parts can be joined later.
 */
export class Accumulator {
  /** How many matches are held: what memory is bounded by. */
  size = 0;
  private readonly set: RuleSet;
  private readonly digests = new Map<string, Held>();
  private readonly writer = new EvidenceWriter();
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
  addRow(row: ScannedRow, source: Source, eventOf: () => Event): void {
    const asked = this.set.bySource.get(source);
    if (asked === undefined || asked.matcher.matchRow(row, this.matched) === 0) return;
    if (this.memoryEpoch !== asked.matcher.epoch()) {
      this.memoryEpoch = asked.matcher.epoch();
      this.memory = new FeedMemory((path) => asked.matcher.columns.indexOf(path));
    }
    if (this.isTaken(row, asked)) this.matched.length = 0;
    else this.addMatched(eventOf(), asked, row);
  }

  /** Does the record only feed correlations that have taken the like of it? */
  private isTaken(row: ScannedRow, asked: SourceRules): boolean {
    for (const number of this.matched) {
      if (asked.events[number]?.raises) return false;
      for (const feed of asked.feeds[number] ?? []) if (!this.hasTaken(feed, row)) return false;
    }
    return true;
  }

  private hasTaken(feed: Feed, row: ScannedRow): boolean {
    const taken = this.memory.of(feed, row);
    return taken !== undefined && isTaken(taken, row, bucketOf(feed.rule), keptBy(feed.rule), this.handedOver);
  }

  private addMatched(event: Event, asked: SourceRules, row: ScannedRow | null = null): void {
    const { matched } = this;
    for (const number of matched) {
      const rule = asked.events[number];
      if (rule === undefined) continue;
      if (rule.raises) this.addMatch(event, rule);
      for (const feed of asked.feeds[number] ?? []) {
        if (row !== null && this.hasTaken(feed, row)) continue;
        const taken = this.feed(event, rule, feed);
        if (row !== null && taken !== null) this.memory.remember(feed, row, taken);
      }
    }
    matched.length = 0;
  }

  private addMatch(event: Event, rule: EventRule): void {
    const { words } = event;
    const bucket = dayOf(event.time);
    const about = matchedResource(event, rule);
    // Canonical JSON, so that hostile names cannot run into each other.
    const group = `{"account":${JSON.stringify(words.account)},"actor":${JSON.stringify(words.actor?.uid ?? words.ip ?? '')},"resource":${JSON.stringify(about?.uid ?? '')}}`;
    const local = `${rule.id}\u0000${bucket}\u0000${group}`;
    let digest = this.digests.get(local);
    if (digest === undefined) {
      // The end of what is kept anyway.
      digest = { rule, group: local.slice(-group.length), bucket, value: null, t: 'kept', items: [], more: false };
      this.digests.set(local, digest);
    }
    this.keepIn(digest, event, rule, about);
  }

  /** Returns what need not be told again; null where everything must. */
  private feed(event: Event, rule: EventRule, { rule: correlation, groupBy, field, nest }: Feed): Taken | null {
    const values: Record<string, Json> = {};
    for (const { name, path } of groupBy) {
      const value = viewedTexts(event.raw, path)[0];
      // Nothing to group by: the event belongs to no group.
      if (value === undefined) return { t: 'none' };
      values[name] = value;
    }
    const length = bucketOf(correlation);
    const bucket = length === 0 ? 0 : event.time - (event.time % length);
    if (nest !== undefined) {
      for (const what of whatOf(nest.node, event, viewedTexts(event.raw, field)))
        this.mark(nest, values, bucket, what, event, rule, correlation);
      return null;
    }
    const group = canonicalJson(values);
    const local = `${correlation.id}\u0000${bucket}\u0000${group}`;
    switch (correlation.type) {
      case 'event_count': {
        const digest = this.held(local, () => ({ rule: correlation, group, bucket, value: null, t: 'kept', items: [], more: false }));
        this.keepIn(digest, event, rule);
        return digest.t === 'kept' ? { t: 'kept', bucket, digest, held: this.handedOver } : null;
      }
      case 'first_seen': {
        const digests = [this.first(local, null, group, event, rule, correlation)];
        for (const value of viewedTexts(event.raw, field)) digests.push(this.first(local, value, group, event, rule, correlation));
        return { t: 'first', days: [epochDay(event.time)], time: event.time, digests, held: this.handedOver };
      }
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
      case 'temporal':
      case 'impossible_travel': {
        const texts = correlation.type === 'temporal' ? [rule.id] : viewedTexts(event.raw, field);
        const values = correlation.type === 'impossible_travel' ? this.set.placesOf(texts) : texts;
        for (const value of values) this.see(local, bucket, value, group, event, rule, correlation);
        const [value] = values;
        if (value === undefined) return { t: 'none' };
        const digest = this.digests.get(local);
        const seen = texts.length === 1 && digest?.t === 'values' ? digest.seen.get(value) : undefined;
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
  private held(local: string, make: () => Held): Held {
    let digest = this.digests.get(local);
    if (digest === undefined) {
      digest = make();
      this.digests.set(local, digest);
    }
    return digest;
  }

  private keepIn(digest: Held, event: Event, rule: EventRule, about?: ResourceRef): void {
    if (digest.t !== 'kept') return;
    const before = digest.items.length;
    if (keep(digest.items, event.time, event.key, keptBy(digest.rule), () => this.evidence(event, rule, about))) digest.more = true;
    this.size += digest.items.length - before;
  }

  private evidence(event: Event, rule: EventRule, about?: ResourceRef): Written {
    return this.writer.write(event, rule, about, this.set.metEntries(event, rule));
  }

  private first(
    local: string,
    value: string | null,
    group: string,
    event: Event,
    rule: EventRule,
    correlation: CorrelationRule,
  ): { days: number[] } {
    const key = `${local}\u0000${value === null ? '' : JSON.stringify(value)}`;
    const known = this.digests.get(key);
    const day = epochDay(event.time);
    if (known?.t !== 'first') {
      const item = this.evidence(event, rule);
      const made: Held & { readonly t: 'first' } = { rule: correlation, group, bucket: 0, value, t: 'first', item, days: [day] };
      this.digests.set(key, made);
      this.size++;
      return made;
    }
    if (!known.days.includes(day)) known.days = [...smallestDays([...known.days, day])];
    if (event.time > known.item.time) return known;
    const item = this.evidence(event, rule);
    if (compareWritten(item, known.item) < 0) known.item = item;
    return known;
  }

  private order(local: string, group: string, bucket: number, event: Event, rule: EventRule, correlation: CorrelationRule): void {
    const digest = this.held(local, () => ({ rule: correlation, group, bucket, value: null, t: 'ordered', items: [], more: false }));
    if (digest.t !== 'ordered') return;
    digest.items.push(this.evidence(event, rule));
    this.size++;
    const k = keptBy(correlation);
    // Trimmed now and then rather than at each match.
    if (digest.items.length < 4 * k * correlation.rules.length) return;
    const { items, more } = orderedOf(digest.items, compareWritten, digest.more, k);
    this.size -= digest.items.length - items.length;
    digest.items = [...items];
    digest.more = more;
  }

  /** Below a correlation over correlations: `values` is the group of the one that takes the match. */
  private mark(
    { node, input, ups }: NestPlace,
    values: JsonObject,
    bucket: number,
    what: string,
    event: Event,
    rule: EventRule,
    correlation: CorrelationRule,
  ): void {
    const group = canonicalJson(upwards(values, ups));
    const value = partLabel(node.id, input, values);
    const k = keptOf(node);
    const digest = this.held(`${correlation.id}\u0000${bucket}\u0000${group}\u0000${value}`, () => ({
      rule: correlation,
      group,
      bucket,
      value,
      t: 'ends',
      k,
      marks: [],
      more: false,
    }));
    if (digest.t !== 'ends') return;
    digest.marks.push({ what, item: this.evidence(event, rule) });
    this.size++;
    // Trimmed now and then rather than at each match.
    if (digest.marks.length < 4 * k) return;
    const { marks, more } = endsOf(digest.marks, compareWritten, digest.more, k);
    this.size -= digest.marks.length - marks.length;
    digest.marks = [...marks];
    digest.more = more;
  }

  private sample(
    local: string,
    group: string,
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
    group: string,
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
    group: string,
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
      if (compareWritten(item, known.first) < 0) known.first = item;
      return;
    }
    digest.seen.set(value, { first: this.evidence(event, rule), last: event.time });
    this.size++;
    const k = keptBy(correlation);
    // Trimmed now and then rather than at each new value.
    if (digest.seen.size < 2 * k) return;
    const sorted = byFirstMatch(digest.seen);
    for (const { value: dropped } of sorted.slice(k)) digest.seen.delete(dropped);
    this.size -= sorted.length - k;
    digest.more = true;
  }

  /** All digests, sorted by key; nothing is held afterwards. */
  drain(): Entry[] {
    return this.drainEntryLines().map(readEntry);
  }

  /** As `drain`, each as the line that `readEntry` reads. */
  drainEntryLines(): readonly string[] {
    return linesOf(this.handOver().map(entryLine));
  }

  /**
   * As `drain`, as lines and in two lists. What stateless rules matched is in the order of the ids of its findings
   * (`matches-line.ts`), so that these can be made one after the other; the others are entries, in the order of their keys.
   */
  drainLines(tenant: string): { readonly stateless: readonly string[]; readonly others: readonly string[] } {
    const stateless: string[] = [];
    const others: { readonly key: string; readonly line: string }[] = [];
    for (const held of this.handOver()) {
      if (held.t === 'kept' && held.rule.kind === 'event') stateless.push(matchesLine(held.rule, held, tenant));
      else others.push(entryLine(held));
    }
    return { stateless: stateless.sort(), others: linesOf(others) };
  }

  private handOver(): readonly Held[] {
    const all = [...this.digests.values()];
    this.digests.clear();
    this.handedOver++;
    this.size = 0;
    return all;
  }
}

/** The lines in the order of their keys. */
function linesOf(entries: { readonly key: string; readonly line: string }[]): readonly string[] {
  return entries.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ line }) => line);
}
