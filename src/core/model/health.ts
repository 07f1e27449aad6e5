import type { Source } from './source.ts';

/** What jobzero judges by in an account: a log, or the account's settings as they are read. */
export type HealthSource = Source | 'settings';

/**
 * `working`: what comes is judged, and the playbook may answer. `blind`: it does not come, or not wholly. `disarmed`: it comes, and the playbook may not,
 * or cannot, do anything.
 */
export type HealthState = 'working' | 'blind' | 'disarmed';

/** One source of one account. */
export interface SourceHealth {
  readonly source: HealthSource;
  readonly state: 'working' | 'blind';
  /** Why it is blind; empty while it works. */
  readonly reason: string;
}

/** One playbook, as far as it answers what one source of an account shows. */
export interface PlaybookHealth {
  readonly source: HealthSource;
  /** Null where no playbook answers what this source shows: a person is asked. */
  readonly playbook: string | null;
  readonly state: HealthState;
  /** Empty while it works. */
  readonly reason: string;
}

export interface AccountHealth {
  readonly account: string;
  readonly sources: readonly SourceHealth[];
  readonly playbooks: readonly PlaybookHealth[];
}
