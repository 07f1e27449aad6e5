/**
 * Tells by single fields whether any rule could match an event, before there is an event. Rules are bits: a field's
 * value leaves those of the rules that it does not rule out, and where no bit is left in all fields together nothing
 * matches. What is left may match or not. Bits are the lowest 31 of a number that is never negative.
 */
export interface Sieve {
  /** All rules; 0 where none asks this source. */
  readonly all: number;
  /** Null where no rule is ruled out by this field alone. */
  ofField(path: string): FieldSieve | null;
  /** The same of one element where the field is a list: the rules left are those that any of its elements leaves. */
  ofElement(path: string): FieldSieve | null;
}

export interface FieldSieve {
  /** The rules that some value of the field rules out: where none of them is left, the field need not be asked. */
  readonly matters: number;
  /** Of these rules, or all, those left by a value, undefined for an absent field. */
  left(value: string | undefined, among?: number): number;
  /**
   * Of whole numbers as they are usually written (no sign, no zero before others, exact) those, in order, that may leave
   * something else than the number before them; null where any may.
   */
  readonly steps: Float64Array | null;
  /** The same of addresses of IPv4, written as usual (four numbers, no zero before others), as numbers below 2^32. */
  readonly addressSteps: Float64Array | null;
}
