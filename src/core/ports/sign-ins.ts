/**
 * One-time links, the sessions that they open, and what is confirmed in these. Only SHA-256 hashes of tokens and challenges are kept: whoever
 * reads the database cannot sign in. Times are milliseconds since 1970.
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
  /** Remembers a challenge and its purpose, a hash. False, and nothing remembered, while `most` of this purpose wait already. */
  challenge(challenge: Challenge, now: number, most: number): Promise<boolean>;
  /** `met` for exactly one caller, once, for the purpose that it was made for, before it expires; else why not. */
  meet(hash: string, purpose: string, now: number): Promise<Met>;
  /** Remembers that a purpose was confirmed; a second time before it is used renews the first. */
  confirm(purpose: string, expiresAt: number): Promise<void>;
  /** True for exactly one caller after each confirmation, before it expires. */
  useConfirmed(purpose: string, now: number): Promise<boolean>;
}

export interface Challenge {
  readonly hash: string;
  readonly purpose: string;
  readonly expiresAt: number;
}

/** `another`: it was made for another purpose, and goes on waiting for that. */
export type Met = 'met' | 'unknown' | 'spent' | 'expired' | 'another';
