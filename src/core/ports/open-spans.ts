import type { LifeEvent } from '../model/finding.ts';

interface Span {
  readonly from: number;
  readonly until: number | null;
}

/** What a life event makes of a finding: open, over, or nothing else than it was. */
const opens: { readonly [event in LifeEvent]: boolean | null } = {
  raised: true,
  reopened: true,
  superseded: null,
  acknowledged: null,
  suppressed: false,
  resolved: false,
  retracted: false,
};

/** When a finding was open, of its life in its order. What is told twice counts once; what came back at once was never gone. */
export function openSpans(life: readonly { readonly event: LifeEvent; readonly at: number }[]): readonly Span[] {
  const spans: Span[] = [];
  for (const { event, at } of life) {
    const last = spans.at(-1);
    const isOpen = last !== undefined && last.until === null;
    if (opens[event] === true && !isOpen) {
      if (last?.until === at) spans.splice(-1, 1, { from: last.from, until: null });
      else spans.push({ from: at, until: null });
    }
    if (opens[event] === false && isOpen) spans.splice(-1, 1, { from: last.from, until: Math.max(last.from, at) });
  }
  return spans;
}
