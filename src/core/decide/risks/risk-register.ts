import { idOf } from '../../lib/hash.ts';
import { type Loss, type Treatment, treatments } from '../../model/risk.ts';
import { type Severity, severityIds } from '../../model/severity.ts';

/** Who accepts a finding, and until when. */
export interface Acceptance {
  readonly rule: string;
  readonly owner: string;
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** A finding as the register sees it. */
export interface RiskItem {
  readonly finding: string;
  readonly title: string;
  readonly severity: Severity;
  readonly unit: string | null;
  readonly account: string;
  readonly loss: Loss;
  readonly likelihood: number;
  readonly impact: number;
  /** Whose it is; null when nobody is named. */
  readonly owner: string | null;
  /** Since when it is open, in milliseconds since 1970. */
  readonly since: number;
  readonly treatment: Treatment;
  /** Of what is accepted. */
  readonly acceptance?: Acceptance;
}

/** Findings of one part of the business and account that threaten with the same kind of loss. */
export interface RiskRow {
  readonly id: string;
  readonly unit: string | null;
  readonly account: string;
  readonly loss: Loss;
  /** Those of its gravest finding that nobody accepts; where all are accepted, of the gravest of them. */
  readonly likelihood: number;
  readonly impact: number;
  /** 0 to 1000: likelihood x impact. */
  readonly risk: number;
  readonly severity: Severity;
  readonly gravest: { readonly finding: string; readonly title: string };
  readonly findings: number;
  readonly treatments: { readonly [treatment in Treatment]: number };
  /** The first of `treatments` that any of its findings has: a risk is as far as the finding that is least so. */
  readonly treatment: Treatment;
  /** By how many findings are theirs, the most first. */
  readonly owners: readonly string[];
  readonly since: number;
  readonly accepted: readonly Acceptance[];
}

/** The register: the gravest risk first, whatever the order of the findings. */
export function riskRegister(items: Iterable<RiskItem>): readonly RiskRow[] {
  const groups = Map.groupBy(items, ({ unit, account, loss }) => JSON.stringify([unit, account, loss]));
  return [...groups.values()].map(rowOf).sort((a, b) => b.risk - a.risk || b.findings - a.findings || order(a.id, b.id));
}

function rowOf(items: readonly RiskItem[]): RiskRow {
  const [first] = items;
  if (first === undefined) throw new Error('a risk without a finding');
  const unaccepted = items.filter(({ treatment }) => treatment !== 'accepted');
  const gravest = (unaccepted.length > 0 ? unaccepted : items).reduce((worst, item) => (isGraver(item, worst) ? item : worst));
  const count = (treatment: Treatment) => items.filter((item) => item.treatment === treatment).length;
  const counts = { open: count('open'), waiting: count('waiting'), accepted: count('accepted'), mitigated: count('mitigated') };
  const { unit, account, loss } = first;
  return {
    id: idOf('risk', unit, account, loss),
    unit,
    account,
    loss,
    likelihood: gravest.likelihood,
    impact: gravest.impact,
    risk: gravest.likelihood * gravest.impact,
    severity: gravest.severity,
    gravest: { finding: gravest.finding, title: gravest.title },
    findings: items.length,
    treatments: counts,
    treatment: treatments.find((treatment) => counts[treatment] > 0) ?? 'open',
    owners: ownersOf(items),
    since: Math.min(...items.map(({ since }) => since)),
    accepted: acceptancesOf(items),
  };
}

function isGraver(a: RiskItem, b: RiskItem): boolean {
  const byRisk = a.likelihood * a.impact - b.likelihood * b.impact;
  const bySeverity = severityIds[a.severity] - severityIds[b.severity];
  return byRisk > 0 || (byRisk === 0 && (bySeverity > 0 || (bySeverity === 0 && a.finding < b.finding)));
}

function ownersOf(items: readonly RiskItem[]): readonly string[] {
  const named = items.flatMap(({ owner }) => (owner === null ? [] : [owner]));
  return [...Map.groupBy(named, (owner) => owner)].sort(([a, x], [b, y]) => y.length - x.length || order(a, b)).map(([owner]) => owner);
}

function acceptancesOf(items: readonly RiskItem[]): readonly Acceptance[] {
  const all = items.flatMap(({ acceptance }) => (acceptance === undefined ? [] : [acceptance]));
  const distinct = new Map(all.map((one) => [JSON.stringify([one.rule, one.owner, one.reason, one.expires]), one]));
  return [...distinct].sort(([a, x], [b, y]) => x.expires - y.expires || order(a, b)).map(([, one]) => one);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
