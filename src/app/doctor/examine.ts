import type { DoctorCheck, DoctorReport } from '../../core/model/doctor.ts';
import { checkFeeds } from './check-feeds.ts';
import { checkKeys } from './check-keys.ts';
import { checkOutside } from './check-outside.ts';
import { checkPasskeys } from './check-passkeys.ts';
import { checkPermissions } from './check-permissions.ts';
import { checkQueues } from './check-queues.ts';
import { checkRoles } from './check-roles.ts';
import { checkSignIn } from './check-sign-in.ts';
import { checkSources } from './check-sources.ts';
import { checkWork } from './check-work.ts';
import type { DoctorDeps } from './doctor-deps.ts';

const checks: readonly (readonly [id: string, check: (deps: DoctorDeps) => Promise<readonly DoctorCheck[]>])[] = [
  ['roles', checkRoles],
  ['permissions', checkPermissions],
  ['queues', checkQueues],
  ['sources', checkSources],
  ['sign-in', checkSignIn],
  ['passkeys', checkPasskeys],
  ['keys', checkKeys],
  ['feeds', checkFeeds],
  ['outside', checkOutside],
  ['work', checkWork],
];

/** Examines jobzero itself. A check that throws is `unknown`, and the others go on. */
export async function examine(deps: DoctorDeps): Promise<DoctorReport> {
  const at = deps.clock.now();
  const found = await Promise.all(
    checks.map(([id, check]) =>
      check(deps).catch((error: unknown): readonly DoctorCheck[] => [
        {
          id,
          state: 'unknown',
          says: `It could not be found out: ${error instanceof Error ? error.message : String(error)}`,
          fix: 'Mend what the message names; it is looked at again within minutes.',
        },
      ]),
    ),
  );
  return { format: 'jobzero.doctor/1', at, checks: found.flat() };
}
