/** The only source of "now". The core never reads a clock; use cases pass times in. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}
