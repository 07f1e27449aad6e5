import { isMap, type Node, type YAMLMap } from 'yaml';
import { type CorrelationRule, type CorrelationType, type Criterion, correlationTypes } from '../../model/rule.ts';
import { viewNames } from '../views.ts';
import { keyOf, optionalText, RuleError, scalarOf, texts } from './yaml-node.ts';

/** Name -> what a rule is called -> the field of that rule's events. */
export type Aliases = ReadonlyMap<string, ReadonlyMap<string, string>>;

export type Counts = Pick<
  CorrelationRule,
  'type' | 'groupBy' | 'timespan' | 'field' | 'threshold' | 'criteria' | 'percentile' | 'factor' | 'travel'
>;

const comparisons = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] as const satisfies readonly Criterion['is'][];
const withField: ReadonlySet<CorrelationType> = new Set<CorrelationType>([
  'value_count',
  'value_sum',
  'value_avg',
  'value_median',
  'value_percentile',
  'first_seen',
  'impossible_travel',
]);
const mostCounted = 100_000;
const day = 86_400_000;
/** What is learned of a day is kept for twice as long. */
const longestLearning = 30 * day;

/** Source: the Sigma correlation rules specification 2.1, and `first_seen`, `unusual_count` and `impossible_travel`, our own. */
export function correlationOf(node: YAMLMap): Counts & { readonly rules: readonly string[]; readonly aliases: Aliases } {
  const type = correlationTypes.find((one) => one === node.get('type'));
  if (type === undefined) {
    const why = `the correlation type "${String(node.get('type'))}" is none of ${correlationTypes.join(', ')}`;
    throw new RuleError(why, (node.get('type', true) as Node | undefined) ?? node);
  }
  const rules = texts(node.get('rules', true) as Node | undefined);
  if (rules.length === 0) throw new RuleError('a correlation names the rules it is over', node);
  const condition = node.get('condition', true) as Node | undefined;
  const field = isMap(condition) ? optionalText(condition, 'field') : null;
  const groupBy = texts(node.get('group-by', true) as Node | undefined);
  for (const name of [...groupBy, ...(field === null ? [] : [field])]) checkView(name, node);
  if (withField.has(type) && field === null) throw new RuleError(`"${type}" needs a field in its condition`, condition ?? node);
  return {
    type,
    rules,
    groupBy,
    timespan: timespanOf(node),
    field,
    ...judgementOf(type, rules, condition, node),
    aliases: aliasesOf(node),
  };
}

/** `field|view`: see views.ts. */
function checkView(name: string, node: Node): void {
  const [, view, ...more] = name.split('|');
  if (view === undefined || (more.length === 0 && viewNames.includes(view))) return;
  throw new RuleError(`"${name}" is no view of a field: behind "|" goes one of ${viewNames.join(', ')}`, node);
}

function judgementOf(
  type: CorrelationType,
  rules: readonly string[],
  condition: Node | undefined,
  node: YAMLMap,
): Pick<CorrelationRule, 'threshold' | 'criteria' | 'percentile' | 'factor' | 'travel'> {
  switch (type) {
    case 'first_seen':
      return { threshold: 1 };
    case 'event_count':
    case 'value_count':
      return counted(criteriaOf(condition, node), condition ?? node);
    case 'impossible_travel':
      return travelOf(condition, node);
    case 'unusual_count':
      return unusualDay(condition, node);
    case 'temporal':
    case 'temporal_ordered':
      return { threshold: rulesThatMatch(type, new Set(rules).size, rules.length, condition, node) };
    case 'value_percentile':
      return { threshold: 1, criteria: criteriaOf(condition, node), percentile: percentileOf(condition, node) };
    case 'value_sum':
    case 'value_avg':
    case 'value_median':
      return { threshold: 1, criteria: criteriaOf(condition, node) };
    default:
      return type satisfies never;
  }
}

/** `{ factor: 5, gte: 100 }`: five times what the most was on a day before, and 100 at least. */
function unusualDay(condition: Node | undefined, node: YAMLMap): Pick<CorrelationRule, 'threshold' | 'factor'> {
  const timespan = timespanOf(node);
  if (timespan % day !== 0 || timespan > longestLearning)
    throw new RuleError('"unusual_count" learns for whole days, 30 at most', (node.get('timespan', true) as Node | undefined) ?? node);
  const factor = isMap(condition) ? condition.get('factor') : undefined;
  if (typeof factor !== 'number' || !(factor > 1 && factor <= mostCounted))
    throw new RuleError('"unusual_count" wants a "factor" above 1 in its condition', condition ?? node);
  const { threshold, criteria } = counted(criteriaOf(condition, node, ['field', 'factor']), condition ?? node);
  if (criteria !== undefined) throw new RuleError('"unusual_count" takes one "gt" or "gte" beside its factor', condition ?? node);
  return { threshold, factor };
}

const halfRound = 20_000;
const fastest = 100_000;
/** Places are known to some kilometres only. */
const leastDistance = 100;

/** `{ field: sourceIPAddress, distance: 1000, speed: 1000 }`: kilometres, and kilometres an hour. */
function travelOf(condition: Node | undefined, node: YAMLMap): Pick<CorrelationRule, 'threshold' | 'travel'> {
  const at = condition ?? node;
  if (timespanOf(node) > day)
    throw new RuleError('"impossible_travel" looks at a day at most', (node.get('timespan', true) as Node | undefined) ?? node);
  const other = isMap(condition) ? condition.items.map(keyOf).find((key) => !['field', 'distance', 'speed'].includes(key)) : undefined;
  if (other !== undefined) throw new RuleError(`"${other}" is none of field, distance, speed`, at);
  const number = (key: string, least: number, most: number) => {
    const value = isMap(condition) ? condition.get(key) : undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    throw new RuleError(`"impossible_travel" wants a whole "${key}" from ${least} to ${most} in its condition`, at);
  };
  return { threshold: 2, travel: { distance: number('distance', leastDistance, halfRound), speed: number('speed', 1, fastest) } };
}

/** How many of the rules must match: all, unless a `temporal` one says fewer. */
function rulesThatMatch(
  type: 'temporal' | 'temporal_ordered',
  different: number,
  all: number,
  condition: Node | undefined,
  node: YAMLMap,
): number {
  const most = type === 'temporal' ? different : all;
  if (condition === undefined) return most;
  const { threshold, criteria } = counted(criteriaOf(condition, node), condition);
  if (criteria !== undefined) throw new RuleError(`"${type}" takes one "gt" or "gte": which rules match in time is never final`, condition);
  if (threshold > most || (type === 'temporal_ordered' && threshold !== most))
    throw new RuleError(type === 'temporal' ? `there are ${most} rules only` : 'in order all of the rules must match', condition);
  return threshold;
}

/** A lower bound alone is a threshold, which stays met whatever comes later. */
function counted(criteria: readonly Criterion[], node: Node): Pick<CorrelationRule, 'threshold' | 'criteria'> {
  for (const { is, than } of criteria) {
    if (!Number.isInteger(than) || than < 0 || than > mostCounted) throw new RuleError(`"${is}" wants a whole number up to 100,000`, node);
    if ((is === 'lt' && than <= 1) || ((is === 'lte' || is === 'eq') && than === 0))
      throw new RuleError(`"${is}: ${than}" asks for spans in which nothing happened: a group without any match cannot be told`, node);
  }
  const [only] = criteria;
  if (criteria.length === 1 && (only?.is === 'gte' || only?.is === 'gt')) {
    return { threshold: Math.max(1, only.is === 'gt' ? only.than + 1 : only.than) };
  }
  return { threshold: Math.max(...criteria.map(({ than }) => than)) + 1, criteria };
}

function criteriaOf(condition: Node | undefined, parent: Node, others: readonly string[] = ['field', 'percentile']): readonly Criterion[] {
  if (!isMap(condition)) throw new RuleError('the correlation has no condition', parent);
  const criteria: Criterion[] = [];
  for (const pair of condition.items) {
    const key = keyOf(pair);
    if (others.includes(key)) continue;
    const is = comparisons.find((one) => one === key);
    if (is === undefined) throw new RuleError(`"${key}" is none of ${comparisons.join(', ')}`, condition);
    const than = Number(scalarOf(pair.value as Node) ?? Number.NaN);
    if (!Number.isFinite(than)) throw new RuleError(`"${is}" wants a number`, condition);
    criteria.push({ is, than });
  }
  if (criteria.length === 0) throw new RuleError(`the condition says none of ${comparisons.join(', ')}`, condition);
  return criteria;
}

function percentileOf(condition: Node | undefined, parent: Node): number {
  const percentile = isMap(condition) ? condition.get('percentile') : undefined;
  if (typeof percentile !== 'number' || !(percentile >= 0 && percentile <= 100))
    throw new RuleError('"value_percentile" wants a "percentile" from 0 to 100 in its condition', condition ?? parent);
  return percentile;
}

function aliasesOf(node: YAMLMap): Aliases {
  const aliases = node.get('aliases', true) as Node | undefined;
  if (aliases === undefined) return new Map();
  if (!isMap(aliases)) throw new RuleError('"aliases" is a map of names', aliases);
  return new Map(
    aliases.items.map((pair) => {
      const fields = pair.value as Node;
      if (!isMap(fields)) throw new RuleError('an alias is a map of rules and fields', fields);
      const paths = new Map(fields.items.map((item) => [keyOf(item), String(scalarOf(item.value as Node))]));
      for (const path of paths.values()) checkView(path, fields);
      return [keyOf(pair), paths];
    }),
  );
}

/**
 * `count() by x > 5` and `count(field) by x >= 5` with a `timeframe`: how rules counted before Sigma had correlations.
 * Published rules still do, so they are read as the correlation that they mean.
 */
export function countsOf(aggregation: string, detection: YAMLMap, node: Node): Counts {
  const match = /^\s*count\(\s*([\w.-]*)\s*\)\s*(?:by\s+([\w.,\s-]+?))?\s*(>=?)\s*(\d{1,5})\s*$/i.exec(aggregation);
  if (match === null) throw new RuleError(`the aggregation "${aggregation.trim()}" is not supported: write a correlation`, node);
  const [, field = '', by = '', operator, n = ''] = match;
  return {
    type: field === '' ? 'event_count' : 'value_count',
    groupBy: by.split(',').flatMap((name) => name.trim() || []),
    timespan: timespanOf(detection, 'timeframe'),
    field: field === '' ? null : field,
    threshold: Math.max(1, Number(n) + (operator === '>' ? 1 : 0)),
  };
}

/** A month is 30 days, so that spans of it are of one length. */
const units: { readonly [unit: string]: number } = { s: 1_000, m: 60_000, h: 3_600_000, d: day, w: 7 * day, M: 30 * day };

function timespanOf(node: YAMLMap, key = 'timespan'): number {
  const text = String(node.get(key) ?? '');
  const match = /^([1-9]\d{0,5})([smhdwM])$/.exec(text);
  const unit = units[match?.[2] ?? ''];
  if (match === null || unit === undefined)
    throw new RuleError(`"${text}" is no ${key} such as 30s, 10m, 1h, 7d, 2w, 1M`, (node.get(key, true) as Node | undefined) ?? node);
  return Number(match[1]) * unit;
}
