import type { CorrelationRule, Rule, RuleFault } from '../../model/rule.ts';
import type { ParsedRules } from './parse-rules.ts';
import { withFilters } from './with-filters.ts';

/** What becomes of a rule whose id or UUID one of our own has: it is a fault, or it takes that one's place under its id. */
export type OfOneId = 'refuse' | 'replace';

/** Our own rules with those that were loaded from elsewhere beside them, all narrowed by the filters. */
export function joinRules(
  own: readonly Rule[],
  loaded: ParsedRules,
  ofOneId: OfOneId,
): { readonly rules: readonly Rule[]; readonly faults: readonly RuleFault[] } {
  const foreign = ofOneId === 'replace' ? underOwnIds(own, loaded.rules) : loaded.rules;
  const taken = new Set((ofOneId === 'replace' ? foreign : own).map(({ id }) => id));
  const doubles = ofOneId === 'replace' ? [] : foreign.filter(({ id }) => taken.has(id));
  const rules =
    ofOneId === 'replace'
      ? [...own.filter(({ id }) => !taken.has(id)), ...foreign]
      : [...own, ...foreign.filter(({ id }) => !taken.has(id))];
  const filtered = withFilters(rules, loaded.filters);
  return {
    rules: filtered.rules,
    faults: [
      ...loaded.faults,
      ...doubles.map(({ file, id }) => ({ file, line: 1, reason: `one of our own rules has the id "${id}"` })),
      ...filtered.faults,
    ],
  };
}

/** Who changes one of our rules keeps its UUID: what refers to it, from playbooks to stories, goes on knowing it. */
function underOwnIds(own: readonly Rule[], foreign: readonly Rule[]): readonly Rule[] {
  const ids = new Map(own.flatMap(({ id, uuid }) => (uuid === null ? [] : [[uuid, id] as const])));
  const names = new Map(foreign.flatMap(({ id, uuid }) => (uuid === null || !ids.has(uuid) ? [] : [[id, ids.get(uuid) ?? id] as const])));
  if (names.size === 0) return foreign;
  const named = (id: string) => names.get(id) ?? id;
  const correlated = (rule: CorrelationRule): CorrelationRule => ({
    ...rule,
    id: named(rule.id),
    rules: rule.rules.map(named),
    ...(rule.nested === undefined ? {} : { nested: rule.nested.map(correlated) }),
    ...(rule.aliases === undefined
      ? {}
      : {
          aliases: Object.fromEntries(
            Object.entries(rule.aliases).map(([name, paths]) => [
              name,
              Object.fromEntries(Object.entries(paths).map(([id, path]) => [named(id), path])),
            ]),
          ),
        }),
  });
  return foreign.map((rule) => (rule.kind === 'event' ? { ...rule, id: named(rule.id) } : correlated(rule)));
}
