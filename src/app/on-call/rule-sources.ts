import type { Rule } from '../../core/model/rule.ts';
import type { Source } from '../../core/model/source.ts';

/** The logs that each rule asks, by its id; of a correlation those of all rules that feed it. */
export function ruleSources(rules: readonly Rule[]): ReadonlyMap<string, readonly Source[]> {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const known = new Map<string, readonly Source[]>();
  const sourcesOf = (id: string, below: readonly string[]): readonly Source[] => {
    const rule = byId.get(id);
    if (rule === undefined || below.includes(id)) return [];
    if (rule.kind === 'event') return rule.sources;
    const parts = [...rule.rules, ...(rule.nested ?? []).flatMap((nested) => nested.rules)];
    return [...new Set(parts.flatMap((part) => known.get(part) ?? sourcesOf(part, [...below, id])))].sort();
  };
  for (const { id } of rules) known.set(id, sourcesOf(id, []));
  return known;
}
