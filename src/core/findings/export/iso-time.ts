/** The largest instant that ECMAScript can name, in milliseconds on either side of 1970. */
const bound = 8.64e15;

/** Milliseconds since 1970 as ISO 8601 text. What no calendar reaches is moved to its edge, so that it never throws. */
export function isoTime(time: number): string {
  return new Date(Math.min(bound, Math.max(-bound, Math.trunc(time)))).toISOString();
}
