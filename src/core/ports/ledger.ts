/** A signed statement of the log's size and root, in the form of C2SP tlog-checkpoint. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  /** RFC 6962 Merkle tree hash, base64. */
  readonly root: string;
  /** The whole signed note as text. */
  readonly note: string;
}

/** What checks a ledger found wrong: each names the first place. */
export type LedgerFault =
  | { readonly fault: 'leaf-changed'; readonly index: number }
  | { readonly fault: 'leaf-missing'; readonly index: number }
  | { readonly fault: 'root-differs'; readonly size: number }
  | { readonly fault: 'bad-signature'; readonly size: number }
  | { readonly fault: 'unknown-key'; readonly size: number }
  | { readonly fault: 'truncated'; readonly size: number; readonly expected: number }
  | { readonly fault: 'inconsistent-with-outside'; readonly size: number };

export interface LedgerReport {
  readonly ok: boolean;
  readonly size: number;
  readonly root: string;
  readonly waiting: number;
  /** What the answer rests on: only inside the database, or on checkpoints kept outside. */
  readonly basis: 'inside-only' | 'outside-checkpoint';
  readonly outsideSize: number | null;
  readonly faults: readonly LedgerFault[];
}

/** The Merkle log over the inbox. */
export interface Ledger {
  /** The public key for whoever checks from outside: `name+id+base64` (https://c2sp.org/signed-note). */
  readonly verifierKey: string;
  /** Numbers what waits and signs a checkpoint; one sequencer at a time, others return null. */
  sequence(at: number): Promise<Checkpoint | null>;
  latest(): Promise<Checkpoint | null>;
  entries(from: number, limit: number): Promise<readonly { readonly index: number; readonly bytes: string }[]>;
  /** The checkpoints of a larger size than `after`, in order of their size. */
  checkpoints(after: number, limit: number): Promise<readonly { readonly size: number; readonly note: string }[]>;
  /**
   * Recomputes everything from the leaves; `outside` are texts that were kept elsewhere, each with one checkpoint or
   * many. Throws InputError for a text without any, or with one of another log.
   */
  verify(outside: readonly string[], onProgress?: (done: number, total: number) => void): Promise<LedgerReport>;
}
