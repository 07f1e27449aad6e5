import type { IncidentFilter, IncidentRow } from '../../core/ports/store.ts';
import type { ConsoleDeps } from './console-deps.ts';

export interface IncidentPage {
  readonly items: readonly IncidentRow[];
  /** Give this back as `after` for the next page; null at the end. */
  readonly next: string | null;
}

/** A page of incidents: those that page somebody first, then by severity, then the latest. */
export function listIncidents(deps: ConsoleDeps, filter: IncidentFilter): Promise<IncidentPage> {
  return deps.store.within(deps.tenant, async (tx) => {
    const rows = await tx.incidents.list({ ...filter, limit: filter.limit + 1 });
    const items = rows.slice(0, filter.limit);
    return { items, next: rows.length > filter.limit ? (items.at(-1)?.incident.id ?? null) : null };
  });
}
