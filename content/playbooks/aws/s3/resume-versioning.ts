import { textAt } from '../../../../src/core/lib/json-at.ts';
import { bucketOf, bucketTargets, exampleBucket } from '../../../../src/core/lib/plans/bucket.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html */
export const resumeVersioning: Playbook = {
  id: 'aws.s3.resume-versioning',
  version: 1,
  title: 'Resume the versioning of a bucket',
  why: 'While versioning is suspended, what is overwritten or deleted is gone for good. Versions that exist are untouched by suspending; what was overwritten meanwhile does not come back.',
  handles: ['aws.s3.versioning-suspended'],
  approval: 'none',
  risks: [],
  asks: ({ params }) => `Resume the versioning of the bucket ${String(params['bucket'])}`,
  blastRadius: ({ params }) =>
    `Nothing stops working; older versions of what is written to ${String(params['bucket'])} are kept again and cost storage.`,
  inverse: ({ params }) => `The versioning of the bucket ${String(params['bucket'])} is suspended again; versions made meanwhile stay.`,
  targets: (finding) => bucketTargets(finding, { operations: ['PutBucketVersioning'] }),
  requires: (target) => [
    {
      name: 'No second factor guards the versioning',
      on: [target.uid],
      read: { action: 's3:GetBucketVersioning', input: bucketOf(target), keep: 'guard' },
      // https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiFactorAuthenticationDelete.html
      expect: (answer) => answer !== null && textAt(answer, 'MFADelete') !== 'Enabled',
      says: `The bucket ${String(target.params['bucket'])} is gone, or wants the second factor of root for this: root has to do it.`,
    },
  ],
  plan: (target) => {
    const input = bucketOf(target);
    return [
      setting({
        name: 'Enable versioning',
        on: [target.uid],
        read: { action: 's3:GetBucketVersioning', input },
        state: (answer) => textAt(answer, 'Status'),
        // A bucket that never had versions is not one whose versioning was suspended, and could not be brought back to that.
        want: (state) => (state === 'Suspended' ? 'Enabled' : state),
        write: { action: 's3:PutBucketVersioning', input, with: (Status) => ({ VersioningConfiguration: { Status } }) },
        says: 'versioning is not suspended',
      }),
    ];
  },
  undoes: ['s3:PutBucketVersioning'],
  examples: [{ name: 'a bucket', target: exampleBucket(), does: ['s3:PutBucketVersioning'] }],
};
