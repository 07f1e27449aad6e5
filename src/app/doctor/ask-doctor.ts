import type { DoctorReport } from '../../core/model/doctor.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { lastReport } from './doctor-report.ts';

/** What runs looks at this setting, and examines itself when it is younger than the last report. */
export const askedName = 'doctor/asked';

/** The last report; null where none was made. */
export function readDoctor(deps: Pick<ConsoleDeps, 'store' | 'tenant'>): Promise<DoctorReport | null> {
  return deps.store.within(deps.tenant, lastReport);
}

/** Asks what runs to examine itself now; returns when that was asked, in milliseconds since 1970. */
export async function askDoctor({ store, tenant, clock }: Pick<ConsoleDeps, 'store' | 'tenant' | 'clock'>, by: string): Promise<number> {
  const at = clock.now();
  await store.within(tenant, (tx) => tx.settings.set(askedName, { at }, at, by));
  return at;
}
