import type { Finding } from '../core/model/finding.ts';
import { type Severity, severities } from '../core/model/severity.ts';

/** So many different accounts or rules are told apart; the rest is counted together. */
const mostNames = 10_000;
const mostExamples = 5;

export interface FindingsSummary {
  readonly findings: number;
  readonly bySeverity: { readonly [severity in Severity]: number };
  /** Days in UTC with findings, in order. A finding counts on the day of its first event. */
  readonly byDay: readonly Count[];
  /** The most first. */
  readonly byAccount: readonly Count[];
  readonly byRule: readonly Count[];
  /** The earliest findings of each rule, by time. */
  readonly examples: readonly Finding[];
}

export interface Count {
  readonly name: string;
  readonly findings: number;
}

/** What many findings say in a few lines; holds a few findings of each rule. */
export function summariseFindings(findings: Iterable<Finding>): FindingsSummary {
  const bySeverity = Object.fromEntries(severities.map((severity) => [severity, 0])) as Record<Severity, number>;
  const days = new Map<string, number>();
  const accounts = new Map<string, number>();
  const rules = new Map<string, number>();
  const examples = new Map<string, Finding[]>();
  let n = 0;
  for (const finding of findings) {
    n++;
    bySeverity[finding.severity]++;
    count(days, new Date(finding.firstTime).toISOString().slice(0, 10));
    count(accounts, finding.account);
    count(rules, finding.rule.id);
    const known = examples.get(finding.rule.id) ?? [];
    examples.set(finding.rule.id, [...known, finding].sort(earlier).slice(0, mostExamples));
  }
  return {
    findings: n,
    bySeverity,
    byDay: [...days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, findings]) => ({ name, findings })),
    byAccount: most(accounts),
    byRule: most(rules),
    examples: [...examples.values()].flat().sort(earlier),
  };
}

function count(counts: Map<string, number>, name: string): void {
  const counted = counts.has(name) || counts.size < mostNames ? name : 'others';
  counts.set(counted, (counts.get(counted) ?? 0) + 1);
}

function most(counts: ReadonlyMap<string, number>): readonly Count[] {
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([name, findings]) => ({ name, findings }));
}

function earlier(a: Finding, b: Finding): number {
  return a.firstTime - b.firstTime || (a.id < b.id ? -1 : 1);
}
