import type { Imported } from './imported.ts';
import type { JsonObject } from './json.ts';
import type { Severity } from './severity.ts';

/** Who acted, in CloudTrail's words where it has them. */
export interface Actor {
  /** `userIdentity.type`: IAMUser, AssumedRole, Root, AWSService, ... */
  readonly type: string;
  /** ARN of the principal that acted; of a role session, the session's ARN. */
  readonly uid: string;
  readonly name: string;
  /** `userIdentity.principalId`; for a role session `AROA...:session-name`, which `aws:userid` matches. */
  readonly principalId?: string;
  /** ARN of the role behind a session. */
  readonly issuer?: string;
  readonly accessKeyId?: string;
  readonly account?: string;
}

/** A resource as OCSF's `resource_details` names it; `type` is the CloudFormation type name. */
export interface ResourceRef {
  readonly uid: string;
  readonly type: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
}

/** What of one event a finding keeps as evidence. The whole record stays in the lake, under `key`. */
export interface Evidence {
  readonly key: string;
  /** CloudTrail's `eventID`, or the key where the source has none. */
  readonly id: string;
  readonly time: number;
  /** The rule that matched this event: of a correlation, the rule it refers to. */
  readonly rule: string;
  readonly operation: string;
  readonly service: string;
  readonly account: string;
  readonly region: string;
  readonly ip?: string;
  readonly userAgent?: string;
  readonly error?: string;
  /** A data event, or of another log: CloudTrail's own event history, which holds management events only, cannot confirm it. */
  readonly dataEvent?: true;
  readonly actor?: Actor;
  readonly resource?: ResourceRef;
  /** What the rule's `keep` names: values that a playbook needs. */
  readonly kept?: JsonObject;
}

/** What judged: a rule of `content/rules` or of `--rules DIR`, or a control. */
export interface RuleRef {
  /** The readable id, which is the path: `aws.iam.access-key-created-for-other-user`. */
  readonly id: string;
  /** Raised when a change of the rule makes it mean something else; part of a detection's id. */
  readonly major: number;
  readonly title: string;
  readonly description: string;
  /** ATT&CK technique ids (`T1098.001`), sorted. */
  readonly techniques: readonly string[];
  /** ATT&CK tactic names in Sigma's spelling (`persistence`), sorted. */
  readonly tactics: readonly string[];
}

/** What was computed of numbers in the matches, and how well it is known: "at least" or "approximately" beyond what a digest keeps. */
export interface Measured {
  readonly what: 'sum' | 'average' | 'median' | 'percentile';
  readonly value: number;
  readonly quality: 'exact' | 'at least' | 'approximately';
}

/** What a value that was never seen before departs from: what had been seen of the same group until then. */
export interface Baseline {
  /** Days in UTC on which the group did anything; at least so many, where more are not kept. */
  readonly days: number;
  readonly atLeast: boolean;
  /** Different values before this one. */
  readonly known: number;
  /** When watching began, in milliseconds since 1970. */
  readonly since: number;
  /** The values seen on most days, and on how many. */
  readonly usual: readonly { readonly days: number; readonly value: string }[];
}

/** A day on which much more happened than on the days before it that it is compared with. */
export interface Volume {
  /** Different matches were counted, or different values of a field. */
  readonly what: 'events' | 'values';
  readonly value: number;
  readonly quality: 'exact' | 'approximately';
  /** How many of the days compared with had a match, the first of them in milliseconds since 1970, and the most on one of them. */
  readonly days: number;
  readonly since: number;
  readonly most: number;
  readonly mostQuality: 'exact' | 'approximately';
  /** Of what is known approximately: 0.13 is 13% more or less, in 95 of 100 cases. 0 where all is exact. */
  readonly error: number;
}

/** Two places at which one was seen, too far apart for the time between. Places are `latitude,longitude` and, where it is known, `,country`. */
export interface Travel {
  readonly from: string;
  readonly to: string;
  /** When one was seen there, in milliseconds since 1970. */
  readonly fromTime: number;
  readonly toTime: number;
  /** Whole kilometres of the straight line through the earth: the way is longer. */
  readonly distance: number;
  /** Whole kilometres an hour, at least; null where both were at once. */
  readonly speed: number | null;
}

/** In the words of OCSF's classes of findings. All but detections stand until they are mended. */
export const findingKinds = ['detection', 'compliance', 'vulnerability', 'data-security'] as const;
export type FindingKind = (typeof findingKinds)[number];

/**
 * What was found. A pure function of the set of events or of a snapshot: no worker, no processing time, no product
 * version is in it. Its life (acknowledged, suppressed, resolved) is an event log beside it.
 */
export interface Finding {
  readonly format: 'jobzero.finding/1';
  readonly tenant: string;
  /** hash(tenant, rule id, major version, group key, bucket): 32 hexadecimal digits. */
  readonly id: string;
  /** Hash of the canonical bytes of this document without `revision`: 32 hexadecimal digits. */
  readonly revision: string;
  readonly kind: FindingKind;
  readonly rule: RuleRef;
  readonly severity: Severity;
  /** The fields by which the rule groups, with their values. */
  readonly group: JsonObject;
  /** Start of the epoch-aligned bucket in milliseconds; 0 for findings that have none. */
  readonly bucket: number;
  readonly account: string;
  readonly region: string;
  readonly actor?: Actor;
  /** Of a rule that learns what is usual. */
  readonly baseline?: Baseline;
  readonly resources: readonly ResourceRef[];
  readonly firstTime: number;
  readonly lastTime: number;
  /** How many matches there are: exact up to what a digest keeps, "at least" beyond. */
  readonly count: { readonly n: number; readonly atLeast: boolean };
  /** Of a rule over numbers. */
  readonly measured?: Measured;
  /** Of a rule over places. */
  readonly travel?: Travel;
  /** Of a rule that learns how much is usual. */
  readonly volume?: Volume;
  /** The earliest matches, by (time, key). */
  readonly evidence: readonly Evidence[];
  /** One sentence for people. */
  readonly message: string;
  /** Of a finding that a service of AWS made. */
  readonly imported?: Imported;
}

/** A new revision of a finding, or its retraction when late data took its ground away. */
export type FindingChange =
  | { readonly type: 'raised'; readonly finding: Finding; readonly supersedes: string | null }
  | { readonly type: 'retracted'; readonly id: string; readonly revision: string };

/** What happened to a finding after it was found: an event log, never part of its bytes. */
export type LifeEvent = 'raised' | 'superseded' | 'retracted' | 'acknowledged' | 'suppressed' | 'resolved' | 'reopened';

export type FindingState = 'open' | 'acknowledged' | 'suppressed' | 'resolved' | 'retracted';
