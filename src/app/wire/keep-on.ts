import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Does the work now and again each `everyMs` after it ended, until the signal; what it throws is told, and it goes on.
 * Resolves when the last round is over.
 */
export async function keepOn(
  work: () => Promise<void>,
  everyMs: number,
  signal: AbortSignal,
  troubled: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    await work().catch(troubled);
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}
