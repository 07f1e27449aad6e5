import type { Rule, RuleFault, RuleFilter } from '../../model/rule.ts';

/**
 * The rules, each narrowed by the filters that name it: an event must meet the rule and every filter of it. Filters of one rule may come in any
 * order. One that names what is not there, a correlation, or a rule over other logs is told as a fault, and narrows the others that it
 * names.
 * @see https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-filters-specification.md
 */
export function withFilters(
  rules: readonly Rule[],
  filters: readonly RuleFilter[],
): { readonly rules: readonly Rule[]; readonly faults: readonly RuleFault[] } {
  if (filters.length === 0) return { rules, faults: [] };
  const faults: RuleFault[] = [];
  const byRef = new Map<string, Rule>();
  for (const rule of rules) for (const ref of [rule.id, rule.uuid]) if (ref !== null && !byRef.has(ref)) byRef.set(ref, rule);
  const of = new Map<string, RuleFilter[]>();
  const give = (id: string, filter: RuleFilter) => of.set(id, [...(of.get(id) ?? []), filter]);
  for (const filter of filters.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))) {
    if (filter.rules === 'any') {
      for (const rule of rules) if (rule.kind === 'event' && asksOnly(rule.sources, filter)) give(rule.id, filter);
      continue;
    }
    for (const ref of new Set(filter.rules)) {
      const rule = byRef.get(ref);
      const reason = whyNot(ref, rule, filter);
      if (reason !== null) faults.push({ file: filter.file, line: filter.line, reason });
      else if (rule !== undefined) give(rule.id, filter);
    }
  }
  return {
    rules: rules.map((rule) => {
      const own = of.get(rule.id);
      if (own === undefined || rule.kind !== 'event') return rule;
      return { ...rule, when: { op: 'and', of: [rule.when, ...own.map(({ when }) => when)] } };
    }),
    faults,
  };
}

function whyNot(ref: string, rule: Rule | undefined, filter: RuleFilter): string | null {
  if (rule === undefined) return `it filters the rule "${ref}", which is not here`;
  if (rule.kind === 'correlation') return `"${ref}" counts other rules, which it may name instead: ${rule.rules.join(', ')}`;
  if (!asksOnly(rule.sources, filter)) return `"${ref}" asks logs that the filter is not for: ${rule.sources.join(', ')}`;
  return null;
}

function asksOnly(sources: readonly string[], filter: RuleFilter): boolean {
  return sources.every((source) => (filter.sources as readonly string[]).includes(source));
}
