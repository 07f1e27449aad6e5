import { bucketPolicy, bucketTargets, exampleBucket } from '../../../../src/core/lib/plans/bucket.ts';
import { narrowPolicy, withoutPublic } from '../../../../src/core/lib/plans/policy-statements.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

/** As CloudTrail names them, and the access logs of the bucket: https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html */
const written = [
  'DeleteObject',
  'DeleteObjects',
  'PutObject',
  'REST.DELETE.OBJECT',
  'REST.POST.OBJECT',
  'REST.POST.UPLOAD',
  'REST.PUT.OBJECT',
  'REST.PUT.PART',
];

/**
 * Takes those statements out of a bucket's policy by which anybody may do something: narrower than blocking, since other accounts that the
 * same policy names keep their access. https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 * says which policies AWS calls public.
 */
export const removePublicStatements: Playbook = {
  id: 'aws.s3.remove-public-statements',
  version: 1,
  title: 'Remove the public statements of a bucket policy',
  why: 'A statement for everybody lets anybody on the internet read or write what the bucket holds. What was read meanwhile cannot be called back; the data events of the bucket, where they are recorded, tell who read what.',
  handles: ['aws.s3.bucket-made-public', 'aws.s3-access.object-changed-by-anyone', 'aws.s3.object-written-without-sign-in'],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: ({ params }) => `Remove the public statements from the policy of the bucket ${String(params['bucket'])}`,
  blastRadius: ({ params }) =>
    `Whoever reaches the bucket ${String(params['bucket'])} by those statements alone gets an error: websites and content delivery origins among them.`,
  inverse: ({ params }) => `The bucket ${String(params['bucket'])} gets the exact text of its earlier policy back.`,
  targets: (finding) => bucketTargets(finding, { operations: ['PutBucketPolicy', ...written] }),
  partial: true,
  plan: (target) => narrowPolicy(bucketPolicy(target), withoutPublic, 'no statement of the policy is for everybody'),
  undoes: ['s3:DeleteBucketPolicy', 's3:PutBucketPolicy'],
  examples: [{ name: 'a bucket', target: exampleBucket(), does: ['s3:PutBucketPolicy', 's3:DeleteBucketPolicy'] }],
};
