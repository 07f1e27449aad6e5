import { listAt, textAt } from '../../../../src/core/lib/json-at.ts';
import { bucketOf, bucketTargets, exampleBucket } from '../../../../src/core/lib/plans/bucket.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

/** Where nobody has chosen, S3 encrypts in this way: https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-bucket-encryption.html */
const own = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }];

export const resetDefaultEncryption: Playbook = {
  id: 'aws.s3.reset-default-encryption',
  version: 1,
  title: 'Encrypt a bucket with the key of S3 again',
  why: 'What is written to the bucket is encrypted with a key of another account, which can take the key away and so the data. From now on S3 uses its own key; objects that were written meanwhile stay under the other, and have to be copied while it still opens them.',
  handles: ['aws.s3.bucket-encrypted-with-foreign-key'],
  approval: 'one-person',
  risks: ['workload'],
  asks: ({ params }) => `Encrypt what is written to the bucket ${String(params['bucket'])} with the key of S3 again`,
  blastRadius: ({ params }) =>
    `New objects of ${String(params['bucket'])} are not under the organisation's own key, if that was it; a policy that demands it refuses writes that name no key.`,
  inverse: ({ params }) => `The bucket ${String(params['bucket'])} gets its earlier default encryption back.`,
  targets: (finding) => bucketTargets(finding, { operations: ['PutBucketEncryption'] }),
  partial: true,
  plan: (target) => {
    const input = bucketOf(target);
    return [
      setting({
        name: 'Set the default encryption',
        on: [target.uid],
        read: { action: 's3:GetEncryptionConfiguration', input },
        state: (answer) => listAt(answer, 'ServerSideEncryptionConfiguration', 'Rules'),
        want: (rules) => (listAt(rules).length === 1 && usesOwnKey(listAt(rules)[0] ?? null) ? rules : own),
        write: {
          action: 's3:PutEncryptionConfiguration',
          input,
          with: (Rules) => ({ ServerSideEncryptionConfiguration: { Rules } }),
        },
        back: (rules) =>
          listAt(rules).length === 0
            ? [{ action: 's3:DeleteBucketEncryption', input }]
            : [{ action: 's3:PutEncryptionConfiguration', input: { ...input, ServerSideEncryptionConfiguration: { Rules: rules } } }],
        says: 'the default is the key of S3',
      }),
    ];
  },
  undoes: ['s3:DeleteBucketEncryption', 's3:PutEncryptionConfiguration'],
  examples: [{ name: 'a bucket', target: exampleBucket(), does: ['s3:PutEncryptionConfiguration'] }],
};

function usesOwnKey(rule: Parameters<typeof listAt>[0]): boolean {
  return textAt(rule, 'ApplyServerSideEncryptionByDefault', 'SSEAlgorithm') === 'AES256';
}
