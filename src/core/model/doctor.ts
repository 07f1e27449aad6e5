/** What jobzero found out about one part of itself. */
export interface DoctorCheck {
  /** Kebab-case: `role-reader`, `outside-heartbeat`. */
  readonly id: string;
  /** `unknown`: it could not be found out, which is never a pass. `warning`: it should be mended, and nothing waits for it. `not-needed`: nothing depends on it here. */
  readonly state: 'good' | 'warning' | 'bad' | 'unknown' | 'not-needed';
  /** `playbooks`: it concerns those that it names, and keeps no other from being armed. */
  readonly for?: 'playbooks';
  /** What was seen, in one sentence. */
  readonly says: string;
  /** What to do; empty when there is nothing to do. */
  readonly fix: string;
}

/** An examination of jobzero's own roles, sign-in, keys, feeds, and its two witnesses outside. */
export interface DoctorReport {
  readonly format: 'jobzero.doctor/1';
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly checks: readonly DoctorCheck[];
}

/** The states that keep playbooks from being armed. */
export const illStates: ReadonlySet<DoctorCheck['state']> = new Set(['bad', 'unknown']);

/** No check is bad or unknown. */
export function isWell({ checks }: DoctorReport): boolean {
  return checks.every(({ state }) => !illStates.has(state));
}
