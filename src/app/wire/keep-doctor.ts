import { constants } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { controls } from '../../../content/index.ts';
import { isWell } from '../../core/model/doctor.ts';
import { InputError } from '../../core/model/errors.ts';
import type { Witness } from '../../core/ports/witness.ts';
import { openCheckpointBucket } from '../../edge/aws/checkpoint-bucket.ts';
import { openQueueLook } from '../../edge/aws/queue-state.ts';
import { openCheckpointCopy } from '../../edge/files/checkpoint-copy.ts';
import { askedName } from '../doctor/ask-doctor.ts';
import type { DoctorDeps } from '../doctor/doctor-deps.ts';
import { keepReport, lastReport } from '../doctor/doctor-report.ts';
import { examine } from '../doctor/examine.ts';
import { keepGoing } from '../keep-going.ts';
import { readerActions } from '../reader-actions.ts';
import type { LogsChoice } from '../wires.ts';
import { type CloudChoice, openCloud } from './cloud.ts';
import { type Env, places } from './home.ts';
import { listSettings, listsOfHome } from './lists.ts';
import { channelsOfHome } from './open-channels.ts';
import { senderOptions } from './s3-logs.ts';
import type { State } from './state.ts';

const examineEveryMs = 5 * 60_000;
const lookEveryMs = 30_000;
const witnessEveryMs = 60_000;

/**
 * Examines jobzero itself now, every few minutes, sooner while it is not well and when somebody asks for it, and keeps checkpoints at the witness that JOBZERO_CHECKPOINTS names.
 * Returns the way to stop.
 */
export async function keepDoctor(
  state: State,
  choice: CloudChoice,
  input: LogsChoice & { readonly queues: readonly string[] },
  env: Env,
  troubled: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const { store, tenant, clock, home, ledger, signIns, playbooks } = state;
  const cloud = await openCloud(choice);
  const witness = witnessOf(env, home, input);
  const queues = choice.kind === 'range' ? [] : input.queues.map((url) => openQueueLook(url, () => clock.now(), senderOptions(input)));
  const deps: DoctorDeps = {
    tenant,
    store,
    clock,
    ledger,
    signIns,
    cloud,
    simulated: choice.kind === 'range',
    oneRole: choice.kind === 'aws' && choice.endpointUrl !== null,
    playbooks,
    reads: readerActions(await controls(), playbooks),
    queues,
    lists: async () => listsOfHome(home, await listSettings(home), clock.now()),
    heartbeat: async () => (await channelsOfHome(home)).heartbeat,
    witness,
    keyFault: () => keyFault(places(home).ledgerKey),
  };
  const work = async () => {
    const due = await store.within(tenant, async (tx) => {
      const last = await lastReport(tx);
      const asked = (await tx.settings.list(askedName)).find(({ name }) => name === askedName)?.at ?? 0;
      if (last === null || asked > last.at) return true;
      return clock.now() - last.at >= (isWell(last) ? examineEveryMs : lookEveryMs);
    });
    if (!due) return;
    const report = await examine(deps);
    await store.within(tenant, (tx) => keepReport(tx, report));
  };
  const stopWitness =
    witness === null ? async () => {} : await keepGoing(store, [], witnessEveryMs, () => bearWitness(state, witness), troubled);
  const stopExamining = await keepGoing(store, ['settings'], lookEveryMs, work, troubled);
  return async () => {
    await stopExamining();
    await stopWitness();
    witness?.close();
    for (const queue of queues) queue.close();
    await cloud.close();
  };
}

/** The place outside that the environment names: a file, or `s3://bucket/prefix`. Throws InputError for a file in the home. */
function witnessOf(env: Env, home: string, input: LogsChoice): Witness | null {
  const place = env['JOBZERO_CHECKPOINTS'] ?? '';
  if (place === '') return null;
  if (place.startsWith('s3://')) return openCheckpointBucket(place, senderOptions(input));
  if (resolve(place).startsWith(`${home}/`)) throw new InputError('checkpoints outside do not lie in the home', 'JOBZERO_CHECKPOINTS');
  return openCheckpointCopy(resolve(place));
}

/** Keeps the last checkpoint outside, when it is another one than before. */
async function bearWitness(
  { ledger, store, tenant, clock }: Pick<State, 'ledger' | 'store' | 'tenant' | 'clock'>,
  witness: Witness,
): Promise<void> {
  const latest = await ledger.latest();
  if (latest === null) return;
  const kept = await store.within(tenant, (tx) => tx.settings.get('witness'));
  if (kept === latest.size) return;
  await witness.keep(latest);
  await store.within(tenant, (tx) => tx.settings.set('witness', latest.size, clock.now(), 'automation'));
}

async function keyFault(path: string): Promise<string | null> {
  const { mode } = await stat(path);
  return (mode & (constants.S_IRWXG | constants.S_IRWXO)) === 0 ? null : `Others on this machine may open ${path}.`;
}
