/** What stands for a requirement: control ids, a person's answer, or the provider's. */
export type Satisfied = readonly string[] | 'judgement' | 'provider';

export interface Requirement {
  /** As the framework numbers it: `1.4`, `CloudTrail.4`. */
  readonly id: string;
  /** In our own words. */
  readonly title: string;
  readonly by: Satisfied;
}

/** A unit of `content/frameworks`: CIS, FSBP, or an internal policy. A new edition is a new file. */
export interface Framework {
  readonly id: string;
  readonly title: string;
  readonly version: string;
  /** Where the framework is published. */
  readonly source: string;
  readonly requirements: readonly Requirement[];
}
