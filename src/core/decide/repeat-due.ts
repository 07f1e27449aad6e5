import { sha256 } from '../lib/hash.ts';

/** A case that a person has judged. */
export interface JudgedCase {
  readonly id: string;
  /** When it was judged, in milliseconds since 1970. */
  readonly at: number;
}

const day = 86_400_000;
/** So long after it was judged that it is not simply remembered, and not so often that it is a burden. */
const oldEnough = 21 * day;
const between = 7 * day;

/**
 * Which case comes to a person again, or null: an old one that has not come again before, and not more than one a week. Which of them, the
 * salt decides, so that nobody knows beforehand.
 */
export function repeatDue(
  cases: readonly JudgedCase[],
  repeated: readonly { readonly of: string; readonly at: number }[],
  at: number,
  salt: string,
): string | null {
  if (repeated.some((one) => at - one.at < between)) return null;
  const known = new Set(repeated.map(({ of }) => of));
  const order = (id: string) => sha256(`${salt} ${id}`);
  const [first] = cases
    .filter((one) => at - one.at >= oldEnough && !known.has(one.id))
    .map(({ id }) => ({ id, order: order(id) }))
    .sort((a, b) => (a.order < b.order ? -1 : 1));
  return first?.id ?? null;
}
