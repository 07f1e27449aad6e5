import { setTimeout as sleep } from 'node:timers/promises';
import { severityIds } from '../../core/model/severity.ts';
import type { LogObject, LogObjects } from '../../core/ports/log-objects.ts';
import { ingestBatch } from '../ingest-batch.ts';
import type { UpEvent } from '../wires.ts';
import { batchesOf, ingestDeps } from './ingest.ts';
import type { State } from './state.ts';

/** Takes in what appears below the roots, round after round. Returns the way to stop, which waits for the batch under way. */
export async function keepCollecting(
  state: State,
  logs: LogObjects,
  roots: readonly string[],
  everyMs: number,
  tell: (event: Omit<UpEvent, 'at'>) => void,
  troubled: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const deps = await ingestDeps(state, logs);
  const seen = new Set<string>();
  const stop = new AbortController();
  const nameOf = (object: LogObject) => `${object.name} ${object.version}`;

  async function* unseen(): AsyncGenerator<LogObject> {
    for await (const object of logs.list(roots)) if (!seen.has(nameOf(object))) yield object;
  }

  async function collect(): Promise<void> {
    for await (const batch of batchesOf(unseen())) {
      if (stop.signal.aborted) return;
      const { changes, setAside } = await ingestBatch(deps, batch);
      for (const object of batch) seen.add(nameOf(object));
      for (const item of setAside.slice(0, 3))
        tell({ event: 'trouble', says: `Set aside: ${item.place.object} at ${item.place.offset}: ${item.reason}` });
      for (const change of changes) {
        if (change.type === 'raised' && change.supersedes === null) {
          const { id, message, severity } = change.finding;
          if (severityIds[severity] >= severityIds.Medium) tell({ event: 'finding', says: message, finding: id, severity });
        }
      }
    }
  }

  const running = (async () => {
    while (!stop.signal.aborted) {
      await collect().catch(troubled);
      await sleep(everyMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();
  return async () => {
    stop.abort();
    await running;
    await deps.lake.close();
  };
}
