import type { Finding, FindingState } from '../../model/finding.ts';
import { severityIds } from '../../model/severity.ts';

/** A finding of a weakness, and what became of it here. */
export interface Told {
  readonly finding: Finding;
  readonly state: FindingState;
}

/**
 * Of all findings of one weakness, under which each is shown and decided: id -> id of another; null where it stands for itself. A function of
 * their set. Our own leads while it is open, whatever others say; where it is over or was never made, the gravest that AWS still says fails.
 * What is over here leads nobody and is under nobody.
 */
export function leadsOf(told: readonly Told[]): ReadonlyMap<string, string | null> {
  const open = told.filter(({ state }) => state === 'open' || state === 'acknowledged').map(({ finding }) => finding);
  const lead = open.find(({ imported }) => imported === undefined) ?? open.filter(stillFails).sort(graver)[0];
  return new Map(
    told.map(({ finding: { id } }) => [id, lead !== undefined && id !== lead.id && open.some((one) => one.id === id) ? lead.id : null]),
  );
}

/** What its source says of a finding: an imported one may be over there while it is open here. */
export function stillFails({ imported }: Finding): boolean {
  return imported === undefined || imported.state === 'active';
}

function graver(a: Finding, b: Finding): number {
  return severityIds[b.severity] - severityIds[a.severity] || (a.id < b.id ? -1 : 1);
}
