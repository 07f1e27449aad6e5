import type { JsonObject } from '../model/json.ts';
import type { Tx } from './store.ts';

/**
 * Work that survives the death of its worker. `step` runs at least once, `transaction` exactly once.
 * Inputs hold ids and hashes only. Names carry a version (`carry-out@1`): a changed body gets a new version, and the
 * old one stays registered until nothing waits in it.
 */
export interface Durable {
  define<I extends JsonObject>(name: `${string}@${number}`, body: (context: DurableContext, input: I) => Promise<void>): void;
  /** Begins to take work. Everything must be defined before. */
  launch(): Promise<void>;
  /** Queues a workflow under this id; a second call with the same id changes nothing. */
  start(name: `${string}@${number}`, id: string, input: JsonObject): Promise<void>;
  /** Stops taking work and lets what runs come to its next step. */
  shutdown(): Promise<void>;
}

export interface DurableContext {
  readonly id: string;
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
  transaction<T>(name: string, tenant: string, work: (tx: Tx) => Promise<T>): Promise<T>;
  sleep(milliseconds: number): Promise<void>;
}
