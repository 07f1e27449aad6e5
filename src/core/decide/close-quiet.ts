import type { Verdict } from '../model/decision.ts';
import type { FindingKind, FindingState } from '../model/finding.ts';

const day = 86_400_000;

/** What is known of a finding that nothing was heard of for a while. */
export interface Quiet {
  readonly kind: FindingKind;
  readonly state: FindingState;
  /** Of the last decision, when it is about the current revision; null when there is none. */
  readonly verdict: Verdict | null;
  /** An action about it was done and seen to be done. */
  readonly contained: boolean;
  /** Credentials that did something of its incident were cut off. */
  readonly cutOff: boolean;
  /** Its incident wakes people: then it is over when they say so, or when whoever did it was cut off. */
  readonly pages: boolean;
  /** A person has judged its incident. */
  readonly judged: boolean;
  /** A person is being asked about it: the engineer, or who did it. */
  readonly asked: boolean;
  /** When something was heard of it last, in milliseconds since 1970: its last event, or its last change. */
  readonly since: number;
}

/**
 * Why a finding may be closed for having been quiet, or null. What is watched is waiting for something to follow; when nothing did,
 * waiting longer tells nobody more. A setting is not over by waiting, nor is what waits for an answer, nor what woke somebody, unless whoever did it was
 * cut off, or a person has judged it.
 */
export function closeQuiet(
  { kind, state, verdict, contained, cutOff, pages, judged, asked, since }: Quiet,
  at: number,
  afterDays: number,
): string | null {
  if (afterDays === 0 || kind !== 'detection' || at - since < afterDays * day) return null;
  const quiet = `for ${afterDays} ${afterDays === 1 ? 'day' : 'days'}`;
  if (state !== 'open' && state !== 'acknowledged') return null;
  if (asked || (state === 'open' && verdict === null)) return null;
  if (cutOff || (contained && !pages)) return `Contained, and nothing followed ${quiet}.`;
  if (state === 'open' && verdict === 'watch' && !pages) return `Watched, and nothing followed ${quiet}.`;
  return judged ? `A person has judged its incident, and nothing followed ${quiet}.` : null;
}
