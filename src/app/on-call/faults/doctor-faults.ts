import { illStates } from '../../../core/model/doctor.ts';
import type { Tx } from '../../../core/ports/store.ts';
import { lastReport } from '../../doctor/doctor-report.ts';
import type { Fault } from '../../notify/automation-fault.ts';

/** Told more exactly here: by account, log and list. */
const toldElsewhere: ReadonlySet<string> = new Set(['role-reader', 'role-actor', 'role-undoer', 'feed-logs', 'feed-lists']);

/** What jobzero found wrong with itself when it examined itself last. */
export async function doctorFaults(tx: Tx): Promise<readonly Fault[]> {
  const checks = (await lastReport(tx))?.checks ?? [];
  return checks
    .filter(({ id, state }) => illStates.has(state) && !toldElsewhere.has(id))
    .map(({ id, says, fix }) => ({ what: 'doctor', name: id, reason: says.replace(/\.$/, ''), fix }));
}
