import type { Grave } from '../../model/page.ts';

/** By which channels people are called, and which of these fail. */
export interface WaysOut {
  /** Person -> names of channels. Who is reached by none is not there. */
  readonly ways: ReadonlyMap<string, readonly string[]>;
  readonly failing: ReadonlySet<string>;
  /** Channel -> channels that stand in for it. */
  readonly fallback: ReadonlyMap<string, readonly string[]>;
}

/**
 * Who is reached now: by a channel that works, or one that stands in for one that does not. Where that is nobody, all who would be: what waits for
 * their channels is sent when these work again.
 */
export function reachedNow(out: WaysOut): ReadonlySet<string> {
  const all = [...out.ways.keys()];
  const reached = all.filter((person) => hasOwnWay(out, person) || hasFallback(out, person));
  return new Set(reached.length === 0 ? all : reached);
}

/**
 * May it break quiet hours that channels fail? Only where the person on call is reached by none of their own any more, and there is somebody who can be told
 * of it: whoever stands in for the channel, or `others`, who are called after that person.
 */
export function graveOfFaults(out: WaysOut, onCall: string, others: readonly string[]): Grave | null {
  if (!out.ways.has(onCall) || hasOwnWay(out, onCall)) return null;
  return hasFallback(out, onCall) || others.some((person) => hasOwnWay(out, person)) ? 'unreachable' : null;
}

function hasOwnWay({ ways, failing }: WaysOut, person: string): boolean {
  return (ways.get(person) ?? []).some((channel) => !failing.has(channel));
}

function hasFallback({ ways, failing, fallback }: WaysOut, person: string): boolean {
  return (ways.get(person) ?? []).some((channel) => (fallback.get(channel) ?? []).some((other) => !failing.has(other)));
}
