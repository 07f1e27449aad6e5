/** A place outside of the database, where checkpoints of the ledger are kept, so that nobody who owns the database can write it anew unseen. */
export interface Witness {
  /** For people: a path, or `s3://bucket/prefix`. */
  readonly name: string;
  /** Keeps the note of a checkpoint; keeping it twice is keeping it once. */
  keep(checkpoint: { readonly size: number; readonly note: string }): Promise<void>;
  /** The note of the largest size that is there, as it was kept; null for none. */
  latest(): Promise<string | null>;
  close(): void;
}
