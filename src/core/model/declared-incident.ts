import type { Address } from './channel.ts';
import type { Obligation } from './obligation.ts';
import type { Severity } from './severity.ts';

/**
 * Something has blown up, and people have said so: one commands, others take tasks, what is told to whom is written down, and clocks of the law run.
 * It is about incidents that were found, or about none. A pure function of its events. All times are milliseconds since 1970.
 */
export interface DeclaredIncident {
  readonly format: 'jobzero.declared-incident/1';
  readonly id: string;
  /** `proposed` by automation until a person declares or dismisses it; it lapses when what it is about is over. */
  readonly state: 'proposed' | 'open' | 'closed' | 'dismissed' | 'lapsed';
  readonly title: string;
  readonly severity: Severity;
  /** Ids of incidents that were found, as they were when they were named. */
  readonly incidents: readonly string[];
  /** Null unless it was declared: from then on exactly one. */
  readonly commander: string | null;
  /** Who has done anything in it. The commander is one of them. */
  readonly responders: readonly Responder[];
  readonly objectives: readonly Objective[];
  readonly tasks: readonly Task[];
  readonly duties: readonly RunningObligation[];
  readonly contained: Said | null;
  readonly lessons: readonly Lesson[];
  readonly declaredAt: number | null;
  readonly closed: (Said & { readonly of: number }) | null;
  /** How many events it has had. */
  readonly version: number;
  /** When the last of them was. */
  readonly lastAt: number;
}

interface Said {
  readonly at: number;
  readonly by: string;
  readonly note: string;
}

export interface Responder {
  readonly person: string;
  readonly joinedAt: number;
  readonly leftAt: number | null;
}

/** What has to be so before it is over. Set and ended by the commander. */
export interface Objective {
  /** `o1` and so on. */
  readonly id: string;
  readonly text: string;
  readonly state: 'open' | 'reached' | 'given-up';
  readonly ended: Said | null;
}

export interface Task {
  /** `t1` and so on. */
  readonly id: string;
  readonly text: string;
  /** What it was drafted from, which tells it from others; null where a person wrote it. */
  readonly draft: string | null;
  /** A page of the console that it is about; null for none. */
  readonly path: string | null;
  readonly state: 'open' | 'done' | 'dropped';
  readonly claimer: string | null;
  readonly ended: Said | null;
}

/** An obligation, as it was when its clocks were started. */
export interface RunningObligation {
  readonly obligation: Obligation;
  /** When each moment was that something of it runs from. */
  readonly moments: Moments;
  readonly clocks: readonly Clock[];
}

/** By moment, and `met:ID` for a duty that was done. */
export type Moments = { readonly [from: string]: number };

export interface Clock {
  /** `OBLIGATION/DUTY`. */
  readonly id: string;
  readonly duty: string;
  /** Null while the moment is not known from which it runs. */
  readonly end: number | null;
  /** From when on it ran last: the moment of its end, or the start. */
  readonly from: number | null;
  /** Who looks after it; the commander, where it is nobody. */
  readonly keeper: string | null;
  readonly met: (Said & { readonly time: number }) | null;
  /** Why it does not apply. */
  readonly waived: Said | null;
}

export interface Lesson {
  /** `l1` and so on. */
  readonly id: string;
  readonly text: string;
  readonly by: string;
  /** Where it became a ticket. */
  readonly tickets: readonly Address[];
}

/** When a clock ends, and from when it runs. */
export interface ClockEnd {
  readonly clock: string;
  readonly end: number | null;
  readonly from: number | null;
}

/** What has happened to a declared incident, in the order of `n`. Each is kept as it is, and its hash is in the ledger. */
export type IncidentEvent = { readonly n: number; readonly at: number; readonly by: string } & IncidentChange;

export type IncidentChange =
  | { readonly type: 'proposed'; readonly title: string; readonly severity: Severity; readonly incidents: readonly string[] }
  | {
      readonly type: 'declared';
      readonly title: string;
      readonly severity: Severity;
      readonly incidents: readonly string[];
      readonly commander: string;
      readonly objectives: readonly string[];
    }
  | { readonly type: 'dismissed'; readonly note: string }
  | { readonly type: 'lapsed' }
  | { readonly type: 'joined' | 'left' }
  | { readonly type: 'handed-over'; readonly to: string; readonly note: string }
  | { readonly type: 'attached' | 'detached'; readonly incident: string; readonly note: string }
  | { readonly type: 'objective-set'; readonly text: string }
  | { readonly type: 'objective-reached' | 'objective-given-up'; readonly objective: string; readonly note: string }
  | { readonly type: 'task-added'; readonly text: string; readonly draft: string | null; readonly path: string | null }
  | { readonly type: 'task-claimed' | 'task-released'; readonly task: string }
  | { readonly type: 'task-done' | 'task-dropped'; readonly task: string; readonly note: string }
  | { readonly type: 'said'; readonly text: string }
  | {
      readonly type: 'told';
      readonly audience: string;
      readonly text: string;
      /** How: by the channels named, or as a person says (`by phone`). */
      readonly means: string;
      readonly addresses: readonly Address[];
    }
  | {
      readonly type: 'clocks-started';
      readonly obligation: Obligation;
      readonly moments: Moments;
      readonly ends: readonly ClockEnd[];
    }
  | {
      readonly type: 'moment-set';
      readonly obligation: string;
      readonly moment: string;
      readonly time: number;
      readonly ends: readonly ClockEnd[];
    }
  | {
      readonly type: 'clock-met';
      readonly clock: string;
      readonly time: number;
      readonly note: string;
      readonly ends: readonly ClockEnd[];
    }
  | { readonly type: 'clock-waived'; readonly clock: string; readonly note: string }
  | { readonly type: 'clock-kept'; readonly clock: string; readonly keeper: string }
  | { readonly type: 'contained' | 'not-contained'; readonly note: string }
  | { readonly type: 'lesson'; readonly text: string; readonly addresses: readonly Address[] }
  /** Its review was drafted: the hash of the stored document. */
  | { readonly type: 'reviewed'; readonly document: string }
  | { readonly type: 'closed'; readonly note: string; readonly of: number };

/** What somebody wants to happen. What only the machine says (`propose`, `lapse`, `review`) comes from automation. */
export type IncidentCommand =
  | { readonly do: 'propose'; readonly title: string; readonly severity: Severity; readonly incidents: readonly string[] }
  | {
      readonly do: 'declare';
      readonly title: string;
      readonly severity: Severity;
      readonly incidents: readonly string[];
      readonly commander: string;
    }
  | { readonly do: 'dismiss'; readonly note: string }
  | { readonly do: 'lapse' }
  | { readonly do: 'join' | 'leave' }
  | { readonly do: 'hand-over'; readonly to: string; readonly note: string }
  | { readonly do: 'attach' | 'detach'; readonly incident: string; readonly note: string }
  | { readonly do: 'aim'; readonly text: string }
  | { readonly do: 'reach' | 'give-up'; readonly objective: string; readonly note: string }
  | { readonly do: 'add-task'; readonly text: string; readonly draft: string | null; readonly path: string | null }
  | { readonly do: 'claim' | 'release'; readonly task: string }
  | { readonly do: 'finish' | 'drop'; readonly task: string; readonly note: string }
  | { readonly do: 'say'; readonly text: string }
  | {
      readonly do: 'tell';
      readonly audience: string;
      readonly text: string;
      readonly means: string;
      readonly addresses: readonly Address[];
    }
  | { readonly do: 'start-clocks'; readonly obligation: Obligation; readonly moments: Moments }
  | { readonly do: 'set-moment'; readonly obligation: string; readonly moment: string; readonly time: number }
  /** `time`: when it was; null: now. */
  | { readonly do: 'meet'; readonly clock: string; readonly time: number | null; readonly note: string }
  | { readonly do: 'waive'; readonly clock: string; readonly note: string }
  | { readonly do: 'keep'; readonly clock: string; readonly keeper: string }
  | { readonly do: 'contain' | 'uncontain'; readonly note: string }
  | { readonly do: 'learn'; readonly text: string; readonly addresses: readonly Address[] }
  | { readonly do: 'review'; readonly document: string }
  /** `of`: the version that the person has read and signs. */
  | { readonly do: 'close'; readonly note: string; readonly of: number };
