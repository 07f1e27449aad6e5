import { asObject, listAt } from '../../../../src/core/lib/json-at.ts';
import { bucketOf, bucketTargets, exampleBucket } from '../../../../src/core/lib/plans/bucket.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

/**
 * Blocks customer-provided keys by the setting of the bucket, which needs no policy.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/blocking-unblocking-s3-c-encryption-gpb.html
 */
export const blockCustomerKeys: Playbook = {
  id: 'aws.s3.block-customer-keys',
  version: 1,
  title: 'Block customer-provided keys for a bucket again',
  why: 'Where customer-provided keys are allowed, objects can be rewritten under a key that AWS does not keep, and held for ransom.',
  handles: ['aws.s3.customer-keys-allowed'],
  approval: 'none',
  risks: ['workload'],
  asks: ({ params }) => `Block customer-provided keys for the bucket ${String(params['bucket'])} again`,
  blastRadius: ({ params }) => `Applications that bring their own encryption keys cannot write to the bucket ${String(params['bucket'])}.`,
  inverse: ({ params }) => `The bucket ${String(params['bucket'])} takes customer-provided keys again.`,
  targets: (finding) => bucketTargets(finding, { operations: ['PutBucketEncryption'] }),
  plan: (target) => {
    const input = bucketOf(target);
    return [
      setting({
        name: 'Block customer-provided keys',
        on: [target.uid],
        read: { action: 's3:GetEncryptionConfiguration', input },
        state: (answer) => listAt(answer, 'ServerSideEncryptionConfiguration', 'Rules'),
        want: (rules) => listAt(rules).map((rule) => ({ ...asObject(rule), BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] } })),
        write: {
          action: 's3:PutEncryptionConfiguration',
          input,
          with: (Rules) => ({ ServerSideEncryptionConfiguration: { Rules } }),
        },
        says: 'customer-provided keys are blocked',
      }),
    ];
  },
  undoes: ['s3:PutEncryptionConfiguration'],
  examples: [{ name: 'a bucket', target: exampleBucket(), does: ['s3:PutEncryptionConfiguration'] }],
};
