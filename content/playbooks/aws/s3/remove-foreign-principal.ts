import { grants } from '../../../../src/core/lib/grants.ts';
import { listAt } from '../../../../src/core/lib/json-at.ts';
import { bucketPolicy, bucketTargets, exampleBucket } from '../../../../src/core/lib/plans/bucket.ts';
import { narrowPolicy, withoutAccounts } from '../../../../src/core/lib/plans/policy-statements.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const accountsOf = ({ params }: Target) => listAt(params, 'accounts').map(String);

/**
 * Takes the accounts that somebody let in out of a bucket's policy, and nobody else.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-bucket-user-policy-specifying-principal-intro.html
 */
export const removeForeignPrincipal: Playbook = {
  id: 'aws.s3.remove-foreign-principal',
  version: 1,
  title: 'Take other accounts out of a bucket policy',
  why: 'Who controls the other account reads the bucket from there, with credentials that nobody here can end. Those accounts go from the policy; everybody else whom it names stays. What was copied cannot be called back.',
  handles: ['aws.s3.bucket-opened-to-foreign-account'],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: (target) => `Take ${accountsOf(target).join(', ')} out of the policy of the bucket ${String(target.params['bucket'])}`,
  blastRadius: (target) =>
    `What runs in ${accountsOf(target).join(', ')} loses the access to the bucket ${String(target.params['bucket'])} that its policy gives.`,
  inverse: ({ params }) => `The bucket ${String(params['bucket'])} gets the exact text of its earlier policy back.`,
  targets: (finding) =>
    bucketTargets(finding, {
      operations: ['PutBucketPolicy'],
      params: (evidence) => {
        const named = evidence.flatMap(({ kept }) => [...grants(kept?.['policy']).accounts]);
        const accounts = [...new Set(named)].filter((account) => account !== finding.account).sort();
        return accounts.length === 0 ? null : { accounts };
      },
    }),
  partial: true,
  plan: (target) =>
    narrowPolicy(bucketPolicy(target), withoutAccounts(accountsOf(target)), 'no statement that allows names one of these accounts'),
  undoes: ['s3:DeleteBucketPolicy', 's3:PutBucketPolicy'],
  examples: [
    { name: 'one account', target: exampleBucket({ accounts: ['444455556666'] }), does: ['s3:PutBucketPolicy', 's3:DeleteBucketPolicy'] },
  ],
};
