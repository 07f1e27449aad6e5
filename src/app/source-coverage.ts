import { whyUnread } from '../core/collect/reports/read-sources.ts';
import { CoverageCounter, type SourceCoverage } from '../core/findings/imported/source-coverage.ts';
import type { Answers } from '../core/model/imported.ts';
import type { Store } from '../core/ports/store.ts';
import { type Reading, sourceReadings } from './read-sources.ts';

export interface CoverageDeps {
  readonly tenant: string;
  readonly store: Store;
  readonly answers?: () => Promise<Answers>;
}

export interface CoverageRow extends SourceCoverage {
  /** When all Regions were read from the service's API last, in milliseconds since 1970; null for never. */
  readonly readAt: number | null;
  /** Why a Region was not, one sentence for each reason. */
  readonly unread: readonly string[];
}

const page = 500;
const mostReadings = 10_000;

/** Of each account and service: how many findings it has, how many only it saw, how many both, and how many only we. */
export async function sourceCoverage({ tenant, store, answers }: CoverageDeps): Promise<readonly CoverageRow[]> {
  const counter = new CoverageCounter((await answers?.()) ?? {});
  for (let after: string | undefined; ; ) {
    const rows = await store.within(tenant, (tx) => tx.findings.list({ limit: page, ...(after === undefined ? {} : { after }) }));
    for (const { finding, state } of rows) if (state !== 'retracted') counter.add(finding);
    after = rows.at(-1)?.finding.id;
    if (rows.length < page) break;
  }
  const items = await store.within(tenant, (tx) => tx.items.list({ kind: sourceReadings, limit: mostReadings }));
  const readings = Map.groupBy(
    items.map(({ doc }) => doc as unknown as Reading),
    ({ account, source }) => `${account} ${source}`,
  );
  const read = [...readings].filter(([, all]) => all.some(({ readAt }) => readAt !== null)).map(([key]) => key);
  return counter.rows(read).map((row) => {
    const all = readings.get(`${row.account} ${row.source}`) ?? [];
    const times = all.flatMap(({ readAt }) => readAt ?? []);
    // Security Hub has two editions: who has one is read.
    const isRead = new Set(all.flatMap(({ region, outcome }) => (outcome.read ? [region] : [])));
    const unread = all.flatMap(({ source, region, outcome }) => (outcome.read || isRead.has(region) ? [] : [whyUnread(source, outcome)]));
    return { ...row, readAt: times.length === 0 ? null : Math.min(...times), unread: [...new Set(unread)] };
  });
}
