import { declaredKind } from '../incident-mode/declared.ts';
import { followIncidents } from '../incident-mode/follow-incidents.ts';
import { proposeIncidents } from '../incident-mode/propose-incidents.ts';
import { apartForPeopleMs, keepGoing } from '../keep-going.ts';
import type { OpenChannels } from '../notify/open-channels.ts';
import type { State } from './state.ts';

const proposeEveryMs = 10_000;
const followEveryMs = 5_000;

/** Proposes what should be declared, tells people of what was, and reminds of clocks. Any number of workers may do this at once. Returns the way to stop. */
export async function keepIncidentMode(
  { tenant, store, clock }: Pick<State, 'tenant' | 'store' | 'clock'>,
  channels: () => Promise<OpenChannels>,
  troubled: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const deps = { tenant, store, clock, channels: async () => (await channels()).settings };
  const proposing = await keepGoing(store, ['incidents'], proposeEveryMs, () => proposeIncidents(deps), troubled, apartForPeopleMs);
  const following = await keepGoing(
    store,
    [`items/${declaredKind}`],
    followEveryMs,
    () => followIncidents(deps),
    troubled,
    apartForPeopleMs,
  );
  return async () => {
    await proposing();
    await following();
  };
}
