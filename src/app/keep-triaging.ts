import { keepGoing } from './keep-going.ts';
import { aliveNoter } from './notify/alive.ts';
import type { TriageDeps } from './triage/triage-deps.ts';
import { Deferred, type Triaged, triage } from './triage.ts';

/** Decides findings as they come. Any number of processes may do this at once: a finding's revision is decided once. */
export function keepTriaging(
  deps: TriageDeps,
  everyMs: number,
  onTriaged: (triaged: Triaged) => void,
  onError: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const deferred = new Deferred();
  const alive = aliveNoter(deps, 'deciding');
  return keepGoing(
    deps.store,
    ['findings'],
    everyMs,
    async () => {
      try {
        await triage(deps, deferred, onTriaged);
      } finally {
        // One that cannot be decided holds up no other.
        await alive();
      }
    },
    onError,
  );
}
