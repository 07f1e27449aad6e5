import type { Severity } from './severity.ts';

/** By what findings are joined; core/findings/incidents/links says which join strongly. */
export type LinkKind = 'key' | 'session' | 'principal' | 'address' | 'resource' | 'hand' | 'stranger';

/** What findings may share. Kind, span of time and value are in the key: findings of different spans share nothing. */
export interface Link {
  /** `kind span value`. */
  readonly key: string;
  /** Who stood behind it, sorted: of a role its sessions, of an address or resource its principals. */
  readonly by: readonly string[];
}

/** What of a finding an incident needs: small, so that many can be held. */
export interface IncidentMember {
  readonly finding: string;
  readonly revision: string;
  readonly rule: string;
  /** Of a finding of another service: our own rules that find the same. */
  readonly sameAs?: readonly string[];
  readonly title: string;
  readonly severity: Severity;
  /** In Sigma's spelling, sorted. */
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
  readonly firstTime: number;
  readonly lastTime: number;
  readonly account: string;
  readonly actors: readonly IncidentActor[];
  readonly resources: readonly IncidentResource[];
  /** Ids of the earliest events. */
  readonly events: readonly string[];
  /** There are more events than those. */
  readonly moreEvents: boolean;
  readonly message: string;
  readonly links: readonly Link[];
}

export interface IncidentActor {
  /** ARN of the role, user or root; of others what the log calls them. */
  readonly uid: string;
  readonly name: string;
  readonly type: string;
}

export interface IncidentResource {
  readonly uid: string;
  readonly name: string;
  readonly type: string;
}

/** One line of an incident's story. */
export interface TimelineEntry {
  readonly rule: string;
  readonly title: string;
  readonly time: number;
  readonly until: number;
  readonly severity: Severity;
  /** Tactics in the order of ATT&CK's columns. */
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
  readonly what: string;
  readonly account: string;
  readonly finding: string;
  /** Ids of the earliest events behind it. */
  readonly events: readonly string[];
  /** There are more events than those. */
  readonly moreEvents: boolean;
}

/**
 * Findings that belong to one attack, as far as what they share tells. A pure function of the set of findings. Lists
 * are cut at a bound; `left` says how many entries each left out.
 */
export interface Incident {
  readonly format: 'jobzero.incident/1';
  readonly tenant: string;
  /** The smallest id of a member. */
  readonly id: string;
  /** Hash of the canonical bytes of this document without `revision`: 32 hexadecimal digits. */
  readonly revision: string;
  readonly title: string;
  readonly severity: Severity;
  /** Does it wake somebody? */
  readonly pages: boolean;
  /** Which combination decided that, one sentence each. */
  readonly why: readonly string[];
  /** Ids of the sequences that matched, sorted. */
  readonly sequences: readonly string[];
  /** Tactics that different rules stand for, in the order of ATT&CK's columns. */
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
  /** By id. */
  readonly members: readonly { readonly finding: string; readonly revision: string }[];
  readonly actors: readonly IncidentActor[];
  readonly accounts: readonly string[];
  readonly resources: readonly IncidentResource[];
  /** By time; where there are too many, the gravest. */
  readonly timeline: readonly TimelineEntry[];
  readonly left: {
    readonly members: number;
    readonly actors: number;
    readonly accounts: number;
    readonly resources: number;
    readonly timeline: number;
  };
  readonly firstTime: number;
  readonly lastTime: number;
}
