import type { Json, JsonObject } from '../model/json.ts';

/** Which of our principals makes a call. The detector, the actor and the undoer are different roles. */
export type CloudRole = 'reader' | 'actor' | 'undoer';

export interface CloudCall {
  readonly account: string;
  /** A Region; global services are called with the partition's own (`us-east-1` in `aws`). */
  readonly region: string;
  /** As IAM names it: `iam:ListAccessKeys`, `s3:GetBucketPublicAccessBlock`. Adapters map it to the API operation. */
  readonly action: string;
  /** The input as the AWS SDK for JavaScript v3 spells it. */
  readonly input: JsonObject;
  readonly role: CloudRole;
  /** For `actor` and `undoer`: the policy of the session, generated from the plan; and the action's id as session name. */
  readonly session?: { readonly policy: JsonObject; readonly name: string };
  /** Persons who approved what this call is part of. A call that cannot be undone is refused without two: see core/lib/irreversible. */
  readonly approvedBy?: readonly string[];
}

/** An account of the organisation. The founding account counts as invited, as AWS has it. */
export interface Member {
  readonly id: string;
  /** Not closed, suspended or about to be. */
  readonly active: boolean;
  /** It was there before it joined. */
  readonly invited: boolean;
  /** Milliseconds since 1970; null where it is not said. */
  readonly joinedAt: number | null;
}

/**
 * An AWS organisation: the real one (edge/aws), or a simulated one (range).
 * Answers are plain JSON in the SDK's spelling (dates as ISO 8601 text, no `$metadata`); policy documents that AWS
 * sends URL-encoded arrive decoded. Lists are followed to their last page.
 * Throws `CloudError`, never anything else.
 */
export interface Cloud {
  call(call: CloudCall): Promise<Json>;
  /** ARN of the principal whose credentials are at hand, before any role is taken on, as STS names it; null where nobody stands behind it. Throws CloudError. */
  self(): Promise<string | null>;
  /** The account of the credentials, and the accounts that we may look into. */
  accounts(): Promise<readonly { readonly id: string; readonly name: string }[]>;
  /** The accounts of the organisation, whether we may look into them or not; null where there is none, or it may not be listed. */
  members(): Promise<readonly Member[] | null>;
  /** The enabled Regions of an account. */
  regions(account: string): Promise<readonly string[]>;
  close(): Promise<void>;
}
