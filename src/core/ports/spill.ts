/** A sorted list of lines put aside so that memory stays small. */
export interface Run {
  /** Names the run, also for another thread of this process. */
  readonly path: string;
  /** Reads the lines again, a bounded part at a time. */
  lines(): Iterable<string>;
}

/** A place for sorted runs that is gone when the work is done. Lines hold no line breaks. */
export interface Spill {
  write(lines: Iterable<string>): Run;
  /** A run that another thread wrote. */
  open(path: string): Run;
  /** Removes all runs. */
  close(): void;
}
