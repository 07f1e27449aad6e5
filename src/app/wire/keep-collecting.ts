import type { LogObject } from '../../core/ports/log-objects.ts';
import { ingestBatch } from '../ingest-batch.ts';
import type { UpEvent } from '../wires.ts';
import { batchesOf, ingestDeps, rulesOfState } from './ingest.ts';
import { keepOn } from './keep-on.ts';
import type { State } from './state.ts';
import { tellOfBatch } from './tell-of-batch.ts';
import type { Watched } from './watched.ts';

/** Takes in what appears below the roots, round after round. Returns the way to stop, which waits for the batch under way. */
export async function keepCollecting(
  state: State,
  { logs, roots, everyMs }: Pick<Watched, 'logs' | 'roots' | 'everyMs'>,
  tell: (event: Omit<UpEvent, 'at'>) => void,
  troubled: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const watched = rulesOfState(state, troubled);
  const deps = await ingestDeps(state, logs, watched);
  const seen = new Set<string>();
  const stop = new AbortController();
  const nameOf = (object: LogObject) => `${object.name} ${object.version}`;

  async function* unseen(): AsyncGenerator<LogObject> {
    for await (const object of logs.list(roots)) if (!seen.has(nameOf(object))) yield object;
  }

  async function collect(): Promise<void> {
    for await (const batch of batchesOf(unseen())) {
      if (stop.signal.aborted) return;
      const ingested = await ingestBatch({ ...deps, ...(await watched.now()) }, batch);
      const unread = new Set(ingested.unread.map(({ object }) => nameOf(object)));
      for (const object of batch) if (!unread.has(nameOf(object))) seen.add(nameOf(object));
      tellOfBatch(ingested, tell);
    }
  }

  const running = roots.length === 0 ? Promise.resolve() : keepOn(collect, everyMs, stop.signal, troubled);
  return async () => {
    stop.abort();
    await running;
    await deps.lake.close();
  };
}
