import { rules } from '../../../content/index.ts';
import { keepGoing } from '../keep-going.ts';
import type { OpenChannels } from '../notify/open-channels.ts';
import { followTickets } from '../tickets/follow-tickets.ts';
import type { State } from './state.ts';

const everyMs = 10 * 60_000;

/** Makes tickets of findings, and says in them what becomes of it. Any number of workers may do this at once. Returns the way to stop. */
export function keepTicketing(
  { tenant, store, clock }: Pick<State, 'tenant' | 'store' | 'clock'>,
  channels: () => Promise<OpenChannels>,
  troubled: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const deps = { tenant, store, clock, behaviours: insecureBehaviours, channels: async () => (await channels()).settings };
  return keepGoing(store, [], everyMs, () => followTickets(deps), troubled);
}

/** Ids of the rules that find insecure behaviour without an attacker. */
export async function insecureBehaviours(): Promise<readonly string[]> {
  return (await rules()).flatMap(({ id, insecureBehaviour }) => (insecureBehaviour === true ? [id] : []));
}
