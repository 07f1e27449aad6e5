import type { FindingFilter, FindingRow } from '../../core/ports/store.ts';
import type { ConsoleDeps } from './console-deps.ts';

export interface FindingPage {
  readonly items: readonly FindingRow[];
  /** Give this back as `after` for the next page; null at the end. */
  readonly next: string | null;
}

/** A page of findings, in id order or the gravest first. */
export function listFindings(deps: ConsoleDeps, filter: FindingFilter): Promise<FindingPage> {
  return deps.store.within(deps.tenant, async (tx) => {
    const rows = await tx.findings.list({ ...filter, limit: filter.limit + 1 });
    const items = rows.slice(0, filter.limit);
    return { items, next: rows.length > filter.limit ? (items.at(-1)?.finding.id ?? null) : null };
  });
}
