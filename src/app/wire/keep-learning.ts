import type { EngineLoader } from '../../core/ports/engine.ts';
import { makeDrills } from '../exercise/drills.ts';
import { followAudit } from '../judge/audit-samples.ts';
import { followProposals, type ProposalDeps } from '../judge/backtest-proposals.ts';
import { followCases } from '../judge/follow-cases.ts';
import { wantsDrill } from '../judge/list-exercises.ts';
import { setRepeats } from '../judge/set-repeats.ts';
import { apartForPeopleMs, keepGoing } from '../keep-going.ts';
import type { OpenChannels } from '../notify/open-channels.ts';
import { notableBy } from './reachable.ts';
import type { State } from './state.ts';

const minute = 60_000;
const hour = 60 * minute;

/** What follows from judgements: how cases turn out, what is proposed, and exercises. Any number of workers may do it at once. */
export async function keepLearning(
  state: Pick<State, 'home' | 'store' | 'tenant' | 'clock' | 'playbooks'>,
  engines: EngineLoader,
  channels: () => Promise<OpenChannels>,
  troubled: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const { store, tenant, clock, playbooks } = state;
  const proposals: ProposalDeps = {
    store,
    tenant,
    clock,
    engines,
    playbooks,
    reachable: () => notableBy(channels),
    // The lake and the rules are opened only when somebody wrote rules.
    tryRules: async (file, from, to) =>
      (await import('./try-on-lake.ts')).tryOnLake(state, { files: [file], inPlace: false }, { from, to }),
  };
  const stops = [
    await keepGoing(store, [], minute, () => followCases({ store, tenant, clock }).then(() => {}), troubled),
    await keepGoing(store, ['judgements'], minute, () => followProposals(proposals).then(() => {}), troubled),
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
