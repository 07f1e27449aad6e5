import { proposeIncidents } from '../incident-mode/propose-incidents.ts';
import { keepGoing } from '../keep-going.ts';
import type { State } from './state.ts';

const everyMs = 10_000;

/** Proposes what should be declared, and reminds of clocks. Any number of workers may do this at once. Returns the way to stop. */
export async function keepIncidentMode(
  { tenant, store, clock }: Pick<State, 'tenant' | 'store' | 'clock'>,
  troubled: (error: unknown) => void,
): Promise<() => Promise<void>> {
  return keepGoing(store, ['incidents'], everyMs, () => proposeIncidents({ tenant, store, clock }), troubled);
}
