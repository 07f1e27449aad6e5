import { type CorrelationRule, type CorrelationType, groupedBy } from '../../model/rule.ts';

/** Of these it is known at which matches they hold, and that they still do when more matches come. */
const nestable: ReadonlySet<CorrelationType> = new Set<CorrelationType>(['event_count', 'value_count', 'temporal', 'temporal_ordered']);
const mostNested = 16;
/** The ways from a correlation down to the rules on events. */
const mostWays = 64;
const day = 86_400_000;
/** All of a correlation's days, and those that they are judged with, are read at once. */
const longestTogether = 30;

/** Why correlations cannot go together, and which key of the outer one says so. */
interface Refused {
  readonly reason: string;
  readonly at: 'rules' | 'groupBy';
}

/**
 * All correlations below this one, each once and before those that are over it; `inner` are those that it refers to. An
 * inner correlation is known by its groups alone: what the outer one groups by, or counts, must be among their fields.
 */
export function nestedIn(
  rule: CorrelationRule,
  inner: readonly CorrelationRule[],
): { readonly rules: readonly CorrelationRule[] } | Refused {
  if (inner.length === 0) return { rules: [] };
  const wrong = [rule, ...inner].find((one) => !nestable.has(one.type) || one.criteria !== undefined);
  if (wrong !== undefined) {
    const what = wrong.criteria === undefined || !nestable.has(wrong.type) ? `"${wrong.type}"` : `a "${wrong.type}" with an upper bound`;
    const where = wrong === rule ? `${what} cannot be over a correlation` : `the correlation "${wrong.id}" is ${what}`;
    return { reason: `${where}: only ${[...nestable].join(', ')} with lower bounds can be over each other`, at: 'rules' };
  }
  for (const name of [...rule.groupBy, ...(rule.field === null ? [] : [rule.field])]) {
    const lacking = inner.find((one) => !one.groupBy.includes(groupedBy(rule, name, one.id)));
    if (lacking === undefined) continue;
    const does = rule.groupBy.includes(name) ? 'groups by' : 'counts';
    const field = groupedBy(rule, name, lacking.id);
    return { reason: `it ${does} "${field}", which the correlation "${lacking.id}" does not group by`, at: 'groupBy' };
  }
  const rules = new Map<string, CorrelationRule>();
  for (const { nested = [], ...own } of inner) for (const one of [...nested, own]) rules.set(one.id, one);
  if (rules.size > mostNested || waysOf(rule, rules) > mostWays)
    return { reason: `there are more than ${mostNested} correlations below it, or more than ${mostWays} ways to them`, at: 'rules' };
  const together = [rule, ...rules.values()].reduce((sum, { timespan }) => sum + timespan, 0);
  if (together > longestTogether * day)
    return { reason: `its timespan and those below it are more than ${longestTogether} days together`, at: 'rules' };
  return { rules: [...rules.values()] };
}

function waysOf(rule: CorrelationRule, nested: ReadonlyMap<string, CorrelationRule>): number {
  return rule.rules.reduce((sum, id) => {
    const inner = nested.get(id);
    return sum > mostWays ? sum : sum + (inner === undefined ? 1 : waysOf(inner, nested));
  }, 0);
}
