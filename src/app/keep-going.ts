import { setTimeout as sleep } from 'node:timers/promises';
import type { Store, Topic } from '../core/ports/store.ts';

/** Changes come in crowds, and each tells all who listen: rounds begin no nearer to each other, in milliseconds. The first is not kept waiting. */
const apartMs = 250;
/** The same for what follows people and their clocks, which count in minutes. */
export const apartForPeopleMs = 1_000;

/**
 * Does a piece of work now, whenever one of the topics changes, and every so often in case a change went unheard. Never
 * twice at once in this process; a failure is told and the next round goes on. Returns the way to stop, which waits for
 * what is under way.
 */
export async function keepGoing(
  store: Store,
  topics: readonly Topic[],
  everyMs: number,
  work: () => Promise<void>,
  onError: (error: unknown) => void,
  apart = apartMs,
): Promise<() => Promise<void>> {
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  let began = Number.NEGATIVE_INFINITY;
  const round = async () => {
    while (again && !stopped) {
      const wait = began + apart - performance.now();
      if (wait > 0) await sleep(wait);
      if (stopped) return;
      began = performance.now();
      again = false;
      try {
        await work();
      } catch (error) {
        onError(error);
      }
    }
  };
  const wake = (): void => {
    again = true;
    if (running !== null || stopped) return;
    running = round().finally(() => {
      running = null;
      // A change may have come between the last look and here.
      if (again) wake();
    });
  };
  const unwatch = await store.watch((topic) => {
    if (topics.some((one) => concerns(one, topic))) wake();
  });
  const timer = setInterval(wake, everyMs);
  wake();
  return async () => {
    stopped = true;
    clearInterval(timer);
    await unwatch();
    await running;
  };
}

/** Is who follows the one topic concerned by a change of the other? One kind of items is some of all. */
function concerns(followed: Topic, changed: Topic): boolean {
  return followed === changed || followed.startsWith(`${changed}/`) || changed.startsWith(`${followed}/`);
}
