import type { DoctorCheck } from '../../core/model/doctor.ts';
import type { OnCall } from '../../core/model/on-call.ts';
import { onCallOf } from '../on-call/on-call-settings.ts';
import { passkeysOf } from '../passkeys/passkey.ts';
import { toleranceOf } from '../tolerance-of.ts';
import type { DoctorDeps } from './doctor-deps.ts';

/** Who has no passkey, of those who are called or asked: for them being signed in is enough, or, where tolerance requires one, nothing is. */
export async function checkPasskeys({ store, tenant }: DoctorDeps): Promise<readonly DoctorCheck[]> {
  const { called, asked, owners, required } = await store.within(tenant, async (tx) => {
    const tolerance = await toleranceOf(tx);
    return {
      called: calledBy((await onCallOf(tx)).settings),
      asked: Object.keys(tolerance.people),
      owners: new Set((await passkeysOf(tx)).map(({ who }) => who)),
      required: tolerance.stepUp === 'required',
    };
  });
  const without = [...new Set([...called, ...asked])].filter((who) => !owners.has(who)).sort();
  if (without.length === 0)
    return [
      {
        id: 'passkeys',
        state: 'good',
        says: called.length + asked.length === 0 ? 'Nobody is called or asked by name.' : 'Everybody who is called or asked has a passkey.',
        fix: '',
      },
    ];
  const stuck = required && called.some((who) => !owners.has(who));
  return [
    {
      id: 'passkeys',
      state: stuck ? 'bad' : 'good',
      says: `Without a passkey: ${without.join(', ')}. ${required ? 'Tolerance requires one, so they cannot confirm what is grave.' : 'Being signed in is enough for them.'}`,
      fix: stuck
        ? 'Let them sign in (jobzero sign-in --as NAME) and register one on the page Passkeys, or set stepUp: when-registered.'
        : '',
    },
  ];
}

function calledBy(settings: OnCall | null): readonly string[] {
  return settings === null ? [] : [...settings.rotations.flatMap(({ people }) => people), ...settings.backup];
}
