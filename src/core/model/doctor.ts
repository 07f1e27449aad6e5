/** What jobzero found out about one part of itself. */
export interface DoctorCheck {
  /** Kebab-case: `role-reader`, `outside-heartbeat`. */
  readonly id: string;
  /** `unknown`: it could not be found out, which is never a pass. `not-needed`: nothing depends on it here. */
  readonly state: 'good' | 'bad' | 'unknown' | 'not-needed';
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

/** No check is bad or unknown. */
export function isWell({ checks }: DoctorReport): boolean {
  return checks.every(({ state }) => state === 'good' || state === 'not-needed');
}
