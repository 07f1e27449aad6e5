import type { FieldSieve } from '../model/sieve.ts';

/** Passes over good records that no rule can match, without making anything of them. */
export interface Sift {
  /** How many it has passed over. */
  readonly passed: number;
  /**
   * Given where a line begins: where the first one begins that has to be read, or is not all there. The same bytes must
   * not be changed between calls.
   */
  skip(bytes: Uint8Array, from: number): number;
}

/** A column of a flow log. */
export interface FlowColumn {
  /** Of a `status` only `OK` is good. `time` is a number that no rule is asked of. */
  readonly kind: 'text' | 'number' | 'address' | 'time' | 'status';
  /** Of a number the largest that is good. */
  readonly most: number;
  /** What its values leave of the rules; null where none is ruled out by it. */
  readonly sieve: FieldSieve | null;
}

/** A member of a query's record. `name` and `time` are the two that must be there; `answers` is asked of each `Rdata`. */
export interface QueryMember {
  readonly name: string;
  readonly kind: 'text' | 'name' | 'time' | 'answers' | 'ids';
  readonly sieve: FieldSieve | null;
}

/**
 * Opens what passes over lines that are plainly good and of which no rule is left, `all` being the bits of all rules.
 * What a value leaves is asked once, as far as it can be remembered; memory is fixed.
 */
export interface OpenSifters {
  /** Lines of values with one space between them, one of them a time. `-` is an absent value. */
  flows(columns: readonly FlowColumn[], all: number): Sift;
  /** One JSON object a line, of these members, each once at most, in plain ASCII without escapes; name and time come first here. */
  queries(members: readonly QueryMember[], all: number): Sift;
}
