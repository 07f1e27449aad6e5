import { canonicalJson } from '../../lib/canonical-json.ts';
import type { Rule, RuleFilter } from '../../model/rule.ts';
import { loadRules, type RuleFile } from './parse-rules.ts';

/**
 * In which ways one set of rule files may find less than the one before it, sorted; empty where it finds at least as much. A filter that is new or other
 * narrows; a rule that is gone or other may; one with the id or UUID of one of `own` takes its place.
 */
export function findLess(own: readonly Rule[], before: readonly RuleFile[], after: readonly RuleFile[]): readonly string[] {
  const [was, is] = [loadRules(before), loadRules(after)];
  const ours = new Set(own.flatMap(({ id, uuid }) => (uuid === null ? [id] : [id, uuid])));
  // A filter without an id of its own bears its file's name.
  const narrows = ({ id: _, ...filter }: RuleFilter) => essence(filter);
  const known = new Set(was.filters.map(narrows));
  const ways = is.filters.filter((filter) => !known.has(narrows(filter))).map(({ title }) => `filter "${title}"`);
  const now = new Map(is.rules.map((rule) => [rule.id, essence(rule)]));
  for (const rule of was.rules) if (now.get(rule.id) !== essence(rule)) ways.push(`rule "${rule.title}"`);
  const old = new Set(was.rules.map(({ id }) => id));
  for (const { id, uuid, title } of is.rules)
    if (!old.has(id) && (ours.has(id) || (uuid !== null && ours.has(uuid)))) ways.push(`rule "${title}" in place of ours`);
  return [...new Set(ways)].sort();
}

/** Where it stands does not matter. */
function essence({ file: _, ...rest }: { readonly file: string; readonly line?: number }): string {
  const { line: _line, ...what } = rest;
  return canonicalJson(what);
}
