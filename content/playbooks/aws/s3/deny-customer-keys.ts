import { canonicalJson } from '../../../../src/core/lib/canonical-json.ts';
import { textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { bucketOf, bucketPolicy, bucketTargets, exampleBucket } from '../../../../src/core/lib/plans/bucket.ts';
import { parsed, statementsOf } from '../../../../src/core/lib/plans/policy-statements.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Json } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const sid = 'JobzeroDenyCustomerKeys';
/** Characters of a bucket policy: https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html */
const limit = 20_480;

/**
 * Denies writes that bring their own key. `Null: false` on the algorithm's header is what AWS documents for this:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html#ssec-require-condition-key
 */
export const denyCustomerKeys: Playbook = {
  id: 'aws.s3.deny-customer-keys',
  version: 1,
  title: 'Refuse writes with customer-provided keys',
  why: 'Ransom by rewriting: objects are copied over themselves under a key that AWS does not keep, and only who knows the key reads them. The deny stops further rewriting at once, for everybody. It gives nothing back: what was rewritten is readable only from older versions or copies.',
  handles: ['aws.s3.objects-encrypted-with-foreign-key'],
  approval: 'none',
  risks: ['workload'],
  asks: ({ params }) => `Refuse writes with customer-provided keys to the bucket ${String(params['bucket'])}`,
  blastRadius: ({ params }) =>
    `Applications that bring their own encryption keys cannot write to the bucket ${String(params['bucket'])}; reading goes on.`,
  inverse: ({ params }) => `The bucket ${String(params['bucket'])} gets its earlier policy back, or none where there was none.`,
  targets: (finding) => bucketTargets(finding, { operations: ['CopyObject', 'PutObject'] }),
  partial: true,
  requires: (target) => [
    {
      name: 'Room in the bucket policy',
      on: [target.uid],
      read: { action: 's3:GetBucketPolicy', input: bucketOf(target), keep: 'room' },
      expect: (answer) => (textAt(answer, 'Policy') ?? '').length + canonicalJson(deny(target)).length + 100 <= limit,
      says: `The policy of the bucket ${String(target.params['bucket'])} has no room for another statement.`,
    },
  ],
  plan: (target) => {
    const { on, read, text, put, remove } = bucketPolicy(target);
    const state = (answer: Json): Json => parsed(text(answer));
    return [
      setting({
        name: 'Deny writes with customer-provided keys',
        on,
        read,
        state,
        want: (policy) => {
          const statements = statementsOf(policy);
          const wanted = canonicalJson(deny(target));
          if (statements.some((statement) => canonicalJson(statement) === wanted)) return policy;
          return {
            ...(policy === null ? { Version: '2012-10-17' } : parsed(canonicalJson(policy))),
            Statement: [...statements.filter((statement) => valueAt(statement, 'Sid') !== sid), deny(target)],
          };
        },
        write: { action: put.action, input: put.input, with: (policy) => put.with(canonicalJson(policy)) },
        back: (policy) =>
          policy === null ? [remove] : [{ action: put.action, input: { ...put.input, ...put.with(canonicalJson(policy)) } }],
        says: 'the policy denies writes with customer-provided keys',
      }),
    ];
  },
  undoes: ['s3:DeleteBucketPolicy', 's3:PutBucketPolicy'],
  examples: [{ name: 'a bucket', target: exampleBucket(), does: ['s3:PutBucketPolicy'] }],
};

function deny({ uid }: Target) {
  return {
    Sid: sid,
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:PutObject',
    Resource: `${uid}/*`,
    Condition: { Null: { 's3:x-amz-server-side-encryption-customer-algorithm': 'false' } },
  };
}
