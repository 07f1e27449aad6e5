import type { LogObjects } from '../../core/ports/log-objects.ts';
import type { CloudChoice } from './cloud.ts';
import type { QueueChoice } from './keep-receiving.ts';

/** What is watched: the cloud that workers act in, and where its logs come from. */
export interface Watched {
  readonly cloud: CloudChoice;
  readonly logs: LogObjects;
  readonly roots: readonly string[];
  readonly everyMs: number;
  /** What workers receive from; null: no queue. */
  readonly queues: QueueChoice | null;
  /** The tolerance file that a new home gets. */
  readonly tolerance: string;
  stop(): Promise<void>;
}
