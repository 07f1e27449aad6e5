import { asObject, listAt, textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { bucketOf, bucketTargets, exampleBucket } from '../../../../src/core/lib/plans/bucket.ts';
import { keptTexts } from '../../../../src/core/lib/plans/named-targets.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const accountsOf = ({ params }: Target) => listAt(params, 'accounts').map(String);

/**
 * Disables the replication rules that copy to an account, in place.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketReplication.html: who writes the configuration must be allowed to pass its role.
 */
export const suspendReplicationToAccount: Playbook = {
  id: 'aws.s3.suspend-replication-to-account',
  version: 1,
  title: 'Suspend replication to another account',
  why: 'S3 itself copies every new object into the other account, without calls that anybody could refuse. Disabled rules copy nothing new. What was copied belongs to the other account and cannot be called back.',
  handles: ['aws.s3.replication-to-foreign-account'],
  approval: 'none',
  risks: ['legitimate-use'],
  asks: (target) => `Suspend the replication of the bucket ${String(target.params['bucket'])} to ${accountsOf(target).join(', ')}`,
  blastRadius: (target) =>
    `New objects of ${String(target.params['bucket'])} are not copied to ${accountsOf(target).join(', ')}: a backup there falls behind, and what it misses is not made up for later.`,
  inverse: ({ params }) => `The replication rules of the bucket ${String(params['bucket'])} are as before.`,
  targets: (finding) =>
    bucketTargets(finding, {
      operations: ['PutBucketReplication'],
      params: (evidence) => {
        const accounts = keptTexts(evidence, 'accounts', /^\d{12}$/).filter((account) => account !== finding.account);
        return accounts.length === 0 ? null : { accounts };
      },
    }),
  partial: true,
  plan: (target) => {
    const input = bucketOf(target);
    const accounts = accountsOf(target);
    return [
      setting({
        name: 'Disable the rules to these accounts',
        on: [target.uid, `arn:${target.uid.split(':')[1]}:iam::${target.account}:role/*`],
        permits: ['iam:PassRole'],
        read: { action: 's3:GetReplicationConfiguration', input },
        noneIsFine: true,
        state: (answer) => valueAt(answer, 'ReplicationConfiguration'),
        want: (state) => ({
          ...asObject(state),
          Rules: listAt(state, 'Rules').map((rule) =>
            accounts.includes(textAt(rule, 'Destination', 'Account') ?? '') ? { ...asObject(rule), Status: 'Disabled' } : rule,
          ),
        }),
        write: {
          action: 's3:PutReplicationConfiguration',
          input,
          with: (ReplicationConfiguration) => ({ ReplicationConfiguration }),
        },
        says: 'no enabled rule copies to these accounts',
      }),
    ];
  },
  undoes: ['s3:PutReplicationConfiguration'],
  examples: [{ name: 'one account', target: exampleBucket({ accounts: ['444455556666'] }), does: ['s3:PutReplicationConfiguration'] }],
};
