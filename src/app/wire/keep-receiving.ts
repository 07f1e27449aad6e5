import { setTimeout as sleep } from 'node:timers/promises';
import { rootOf } from '../../core/collect/delivery/fence.ts';
import { InputError } from '../../core/model/errors.ts';
import { openLogQueue } from '../../edge/aws/log-queue.ts';
import { collectQueue } from '../collect-queue.ts';
import type { LogsChoice, UpEvent } from '../wires.ts';
import { ingestDeps, rulesOfState } from './ingest.ts';
import { s3Logs, senderOptions } from './s3-logs.ts';
import type { State } from './state.ts';
import { tellOfBatch } from './tell-of-batch.ts';

/** Queues, and the roots that their messages may point below. */
export interface QueueChoice extends LogsChoice {
  readonly queues: readonly string[];
  readonly logs: readonly string[];
}

/** After a failure the same is tried again, but not at once. */
const afterTroubleMs = 5_000;

/**
 * Takes in what the queues bring. Any number of workers, on any number of machines, may do this at once: a queue hides a
 * message from the others while one works on it, and shows it again when that one dies. Returns the way to stop, which
 * waits for the batches under way.
 */
export async function keepReceiving(
  state: State,
  choice: QueueChoice,
  tell: (event: Omit<UpEvent, 'at'>) => void,
  troubled: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const logs = s3Logs(choice);
  const roots = fencesOf(choice);
  const watched = rulesOfState(state, troubled);
  const deps = { ...(await ingestDeps(state, logs, watched)), roots, find: logs.find };
  const stop = new AbortController();

  async function receive(url: string): Promise<void> {
    const queue = openLogQueue(url, senderOptions(choice));
    const told = new Set<string>();
    while (!stop.signal.aborted) {
      try {
        const { refused, ingested } = await collectQueue({ ...deps, ...(await watched.now()), queue }, stop.signal);
        if (ingested !== null) tellOfBatch(ingested, tell);
        // Each comes again until the queue gives it up: a reason is told once.
        for (const { reason, n } of refused.filter(({ reason }) => !told.has(reason))) {
          told.add(reason);
          tell({ event: 'trouble', says: `Left in queue ${queue.name}: ${n === 1 ? 'a message' : `${n} messages`}, because ${reason}.` });
        }
      } catch (error) {
        troubled(error);
        await sleep(afterTroubleMs, undefined, { signal: stop.signal }).catch(() => undefined);
      }
    }
    queue.close();
  }

  const running = Promise.all(choice.queues.map(receive));
  return async () => {
    stop.abort();
    await running;
    await deps.lake.close();
  };
}

/** Where messages may point to. Throws InputError for an address that is none. */
export function fencesOf({ logs }: Pick<QueueChoice, 'logs'>) {
  return logs
    .filter((root) => root.startsWith('s3://'))
    .map((uri) => {
      const root = rootOf(uri);
      if (root === null) throw new InputError('an address of log objects looks like s3://bucket/prefix', uri);
      return root;
    });
}
