import type { CorrelationRule, EventRule, Rule } from '../model/rule.ts';
import { compileRules, type Matcher } from './compile.ts';

/** A stateless rule keeps this many matches a group and day. */
const keptMatches = 64;
const day = 86_400_000;

/** Rules, compiled and joined with the correlations over them. Made once per process. */
export interface RuleSet {
  readonly matcher: Matcher;
  readonly events: readonly EventRule[];
  /** By id. */
  readonly rules: ReadonlyMap<string, Rule>;
  /** Per event rule, by its number: the correlations that it feeds. */
  readonly feeds: readonly (readonly CorrelationRule[])[];
}

/** Compiles rules that `loadRules` has checked. */
export function ruleSet(rules: readonly Rule[]): RuleSet {
  const events = rules.filter((rule) => rule.kind === 'event');
  const correlations = rules.filter((rule) => rule.kind === 'correlation');
  return {
    matcher: compileRules(events),
    events,
    rules: new Map(rules.map((rule) => [rule.id, rule])),
    feeds: events.map((event) => correlations.filter((correlation) => correlation.rules.includes(event.id))),
  };
}

/** How many matches or values a rule's digests keep: four times the threshold, and enough to show. */
export function keptBy(rule: Rule): number {
  if (rule.kind === 'event') return keptMatches;
  return rule.type === 'temporal' ? rule.rules.length : Math.max(16, 4 * rule.threshold);
}

/** The length of a rule's digest buckets in milliseconds; 0 where there are none. */
export function bucketOf(rule: Rule): number {
  if (rule.kind === 'event') return day;
  return rule.type === 'first_seen' ? 0 : rule.timespan;
}

/** Findings of one rule and group are one a day: the day, in milliseconds, in which the first window of it begins. */
export function dayOf(time: number): number {
  return time - (time % day);
}
