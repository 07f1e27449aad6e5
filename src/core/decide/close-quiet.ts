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
  /** Its incident wakes people: then it is over when they say so. */
  readonly pages: boolean;
  /** A person has judged its incident. */
  readonly judged: boolean;
  /** When something was heard of it last, in milliseconds since 1970: its last event, or its last change. */
  readonly since: number;
}

/**
 * Why a finding may be closed for having been quiet, or null. What is watched is waiting for something to follow; when nothing did,
 * waiting longer tells nobody more. A setting is not over by waiting, nor is what woke somebody or waits for an answer.
 */
export function closeQuiet({ kind, state, verdict, contained, pages, judged, since }: Quiet, at: number, afterDays: number): string | null {
  if (afterDays === 0 || kind !== 'detection' || pages || at - since < afterDays * day) return null;
  const quiet = `for ${afterDays} ${afterDays === 1 ? 'day' : 'days'}`;
  if (state === 'open' && verdict === 'watch') return `Watched, and nothing followed ${quiet}.`;
  if (state !== 'acknowledged') return null;
  if (contained) return `Contained, and nothing followed ${quiet}.`;
  return judged ? `A person has judged its incident, and nothing followed ${quiet}.` : null;
}
