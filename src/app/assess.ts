import { assessSnapshot } from '../core/assess/assess-snapshot.ts';
import { snapshotOf } from '../core/collect/inventory/snapshot-of.ts';
import { takeInventory } from '../core/collect/inventory/take-inventory.ts';
import type { Control } from '../core/model/control.ts';
import { CloudError } from '../core/model/errors.ts';
import type { Finding } from '../core/model/finding.ts';
import type { Outcome, Snapshot, Unread } from '../core/model/resource.ts';
import type { Severity } from '../core/model/severity.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Cloud } from '../core/ports/cloud.ts';
import type { OnProgress } from './on-progress.ts';

export interface Assessed {
  readonly control: string;
  readonly title: string;
  readonly severity: Severity;
  readonly account: string;
  readonly region: string;
  readonly resource: string;
  readonly type: string;
  readonly outcome: Outcome;
}

export interface AssessResult {
  /** One for each control and resource, sorted by (control, account, region, resource). */
  readonly outcomes: readonly Assessed[];
  /** The failures as findings, in the order of their ids. */
  readonly findings: readonly Finding[];
  readonly unread: readonly Unread[];
  readonly seconds: number;
}

export interface AssessDeps {
  readonly cloud: Cloud;
  readonly controls: readonly Control[];
  readonly clock: Clock;
  readonly tenant: string;
}

export interface AssessChoice {
  /** Null: every account that the cloud names. */
  readonly accounts: readonly string[] | null;
  /** Null: every Region that is enabled. */
  readonly regions: readonly string[] | null;
  readonly onProgress: OnProgress;
}

/**
 * Takes the inventory of each account and judges it. Stores nothing. An account whose Regions cannot be listed is `unread`;
 * only a cloud that does not even say who is calling throws its CloudError.
 */
export async function assess(deps: AssessDeps, choice: AssessChoice): Promise<AssessResult & { readonly snapshots: readonly Snapshot[] }> {
  const begin = deps.clock.now();
  const accounts = choice.accounts ?? (await deps.cloud.accounts()).map(({ id }) => id);
  const snapshots: Snapshot[] = [];
  const outcomes: Assessed[] = [];
  const findings: Finding[] = [];
  const unread: Unread[] = [];
  for (const [n, account] of [...new Set(accounts)].sort().entries()) {
    const regions = choice.regions ?? (await regionsOf(deps.cloud, account, unread));
    if (regions === null) continue;
    const one = await assessAccount(deps, account, regions, ({ done, total, doing }) =>
      choice.onProgress({ done: n * (total ?? 0) + done, total: total === null ? null : total * accounts.length, doing }),
    );
    snapshots.push(one.snapshot);
    for (const outcome of one.outcomes) outcomes.push(outcome);
    for (const finding of one.findings) findings.push(finding);
    for (const missing of one.unread) unread.push(missing);
  }
  return {
    snapshots,
    outcomes: outcomes.sort(byControlAndPlace),
    findings: findings.sort((a, b) => (a.id < b.id ? -1 : 1)),
    unread,
    seconds: (deps.clock.now() - begin) / 1000,
  };
}

/** One account: its snapshot, every judgement, and the failures as findings. Throws nothing but bugs. */
export async function assessAccount(
  deps: AssessDeps,
  account: string,
  regions: readonly string[],
  onProgress: OnProgress = () => {},
): Promise<Pick<AssessResult, 'outcomes' | 'findings' | 'unread'> & { readonly snapshot: Snapshot }> {
  const { cloud, controls, clock, tenant } = deps;
  const takenAt = clock.now();
  const inventory = await takeInventory(cloud, account, regions, {
    onProgress: ({ done, total, region }) => onProgress({ done, total, doing: `${account} ${region}` }),
  });
  const snapshot = snapshotOf({ tenant, account, regions, takenAt, ...inventory });
  const { judged, findings } = assessSnapshot(snapshot, controls);
  const outcomes = judged.map(
    ({ control, resource, outcome }): Assessed => ({
      control: control.id,
      title: control.title,
      severity: control.severity,
      account,
      region: resource.region,
      resource: resource.uid,
      type: resource.type,
      outcome,
    }),
  );
  return { snapshot, outcomes: outcomes.sort(byControlAndPlace), findings, unread: snapshot.unread };
}

async function regionsOf(cloud: Cloud, account: string, unread: Unread[]): Promise<readonly string[] | null> {
  try {
    return await cloud.regions(account);
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    const { code, action: permission } = error;
    unread.push({
      account,
      region: '*',
      permission,
      types: ['*'],
      code,
      reason: `${permission}: the Regions of the account are not known (${code})`,
    });
    return null;
  }
}

function byControlAndPlace(a: Assessed, b: Assessed): number {
  return compare(a.control, b.control) || compare(a.account, b.account) || compare(a.region, b.region) || compare(a.resource, b.resource);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
