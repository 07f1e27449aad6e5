import type { JsonObject } from './json.ts';
import type { Outcome, Resource } from './resource.ts';
import type { Severity } from './severity.ts';

/** A unit of `content/controls`: judges one resource, and sees nothing else. */
export interface Control {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly severity: Severity;
  /** The CloudFormation type that it judges. `AWS::::Account` stands for the account itself. */
  readonly type: string;
  /** IAM actions whose answers it needs; the read-only role is made of all of them. */
  readonly reads: readonly string[];
  /** What to do about a failure, for people. */
  readonly remediation: string;
  /** A failure lets anybody in the world get to the resource. */
  readonly exposes?: true;
  /** Why no playbook answers a failure: a person has to. */
  readonly judgement?: string;
  readonly assess: (resource: Resource) => Outcome;
  readonly examples: readonly ControlExample[];
}

export interface ControlExample {
  readonly name: string;
  /** Only what makes the example special; the builder fills in the rest. */
  readonly resource: Partial<Omit<Resource, 'props'>> & { readonly props: JsonObject };
  readonly expect: Outcome['status'];
}
