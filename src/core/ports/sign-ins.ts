/**
 * One-time links and the sessions that they open. Only SHA-256 hashes of their tokens are kept: whoever reads the
 * database cannot sign in. Times are milliseconds since 1970.
 */
export interface SignIns {
  /** Remembers a one-time link. */
  issue(hash: string, expiresAt: number): Promise<void>;
  /** True for exactly one caller, once, and only before the link expires. */
  spend(hash: string, now: number): Promise<boolean>;
  openSession(hash: string, expiresAt: number): Promise<void>;
  /** When the session expires; null for one that is unknown, closed or expired. */
  session(hash: string, now: number): Promise<number | null>;
  closeSession(hash: string): Promise<void>;
}
