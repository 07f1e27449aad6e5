import { listAt, textAt } from '../../../../src/core/lib/json-at.ts';
import { bucketOf, bucketTargets, exampleBucket } from '../../../../src/core/lib/plans/bucket.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html */
export const disableAccessLists: Playbook = {
  id: 'aws.s3.disable-access-lists',
  version: 1,
  title: 'Disable the access lists of a bucket again',
  why: 'With access lists, every single object can be opened to everybody by whoever writes it, where no policy shows it.',
  handles: ['aws.s3.access-lists-allowed-again'],
  approval: 'none',
  risks: ['workload'],
  asks: ({ params }) => `Disable the access lists of the bucket ${String(params['bucket'])}`,
  blastRadius: ({ params }) =>
    `Writes to ${String(params['bucket'])} that say an access list are refused, and access that only a list of an object gives ends.`,
  inverse: ({ params }) => `The bucket ${String(params['bucket'])} has its earlier ownership of objects back, and its lists count again.`,
  targets: (finding) => bucketTargets(finding, { operations: ['DeleteBucketOwnershipControls', 'PutBucketOwnershipControls'] }),
  requires: (target) => [
    {
      name: 'The list of the bucket itself gives nothing',
      on: [target.uid],
      read: { action: 's3:GetBucketAcl', input: bucketOf(target), keep: 'list' },
      // https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-ownership-error-responses.html
      expect: (answer) => {
        const owner = textAt(answer, 'Owner', 'ID');
        return owner !== null && listAt(answer, 'Grants').every((grant) => textAt(grant, 'Grantee', 'ID') === owner);
      },
      says: `The access list of the bucket ${String(target.params['bucket'])} itself lets in others than its owner, and S3 disables no lists before these grants are moved to its policy.`,
    },
  ],
  plan: (target) => {
    const input = bucketOf(target);
    const write = (rule: string) => ({ OwnershipControls: { Rules: [{ ObjectOwnership: rule }] } });
    return [
      setting({
        name: 'Let the bucket owner own every object',
        on: [target.uid],
        read: { action: 's3:GetBucketOwnershipControls', input },
        state: (answer) => textAt(listAt(answer, 'OwnershipControls', 'Rules')[0], 'ObjectOwnership'),
        want: () => 'BucketOwnerEnforced',
        write: { action: 's3:PutBucketOwnershipControls', input, with: (rule) => write(String(rule)) },
        back: (rule) =>
          rule === null
            ? [{ action: 's3:DeleteBucketOwnershipControls', input }]
            : [{ action: 's3:PutBucketOwnershipControls', input: { ...input, ...write(String(rule)) } }],
        says: 'the bucket owner owns every object, and lists do not count',
      }),
    ];
  },
  undoes: ['s3:DeleteBucketOwnershipControls', 's3:PutBucketOwnershipControls'],
  examples: [{ name: 'a bucket', target: exampleBucket(), does: ['s3:PutBucketOwnershipControls'] }],
};
