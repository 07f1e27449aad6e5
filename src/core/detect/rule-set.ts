import type { Event } from '../model/event.ts';
import type { JsonObject } from '../model/json.ts';
import { type CorrelationRule, type EventRule, groupedBy, type Lists, type Rule } from '../model/rule.ts';
import type { Sieve } from '../model/sieve.ts';
import { type Source, sourceKinds, sources } from '../model/source.ts';
import { compileRules, type Matcher } from './compile.ts';
import type { Feed } from './feed-memory.ts';
import { listIndex } from './list-index.ts';
import { listsAsked, metEntries } from './met-entries.ts';
import { inputsOf, sliceOf } from './nest.ts';
import { placesOfTexts } from './place-index.ts';
import { sieveOf } from './sieve.ts';
import { pathsOf } from './views.ts';
import { withoutEmptyLists } from './without-empty-lists.ts';

/** A stateless rule keeps this many matches a group and day. */
export const keptMatches = 64;
/** Of each rule in an order the first and the last times, so many of each, in a bucket. */
const keptTimes = 32;
/** An unusual day is told by so many of its matches. */
const keptOfDay = 16;
/** Somebody who is at so many places in one span was at two of them that are far apart, or at none that can be told. */
const keptPlaces = 32;
const day = 86_400_000;

/** Rules, compiled and joined with the correlations over them. Made once per process. */
export interface RuleSet {
  /** By id. */
  readonly rules: ReadonlyMap<string, Rule>;
  /** Of each source that some rule asks. */
  readonly bySource: ReadonlyMap<Source, SourceRules>;
  /** What an event met in the lists that a rule asks, to be kept with the evidence; null where it met nothing. */
  readonly metEntries: (event: Event, rule: EventRule) => JsonObject | null;
  /** The places of addresses, for the rules that ask how far they are apart; each place once. */
  readonly placesOf: (addresses: readonly string[]) => readonly string[];
  /** Tells of a source, before there is an event, whether a rule could match it. The same each time it is asked for. */
  readonly sieve: (source: Source) => Sieve;
}

/** The rules that ask one source. */
export interface SourceRules {
  readonly matcher: Matcher;
  /** By the matcher's numbers. What asks an empty list is not in their conditions. */
  readonly events: readonly EventRule[];
  /** Per event rule: the correlations that it feeds. */
  readonly feeds: readonly (readonly Feed[])[];
}

/** Compiles rules that `loadRules` has checked, with the lists that they refer to; a list that is not given is empty. */
export function ruleSet(rules: readonly Rule[], lists: Lists = new Map()): RuleSet {
  const index = listIndex(lists);
  const events = rules.flatMap((rule) => (rule.kind === 'event' ? [{ ...rule, when: withoutEmptyLists(rule.when, index) }] : []));
  const asked = new Map(events.flatMap((rule) => (listsAsked(rule.when).length === 0 ? [] : [[rule.id, listsAsked(rule.when)] as const])));
  const met: RuleSet['metEntries'] = (event, { id }) => {
    const lists = asked.get(id);
    return lists === undefined ? null : metEntries(event.raw, lists, index);
  };
  const feeds = new Map<string, Feed[]>();
  for (const rule of rules) {
    // What only stands below other correlations is kept by these.
    if (rule.kind !== 'correlation' || !rule.raises) continue;
    for (const [id, feed] of feedsOf(rule)) feeds.set(id, [...(feeds.get(id) ?? []), feed]);
  }
  const bySource = new Map<Source, SourceRules>();
  for (const source of sources) {
    const own = events.filter((rule) => rule.sources.includes(source));
    if (own.length === 0) continue;
    const fed = own.map((rule) => feeds.get(rule.id) ?? []);
    const asked = fed.flat().flatMap(({ groupBy, field }) => [...groupBy.flatMap(({ path }) => pathsOf(path)), ...pathsOf(field)]);
    // Compiled when the first event of the source comes.
    let compiled: Matcher | null = null;
    const rulesOfSource: SourceRules = {
      events: own,
      feeds: fed,
      get matcher() {
        compiled ??= compileRules(
          own,
          sourceKinds[source].index,
          index,
          asked.filter((path) => path !== ''),
        );
        return compiled;
      },
    };
    bySource.set(source, rulesOfSource);
  }
  const sieves = new Map<Source, Sieve>();
  const sieve = (source: Source): Sieve => {
    const made = sieves.get(source) ?? sieveOf(bySource.get(source)?.events ?? [], index);
    sieves.set(source, made);
    return made;
  };
  return { rules: new Map(rules.map((rule) => [rule.id, rule])), bySource, metEntries: met, placesOf: placesOfTexts(lists), sieve };
}

/** What each event rule feeds, by its id. */
function feedsOf(rule: CorrelationRule): readonly (readonly [string, Feed])[] {
  if (rule.nested === undefined) return [...new Set(rule.rules)].map((id) => [id, { rule, ...pathsFrom(rule, id) }]);
  return inputsOf(rule, rule.nested).map(({ id, node, ups }) => [id, { rule, ...pathsFrom(node, id), nest: { node, input: id, ups } }]);
}

/** Where events of a rule have what a correlation over it groups by and counts. */
function pathsFrom(rule: CorrelationRule, id: string): Pick<Feed, 'groupBy' | 'field'> {
  return { groupBy: rule.groupBy.map((name) => ({ name, path: groupedBy(rule, name, id) })), field: groupedBy(rule, rule.field ?? '', id) };
}

/** How many matches or values a rule's digests keep: four times the threshold, and enough to show. */
export function keptBy(rule: Rule): number {
  if (rule.kind === 'event' || rule.nested !== undefined) return keptMatches;
  switch (rule.type) {
    case 'temporal':
      return rule.rules.length;
    case 'temporal_ordered':
      return keptTimes;
    case 'value_sum':
    case 'value_avg':
    case 'value_median':
    case 'value_percentile':
      return keptMatches;
    case 'unusual_count':
      return keptOfDay;
    case 'impossible_travel':
      return keptPlaces;
    default:
      return Math.max(16, 4 * rule.threshold);
  }
}

/** The length of a rule's digest buckets in milliseconds; 0 where there are none. */
export function bucketOf(rule: Rule): number {
  if (rule.kind === 'event') return day;
  if (rule.nested !== undefined) return sliceOf(rule, rule.nested);
  if (rule.type === 'unusual_count') return day;
  return rule.type === 'first_seen' ? 0 : rule.timespan;
}

/** Findings of one rule and group are one a day: the day, in milliseconds, in which the first window of it begins. */
export function dayOf(time: number): number {
  return time - (time % day);
}
