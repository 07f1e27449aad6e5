import type { EngineLoader } from '../../core/ports/engine.ts';
import { makeDrills } from '../exercise/drills.ts';
import { followAudit } from '../judge/audit-samples.ts';
import { followProposals } from '../judge/backtest-proposals.ts';
import { followCases } from '../judge/follow-cases.ts';
import { wantsDrill } from '../judge/list-exercises.ts';
import { setRepeats } from '../judge/set-repeats.ts';
import { apartForPeopleMs, keepGoing } from '../keep-going.ts';
import type { State } from './state.ts';

const minute = 60_000;
const hour = 60 * minute;

/** What follows from judgements: how cases turn out, what is proposed, and exercises. Any number of workers may do it at once. */
export async function keepLearning(
  state: Pick<State, 'store' | 'tenant' | 'clock' | 'playbooks'>,
  engines: EngineLoader,
  troubled: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const { store, tenant, clock, playbooks } = state;
  const stops = [
    await keepGoing(store, [], minute, () => followCases({ store, tenant, clock }).then(() => {}), troubled),
    await keepGoing(store, ['judgements'], minute, () => followProposals({ store, tenant, clock, engines }).then(() => {}), troubled),
    await keepGoing(store, [], 5 * minute, () => followAudit({ store, tenant, clock }).then(() => {}), troubled),
    await keepGoing(store, [], hour, () => setRepeats({ store, tenant, clock, playbooks }).then(() => {}), troubled),
    await keepGoing(
      store,
      ['items/exercise'],
      minute,
      async () => {
        // The range and what finds in it are loaded only when somebody wants a drill.
        if (await wantsDrill(state)) await makeDrills((await import('./drills.ts')).drillDeps(state));
      },
      troubled,
      apartForPeopleMs,
    ),
  ];
  return async () => {
    for (const stop of stops.reverse()) await stop();
  };
}
