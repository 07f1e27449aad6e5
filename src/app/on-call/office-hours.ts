import { windowAt } from '../../core/decide/on-call/daily-window.ts';
import type { Tx } from '../../core/ports/store.ts';
import { onCallOf } from './on-call-settings.ts';

/** From nine to five on workdays. */
const officeHours = { from: 9 * 60, until: 17 * 60, days: [1, 2, 3, 4, 5] } as const;

/** Is somebody at work, by the zone of the on-call file? Null where there is no such file, so that nobody says when people work. */
export async function isOfficeHours(tx: Tx, at: number): Promise<boolean | null> {
  const { settings, zones } = await onCallOf(tx);
  return settings === null ? null : windowAt(zones, settings.zone, officeHours, at) !== null;
}
