/**
 * Which workers are alive, by the database's own clock, so that machines need not agree on the time. Its connection is
 * its own: a worker whose pool is full must still beat.
 */
export interface Leases {
  /** Says that this executor lives. False when another has claimed it as dead: then it must stop and start anew. */
  beat(executor: string, version: string): Promise<boolean>;
  /**
   * Claims executors of the same version that have not beaten for so long, each for one caller. A claim whose holder
   * died is claimed again after the same time. The row stays until `recovered`.
   */
  claimDead(me: string, version: string, silentMilliseconds: number): Promise<readonly string[]>;
  /** The claimed executor's work has been taken over: its row goes. */
  recovered(me: string, executor: string): Promise<void>;
  /** An executor leaves in order. */
  leave(executor: string): Promise<void>;
  close(): Promise<void>;
}
