/** Who is signed in. Only hashes of links and session tokens are kept; whoever reads the database cannot sign in. */
export interface SignIns {
  /** Remembers a one-time link by the SHA-256 of its token. Times are milliseconds since 1970. */
  issue(hash: string, expiresAt: number): Promise<void>;
  /** True for exactly one caller, once, and only before it expires. */
  spend(hash: string, now: number): Promise<boolean>;
  /** Begins a session, named by the SHA-256 of its token. */
  begin(session: Session): Promise<void>;
  /** The session that is neither ended nor expired. */
  find(hash: string, now: number): Promise<Session | null>;
  end(hash: string, now: number): Promise<void>;
}

export interface Session {
  readonly hash: string;
  readonly person: string;
  readonly startedAt: number;
  readonly expiresAt: number;
}
