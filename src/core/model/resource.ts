import type { JsonObject } from './json.ts';

/**
 * One resource of a snapshot. A property that could not be read is absent, and `unread` names the permission that
 * was missing; a property that AWS says does not exist is `null`. So `undefined` never means "none".
 */
export interface Resource {
  /** ARN where the resource has one. */
  readonly uid: string;
  /** CloudFormation type: `AWS::IAM::Role`. */
  readonly type: string;
  readonly name: string;
  readonly account: string;
  /** `aws-global` for global services. */
  readonly region: string;
  readonly tags: { readonly [key: string]: string };
  readonly props: JsonObject;
  /** Property name -> the IAM action that was refused or failed. */
  readonly unread: { readonly [property: string]: string };
}

/** A list that could not be read, so that nothing can be said about its resources. */
export interface Unread {
  readonly account: string;
  readonly region: string;
  /** The IAM action: `ec2:DescribeSecurityGroups`. */
  readonly permission: string;
  /** The CloudFormation types that stay unseen. */
  readonly types: readonly string[];
  readonly code: string;
  readonly reason: string;
}

/** Everything that was read of one account, immutable, named by the hash of its content. */
export interface Snapshot {
  readonly format: 'jobzero.snapshot/1';
  /** Hash of the canonical bytes without `id` and `takenAt`. */
  readonly id: string;
  readonly tenant: string;
  readonly account: string;
  readonly regions: readonly string[];
  /** Milliseconds since 1970; given by the caller. */
  readonly takenAt: number;
  /** Sorted by (type, uid). */
  readonly resources: readonly Resource[];
  readonly unread: readonly Unread[];
}

/** A control's answer. "Could not read" is not "passes". */
export type Outcome =
  | { readonly status: 'Pass'; readonly reason: string }
  | { readonly status: 'Fail'; readonly reason: string; readonly facts?: JsonObject }
  | { readonly status: 'Unknown'; readonly missing: string; readonly reason?: string };
