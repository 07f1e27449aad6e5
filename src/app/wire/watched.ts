import type { LogObjects } from '../../core/ports/log-objects.ts';
import type { CollectQueueDeps } from '../collect-queue.ts';
import type { CloudChoice } from './cloud.ts';

/** A queue with what its messages may point to. */
export type WatchedQueue = Pick<CollectQueueDeps, 'queue' | 'roots' | 'find'>;

/** What is watched: the cloud that workers act in, and where its logs come from. */
export interface Watched {
  readonly cloud: CloudChoice;
  readonly logs: LogObjects;
  readonly roots: readonly string[];
  readonly everyMs: number;
  readonly queues: readonly WatchedQueue[];
  /** The tolerance file that a new home gets. */
  readonly tolerance: string;
  stop(): Promise<void>;
}
