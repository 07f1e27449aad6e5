import { setTimeout as sleep } from 'node:timers/promises';
import { severityIds } from '../../core/model/severity.ts';
import type { LogObject } from '../../core/ports/log-objects.ts';
import { collectQueue } from '../collect-queue.ts';
import { type IngestedBatch, ingestBatch } from '../ingest-batch.ts';
import type { UpEvent } from '../wires.ts';
import { batchesOf, ingestDeps } from './ingest.ts';
import type { State } from './state.ts';
import type { Watched, WatchedQueue } from './watched.ts';

/** After a failure the same is tried again, but not at once. */
const afterTroubleMs = 5_000;

/**
 * Takes in what appears below the roots, round after round, and what the queues bring. Returns the way to stop, which
 * waits for the batches under way.
 */
export async function keepCollecting(
  state: State,
  { logs, roots, everyMs, queues }: Pick<Watched, 'logs' | 'roots' | 'everyMs' | 'queues'>,
  tell: (event: Omit<UpEvent, 'at'>) => void,
  troubled: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const deps = await ingestDeps(state, logs);
  const seen = new Set<string>();
  const stop = new AbortController();
  const nameOf = (object: LogObject) => `${object.name} ${object.version}`;
  const pause = (milliseconds: number) => sleep(milliseconds, undefined, { signal: stop.signal }).catch(() => undefined);

  async function* unseen(): AsyncGenerator<LogObject> {
    for await (const object of logs.list(roots)) if (!seen.has(nameOf(object))) yield object;
  }

  async function collect(): Promise<void> {
    for await (const batch of batchesOf(unseen())) {
      if (stop.signal.aborted) return;
      const ingested = await ingestBatch(deps, batch);
      const unread = new Set(ingested.unread.map(({ object }) => nameOf(object)));
      for (const object of batch) if (!unread.has(nameOf(object))) seen.add(nameOf(object));
      tellOf(ingested, tell);
    }
  }

  async function listAgain(): Promise<void> {
    while (!stop.signal.aborted && roots.length > 0) {
      await collect().catch(troubled);
      await pause(everyMs);
    }
  }

  async function receive(watched: WatchedQueue): Promise<void> {
    const told = new Set<string>();
    while (!stop.signal.aborted) {
      try {
        const { refused, ingested } = await collectQueue({ ...deps, ...watched }, stop.signal);
        if (ingested !== null) tellOf(ingested, tell);
        // Each comes again until the queue gives it up: a reason is told once.
        for (const { reason, n } of refused.filter(({ reason }) => !told.has(reason))) {
          told.add(reason);
          tell({
            event: 'trouble',
            says: `Left in queue ${watched.queue.name}: ${n === 1 ? 'a message' : `${n} messages`}, because ${reason}.`,
          });
        }
      } catch (error) {
        troubled(error);
        await pause(afterTroubleMs);
      }
    }
    watched.queue.close();
  }

  const running = Promise.all([listAgain(), ...queues.map(receive)]);
  return async () => {
    stop.abort();
    await running;
    await deps.lake.close();
  };
}

function tellOf({ changes, setAside, unread }: IngestedBatch, tell: (event: Omit<UpEvent, 'at'>) => void): void {
  for (const item of setAside.slice(0, 3))
    tell({ event: 'trouble', says: `Set aside: ${item.place.object} at ${item.place.offset}: ${item.reason}` });
  for (const { object, reason } of unread.slice(0, 3)) tell({ event: 'trouble', says: `Not read yet: ${object.name}: ${reason}` });
  for (const change of changes) {
    if (change.type === 'raised' && change.supersedes === null) {
      const { id, message, severity } = change.finding;
      if (severityIds[severity] >= severityIds.Medium) tell({ event: 'finding', says: message, finding: id, severity });
    }
  }
}
