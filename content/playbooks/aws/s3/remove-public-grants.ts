import { asObject, listAt, textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { bucketOf, bucketTargets, exampleBucket } from '../../../../src/core/lib/plans/bucket.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Json, JsonObject } from '../../../../src/core/model/json.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html (predefined groups) */
const everybody = /^http:\/\/acs\.amazonaws\.com\/groups\/global\/(AllUsers|AuthenticatedUsers)$/;

/** Takes the grants to everybody out of a bucket's access list; https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAcl.html */
export const removePublicGrants: Playbook = {
  id: 'aws.s3.remove-public-grants',
  version: 1,
  title: 'Remove the public grants of a bucket access list',
  why: 'A grant to the group of all users lets anybody list the bucket or write into it. Grants to log delivery and to accounts stay. Objects have access lists of their own, which this does not change.',
  handles: ['aws.s3.bucket-made-public'],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: ({ params }) => `Remove the public grants from the access list of the bucket ${String(params['bucket'])}`,
  blastRadius: ({ params }) =>
    `Whoever lists the bucket ${String(params['bucket'])} or writes into it without an account, or with any account, gets an error.`,
  inverse: ({ params }) => `The bucket ${String(params['bucket'])} gets its earlier access list back.`,
  targets: (finding) => bucketTargets(finding, { operations: ['PutBucketAcl', 'CreateBucket'] }),
  partial: true,
  plan: (target) => {
    const input = bucketOf(target);
    return [
      setting({
        name: 'Take everybody out of the access list',
        on: [target.uid],
        read: { action: 's3:GetBucketAcl', input },
        state: stateOf,
        want: (state) => ({
          ...asObject(state),
          Grants: listAt(state, 'Grants').filter((grant) => !everybody.test(textAt(grant, 'Grantee', 'URI') ?? '')),
        }),
        write: { action: 's3:PutBucketAcl', input, with: (AccessControlPolicy) => ({ AccessControlPolicy }) },
        says: 'no grant is to everybody',
      }),
    ];
  },
  undoes: ['s3:PutBucketAcl'],
  examples: [{ name: 'a bucket', target: exampleBucket(), does: ['s3:PutBucketAcl'] }],
};

function stateOf(answer: Json): JsonObject {
  return { Owner: { ID: valueAt(answer, 'Owner', 'ID') }, Grants: listAt(answer, 'Grants') };
}
