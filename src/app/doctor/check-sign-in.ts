import { randomBytes } from 'node:crypto';
import { sha256 } from '../../core/lib/hash.ts';
import type { DoctorCheck } from '../../core/model/doctor.ts';
import type { DoctorDeps } from './doctor-deps.ts';

const minute = 60_000;

/** Can somebody come in, once, and out again? A link is issued, spent and tried a second time, and its session closed. Nobody is told the token. */
export async function checkSignIn({ signIns, clock }: DoctorDeps): Promise<readonly DoctorCheck[]> {
  const hash = sha256(`doctor/${randomBytes(32).toString('base64url')}`);
  const now = clock.now();
  await signIns.issue(hash, now + minute);
  const once = await signIns.spend(hash, now);
  const twice = await signIns.spend(hash, now);
  await signIns.openSession(hash, now + minute);
  const open = await signIns.session(hash, now);
  await signIns.closeSession(hash);
  const closed = await signIns.session(hash, now);
  return [
    once && !twice && open !== null && closed === null
      ? { id: 'sign-in', state: 'good', says: 'A link signs in once, and a session ends when it is closed.', fix: '' }
      : {
          id: 'sign-in',
          state: 'bad',
          says: `A link ${once ? (twice ? 'signs in twice' : 'signs in once') : 'does not sign in'}; a session ${closed === null ? 'ends' : 'does not end'} when it is closed.`,
          fix: 'The tables of the sign-ins were changed: restore the database from a backup.',
        },
  ];
}
