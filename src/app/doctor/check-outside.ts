import { checkSignatures, parseCheckpoint, parseVerifierKey } from '../../core/lib/checkpoint.ts';
import type { DoctorCheck } from '../../core/model/doctor.ts';
import type { DoctorDeps } from './doctor-deps.ts';

/** The last checkpoint outside may be so much older than the last one inside. */
const behindMs = 15 * 60_000;

/** Would anybody notice that jobzero is dead, or that its ledger was written anew? Both need somebody outside. */
export async function checkOutside(deps: DoctorDeps): Promise<readonly DoctorCheck[]> {
  if (deps.simulated) {
    const says = 'Nothing depends on the simulated organisation.';
    return [
      { id: 'outside-heartbeat', state: 'not-needed', says, fix: '' },
      { id: 'outside-checkpoint', state: 'not-needed', says, fix: '' },
    ];
  }
  return [await heartbeatCheck(deps), await checkpointCheck(deps)];
}

async function heartbeatCheck({ store, tenant, heartbeat }: DoctorDeps): Promise<DoctorCheck> {
  const id = 'outside-heartbeat';
  if ((await heartbeat()) === null)
    return {
      id,
      state: 'bad',
      says: 'Nobody outside hears whether jobzero lives.',
      fix: 'Name a heartbeat in channels.yml: docs/reference/channels.md.',
    };
  const fault = await store.within(tenant, (tx) => tx.items.get('automation-fault', 'heartbeat/heartbeat'));
  return fault?.state === 'open'
    ? {
        id,
        state: 'bad',
        says: 'The heartbeat does not reach the place outside.',
        fix: 'See "jobzero channels" for the reason.',
      }
    : { id, state: 'good', says: 'A place outside hears that jobzero lives.', fix: '' };
}

async function checkpointCheck({ ledger, witness, store, tenant, clock }: DoctorDeps): Promise<DoctorCheck> {
  const id = 'outside-checkpoint';
  if (witness === null)
    return {
      id,
      state: 'bad',
      says: 'Checkpoints of the ledger lie beside its database only: whoever owns the machine can write it anew.',
      fix: 'Name a place elsewhere in JOBZERO_CHECKPOINTS: a file on another disk, or s3://bucket/prefix with Object Lock.',
    };
  const note = await witness.latest();
  const latest = await ledger.latest();
  if (note === null || latest === null)
    return {
      id,
      state: 'bad',
      says: `${witness.name} has no checkpoint yet.`,
      fix: 'Wait a minute; then see what "jobzero up" says of it.',
    };
  const outside = parseCheckpoint(note);
  const key = parseVerifierKey(ledger.verifierKey);
  const same = (await ledger.checkpoints(outside.size - 1, 1))
    .map((one) => parseCheckpoint(one.note))
    .find(({ size }) => size === outside.size);
  if (checkSignatures(outside, [key]) !== 'good' || same?.root !== outside.root)
    return {
      id,
      state: 'bad',
      says: `The checkpoint over ${outside.size} leaves at ${witness.name} is not one of this ledger.`,
      fix: 'Run "jobzero ledger verify --checkpoint" with it before anything else: the ledger may have been written anew.',
    };
  const kept = (await store.within(tenant, (tx) => tx.settings.list('witness'))).find(({ name }) => name === 'witness');
  return outside.size < latest.size && (kept === undefined || clock.now() - kept.at > behindMs)
    ? {
        id,
        state: 'bad',
        says: `${witness.name} has had no new checkpoint for a quarter of an hour.`,
        fix: 'See what "jobzero up" says of it: the place may be full, or refuse.',
      }
    : { id, state: 'good', says: `${witness.name} has the checkpoint over ${outside.size} leaves, and it is ours.`, fix: '' };
}
