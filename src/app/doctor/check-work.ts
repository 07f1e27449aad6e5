import type { DoctorCheck } from '../../core/model/doctor.ts';
import type { DoctorDeps } from './doctor-deps.ts';

/** What waits for longer is taken by nobody. A finding may wait a quarter of an hour for AWS to confirm it. */
const actionMs = 10 * 60_000;
const findingMs = 45 * 60_000;

/** Is what automation has to do done? */
export async function checkWork({ store, tenant, clock }: DoctorDeps): Promise<readonly DoctorCheck[]> {
  const now = clock.now();
  const { actions, findings } = await store.within(tenant, async (tx) => {
    const planned = await tx.actions.list({ state: ['planned'], limit: 500 });
    const [first] = await tx.findings.undecided(1);
    const waiting = first === undefined ? null : await tx.findings.get(first.id);
    return {
      actions: planned.filter(({ plannedAt }) => now - plannedAt > actionMs).length,
      findings: waiting !== null && now - waiting.updatedAt > findingMs,
    };
  });
  if (actions === 0 && !findings) return [{ id: 'work', state: 'good', says: 'Workers take what there is to decide and to do.', fix: '' }];
  const what = [
    ...(actions > 0 ? [`${actions} actions have waited for ten minutes`] : []),
    ...(findings ? ['findings wait to be decided'] : []),
  ];
  return [
    {
      id: 'work',
      state: 'bad',
      says: `${what.join(', and ')}.`,
      fix: 'See what the workers of "jobzero up" say; start it with more of them.',
    },
  ];
}
