import type { Severity } from './severity.ts';

/** What is grave enough to break quiet hours. `unreachable`: no channel reaches the person on call, so that somebody else has to know; that is one call, and no more of them. */
export type Grave = 'data-loss' | 'active-intruder' | 'unreachable';

/** What has happened to a page. The set of them decides, not their order. */
export type PageEvent =
  /** It is there, or there is more of it: a question beside what was taken already. What was said before counts no more then. */
  | { readonly type: 'raised'; readonly at: number; readonly grave: Grave | null }
  /** It has become grave while it waited. */
  | { readonly type: 'worse'; readonly at: number; readonly grave: Grave }
  | { readonly type: 'acknowledged'; readonly at: number; readonly by: string }
  /** What it was about is over. */
  | { readonly type: 'closed'; readonly at: number };

/** Something that a person has to take. */
export interface Page {
  /** `clock`: one of a declared incident that ends soon, or has ended. */
  readonly about: { readonly kind: 'incident' | 'judgement' | 'automation' | 'clock'; readonly id: string };
  readonly severity: Severity;
  readonly title: string;
  readonly text: string;
  /** Where it is dealt with in the console. */
  readonly path: string;
  readonly events: readonly PageEvent[];
  /** Who is asked first: the backup team where the load budget of the engineer is used up. */
  readonly first: 'engineer' | 'backup';
}
