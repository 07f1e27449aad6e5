import type { Finding } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Target } from '../../model/plan.ts';
import { textAt } from '../json-at.ts';
import { type Naming, namedTargets } from './named-targets.ts';
import type { ResourcePolicy } from './policy-statements.ts';

/** The buckets that a finding names; objects have a slash in their ARN, which no bucket's name has. */
export function bucketTargets(finding: Finding, more: Pick<Naming, 'operations' | 'params'> = {}): readonly Target[] {
  return namedTargets(finding, { service: 's3', resource: /^(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$/, ...more });
}

/** The bucket of a target. The owner is part of every call: a bucket's name may have passed to somebody else. */
export function bucketOf({ account, params }: Target): { readonly Bucket: string; readonly ExpectedBucketOwner: string } {
  return { Bucket: String(params['bucket']), ExpectedBucketOwner: account };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html */
export function bucketPolicy(target: Target): ResourcePolicy {
  const input = bucketOf(target);
  return {
    on: [target.uid],
    read: { action: 's3:GetBucketPolicy', input },
    text: (answer) => textAt(answer, 'Policy'),
    put: { action: 's3:PutBucketPolicy', input, with: (Policy) => ({ Policy }) },
    remove: { action: 's3:DeleteBucketPolicy', input },
  };
}

/** The target of examples. */
export function exampleBucket(params: JsonObject = {}): Target {
  const bucket = 'reports-example';
  return { account: '111122223333', region: 'eu-central-1', uid: `arn:aws:s3:::${bucket}`, params: { bucket, ...params } };
}
