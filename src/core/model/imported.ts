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
