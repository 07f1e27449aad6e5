import { canonicalJson } from '../core/lib/canonical-json.ts';
import type { Finding } from '../core/model/finding.ts';
import type { CorrelationRule, Rule } from '../core/model/rule.ts';
import { type BacktestDeps, type BacktestInput, backtest } from './backtest.ts';

export interface TrialInput extends Omit<BacktestInput, 'rules'> {
  /** The rules of now, and those that are tried in their place. */
  readonly before: readonly Rule[];
  readonly after: readonly Rule[];
}

/** What other rules would have found in the lake's history. */
export interface RulesTrial {
  /** Ids of the rules that are new, gone or other, and of those that count them, sorted. */
  readonly rules: readonly string[];
  /** Events of the time in the lake: none is no answer. */
  readonly events: number;
  /** Findings of these rules as they are now, and as they would be. */
  readonly before: number;
  readonly after: number;
  /** Found now and not any more: ids. */
  readonly lost: readonly string[];
  /** Not found now: in the order of rule and group, and not more than are worth reading. */
  readonly found: readonly Finding[];
  readonly foundN: number;
  /** Found by both, with other content: as they would be, and not more than are worth reading. */
  readonly other: readonly Finding[];
  readonly otherN: number;
}

/** So many findings of a kind are handed out. */
const mostTold = 2_000;

/** Runs the rules that differ over history, as they are and as they would be, and compares the findings. Only these rules are run. */
export async function tryRules(input: TrialInput, deps: BacktestDeps): Promise<RulesTrial> {
  const rules = differing(input.before, input.after);
  const none: RulesTrial = { rules: [], events: 0, before: 0, after: 0, lost: [], found: [], foundN: 0, other: [], otherN: 0 };
  if (rules.size === 0) return none;
  const revisions = new Map<string, string>();
  const runOf = (all: readonly Rule[]) => backtest({ ...input, rules: runnable(all, rules) }, deps);
  const now = await runOf(input.before);
  for (const { id, revision } of now.findings) revisions.set(id, revision);
  const before = revisions.size;
  const then = await runOf(input.after);
  const [found, other]: [Finding[], Finding[]] = [[], []];
  let [after, foundN, otherN] = [0, 0, 0];
  for (const finding of then.findings) {
    after++;
    const known = revisions.get(finding.id);
    revisions.delete(finding.id);
    if (known === undefined) {
      foundN++;
      if (found.length < mostTold) found.push(finding);
    } else if (known !== finding.revision) {
      otherN++;
      if (other.length < mostTold) other.push(finding);
    }
  }
  const events = Math.max(now.stored, then.stored);
  return { rules: [...rules].sort(), events, before, after, lost: [...revisions.keys()].sort(), found, foundN, other, otherN };
}

/** Ids of rules that are not the same in both, and of the correlations over them. */
function differing(before: readonly Rule[], after: readonly Rule[]): ReadonlySet<string> {
  const texts = (rules: readonly Rule[]) => new Map(rules.map(({ file: _, ...rule }) => [rule.id, canonicalJson(rule)]));
  const [was, would] = [texts(before), texts(after)];
  const ids = new Set([...was.keys(), ...would.keys()].filter((id) => was.get(id) !== would.get(id)));
  // A list of the ids is made first: what is added is over event rules, and nothing is over it that is not over these, too.
  const changed = new Set(ids);
  for (const rule of [...before, ...after])
    if (rule.kind === 'correlation' && inputsOf(rule).some((id) => changed.has(id))) ids.add(rule.id);
  return ids;
}

/** These rules, with what they count, which raises nothing here. */
function runnable(all: readonly Rule[], ids: ReadonlySet<string>): readonly Rule[] {
  const counted = new Set(all.flatMap((rule) => (rule.kind === 'correlation' && ids.has(rule.id) ? inputsOf(rule) : [])));
  return all.flatMap((rule): Rule[] => {
    if (ids.has(rule.id)) return [rule];
    return counted.has(rule.id) ? [{ ...rule, raises: false }] : [];
  });
}

function inputsOf(rule: CorrelationRule): readonly string[] {
  return [rule, ...(rule.nested ?? [])].flatMap(({ rules }) => rules);
}
