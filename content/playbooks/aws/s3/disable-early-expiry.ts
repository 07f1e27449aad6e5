import { asObject, listAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { bucketOf, bucketTargets, exampleBucket } from '../../../../src/core/lib/plans/bucket.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Json, JsonObject } from '../../../../src/core/model/json.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

/** Below this an expiry is what the rules call early. */
const days = 30;

/**
 * Disables the lifecycle rules that expire objects or their older versions early, in place: the rules stay, so their owner sees them.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html replaces the whole configuration, and the default
 * for small objects with it, so both are written back as they were read.
 */
export const disableEarlyExpiry: Playbook = {
  id: 'aws.s3.disable-early-expiry',
  version: 1,
  title: 'Disable lifecycle rules that delete early',
  why: 'A lifecycle rule deletes without a single delete call, once a day, so there are hours in which it can be stopped. What has expired is gone, unless the bucket has versions: then expiry leaves a delete marker.',
  handles: ['aws.s3.bucket-expiry-shortened', 'aws.s3.log-bucket-expiry-shortened'],
  approval: 'none',
  risks: ['legitimate-use'],
  asks: ({ params }) => `Disable the lifecycle rules that delete from the bucket ${String(params['bucket'])} within ${days} days`,
  blastRadius: ({ params }) => `Nothing stops working; objects of ${String(params['bucket'])} that were to go soon stay and cost storage.`,
  inverse: ({ params }) => `The lifecycle rules of the bucket ${String(params['bucket'])} are enabled again as they were, and delete.`,
  targets: (finding) => bucketTargets(finding, { operations: ['PutBucketLifecycle', 'PutBucketLifecycleConfiguration'] }),
  partial: true,
  plan: (target) => {
    const input = bucketOf(target);
    return [
      setting({
        name: 'Disable the rules that expire early',
        on: [target.uid],
        read: { action: 's3:GetLifecycleConfiguration', input },
        noneIsFine: true,
        state: stateOf,
        want: (state) => ({ ...asObject(state), Rules: listAt(state, 'Rules').map(tamed) }),
        write: { action: 's3:PutLifecycleConfiguration', input, with: inputOf },
        says: `no enabled rule expires what is younger than ${days} days`,
      }),
    ];
  },
  undoes: ['s3:PutLifecycleConfiguration'],
  examples: [{ name: 'a bucket', target: exampleBucket(), does: ['s3:PutLifecycleConfiguration'] }],
};

function stateOf(answer: Json): JsonObject {
  return {
    Rules: listAt(answer, 'Rules'),
    TransitionDefaultMinimumObjectSize: valueAt(answer, 'TransitionDefaultMinimumObjectSize'),
  };
}

function inputOf(state: Json): JsonObject {
  const size = valueAt(state, 'TransitionDefaultMinimumObjectSize');
  return {
    LifecycleConfiguration: { Rules: listAt(state, 'Rules') },
    ...(size === null ? {} : { TransitionDefaultMinimumObjectSize: size }),
  };
}

function tamed(rule: Json): Json {
  if (valueAt(rule, 'Status') !== 'Enabled') return rule;
  const early = [valueAt(rule, 'Expiration', 'Days'), valueAt(rule, 'NoncurrentVersionExpiration', 'NoncurrentDays')].some(
    (value) => typeof value === 'number' && value < days,
  );
  // A date in the past is met at once, and one in the future is nobody's habit.
  return early || valueAt(rule, 'Expiration', 'Date') !== null ? { ...asObject(rule), Status: 'Disabled' } : rule;
}
