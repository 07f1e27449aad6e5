import { checkSignatures, parseCheckpoint, parseVerifierKey } from '../../core/lib/checkpoint.ts';
import type { DoctorCheck } from '../../core/model/doctor.ts';
import type { DoctorDeps } from './doctor-deps.ts';

/** Does the ledger go on, under a key that is ours alone? */
export async function checkKeys({ ledger, keyFault }: DoctorDeps): Promise<readonly DoctorCheck[]> {
  const fault = await keyFault();
  const key: DoctorCheck =
    fault === null
      ? { id: 'ledger-key', state: 'good', says: "Only jobzero can read the ledger's key.", fix: '' }
      : { id: 'ledger-key', state: 'bad', says: fault, fix: 'chmod 600 the file, and look who could read it until now.' };
  const latest = await ledger.latest();
  if (latest === null)
    return [
      key,
      { id: 'ledger', state: 'bad', says: 'The ledger has no checkpoint yet.', fix: 'Wait a second: "jobzero up" signs one each second.' },
    ];
  const signed = checkSignatures(parseCheckpoint(latest.note), [parseVerifierKey(ledger.verifierKey)]);
  return [
    key,
    signed === 'good'
      ? { id: 'ledger', state: 'good', says: `The last checkpoint, over ${latest.size} leaves, bears our signature.`, fix: '' }
      : {
          id: 'ledger',
          state: 'bad',
          says: 'The last checkpoint does not bear the signature of our key.',
          fix: 'Run "jobzero ledger verify" with a checkpoint from outside: somebody may have written the ledger anew.',
        },
  ];
}
