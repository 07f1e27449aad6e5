import type { Actor, FindingKind, ResourceRef } from './finding.ts';
import type { JsonObject } from './json.ts';
import type { Severity } from './severity.ts';

/** The services of AWS whose findings come in, with what people call them. */
export const findingSources = {
  guardduty: 'GuardDuty',
  'security-hub': 'Security Hub',
  inspector: 'Inspector',
  macie: 'Macie',
  'access-analyzer': 'IAM Access Analyzer',
  config: 'AWS Config',
  health: 'AWS Health',
} as const;

export type FindingSource = keyof typeof findingSources;

/**
 * In whose words a copy of a finding is: the service's own, Security Hub's AWS Security Finding Format, or the OCSF of its newer
 * edition. A finding may come in all three.
 */
export const reportForms = ['own', 'asff', 'ocsf'] as const;
export type ReportForm = (typeof reportForms)[number];

/** What became of a finding at its source. */
export type SourceState = 'active' | 'archived' | 'suppressed' | 'resolved';

/** Where a finding is asked for again: what the API of its form needs. */
export interface ReportRef {
  readonly account: string;
  readonly region: string;
  /** `detector`, `id`, `analyzer`, `product`, ...: as the reader of this form says. */
  readonly names: { readonly [name: string]: string };
}

/** What a service says of one finding at one time. Whoever can write to a queue or a bucket may have written it. */
export interface Report {
  readonly source: FindingSource;
  readonly form: ReportForm;
  /** By which copies of one finding are told to be the same, in whatever form: the service's own ARN or id. */
  readonly uid: string;
  /** Of a finding that a service tells in several pieces, which one; else empty. */
  readonly part: string;
  /** The service's own name for what it found: `UnauthorizedAccess:IAMUser/MaliciousIPCaller`. */
  readonly type: string;
  readonly kind: FindingKind;
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  /** The severity as the service said it. */
  readonly said: string;
  readonly state: SourceState;
  /** Made to try things out. */
  readonly sample: boolean;
  readonly tactics: readonly string[];
  readonly account: string;
  readonly region: string;
  /** When it was changed last, in milliseconds since 1970: the later copy of a form counts. */
  readonly updatedAt: number;
  readonly firstTime: number;
  readonly lastTime: number;
  readonly count: number;
  readonly actor?: Actor;
  readonly resources: readonly ResourceRef[];
  /** What was done, where the finding is about calls. */
  readonly operation: string;
  readonly service: string;
  readonly ip?: string;
  readonly userAgent?: string;
  readonly error?: string;
  /** Values that a playbook needs. */
  readonly kept?: JsonObject;
  /** Where the service shows it. */
  readonly url: string;
  readonly ref: ReportRef;
  /** False for what others than AWS's own services may put there, so that the service's answer proves nothing. */
  readonly trusted: boolean;
}

/** What a finding tells of where it came from. */
export interface Imported {
  readonly source: FindingSource;
  /** The copy that the finding is made of. */
  readonly form: ReportForm;
  readonly uid: string;
  readonly type: string;
  readonly severity: string;
  readonly state: SourceState;
  readonly sample?: true;
  readonly updatedAt: number;
  readonly url: string;
  /** Where each copy is asked for, its own form first. */
  readonly refs: readonly { readonly form: ReportForm; readonly ref: ReportRef }[];
  readonly trusted: boolean;
  /** Our own rules and controls that answer findings of this type, sorted. */
  readonly answers: readonly string[];
  /** A copy that nobody has asked AWS about says to be newer than what AWS last said: its time. */
  readonly newer?: number;
}

/** Which of our own rules and controls answer what a service finds, by its types. */
export type Answers = { readonly [source in FindingSource]?: { readonly [type: string]: readonly string[] } };
