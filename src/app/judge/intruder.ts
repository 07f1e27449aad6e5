import type { Judgement } from '../../core/model/decision.ts';
import type { Tx } from '../../core/ports/store.ts';
import { incidentOf } from '../triage/ask.ts';

/** Is the question about an incident that wakes people and is not over? Then no time is to be lost with judging first. */
export async function isIntruderActive(tx: Tx, judgement: Pick<Judgement, 'finding'>): Promise<boolean> {
  const id = await incidentOf(tx, judgement.finding);
  const row = id === null ? null : await tx.incidents.get(id);
  return row?.isOpen === true && row.incident.pages;
}
