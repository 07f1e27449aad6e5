import { parseArn } from '../../../../src/core/lib/arn.ts';
import { asObject, valueAt } from '../../../../src/core/lib/json-at.ts';
import type { Finding } from '../../../../src/core/model/finding.ts';
import type { Json } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html */
const allFour = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };

/** Blocks all public access to one bucket: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutPublicAccessBlock.html */
export const blockPublicAccess: Playbook = {
  id: 'aws.s3.block-public-access',
  version: 1,
  title: 'Block public access to a bucket',
  why: 'Anybody on the internet can read or write what a public bucket holds. The block overrides bucket policy and access control lists without changing them, so taking it back brings exactly the earlier access back.',
  handles: ['aws.s3.bucket-made-public', 'aws.s3.bucket-not-public'],
  reported: [
    'access-analyzer/PublicAccess:S3/Bucket',
    'config/s3-bucket-level-public-access-prohibited',
    'config/s3-bucket-public-read-prohibited',
    'config/s3-bucket-public-write-prohibited',
    'guardduty/Policy:S3/BucketAnonymousAccessGranted',
    'guardduty/Policy:S3/BucketBlockPublicAccessDisabled',
    'guardduty/Policy:S3/BucketPublicAccessGranted',
    'macie/Policy:IAMUser/S3BucketPublic',
    'security-hub/S3.2',
    'security-hub/S3.3',
    'security-hub/S3.8',
  ],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: ({ params }) => `Block public access to the bucket ${String(params['bucket'])}`,
  blastRadius: ({ params }) =>
    `Websites, content delivery origins and other accounts that reach the bucket ${String(params['bucket'])} through a public policy or access control list get an error.`,
  inverse: ({ params }) =>
    `The bucket ${String(params['bucket'])} gets its earlier block configuration back, or none where there was none.`,
  targets: (finding) => {
    const named = [...finding.resources.map(({ uid }) => uid), ...finding.evidence.flatMap(({ resource }) => resource?.uid ?? [])];
    return [...new Set(named)].flatMap((uid) => targetOf(finding, uid));
  },
  plan: ({ account, uid, params }) => {
    // The owner is part of every call: a bucket's name may have passed to somebody else.
    const bucket = { Bucket: String(params['bucket']), ExpectedBucketOwner: account };
    const get = { action: 's3:GetBucketPublicAccessBlock', input: bucket };
    return [
      {
        name: 'Block all public access',
        on: [uid],
        read: { ...get, keep: 'block' },
        captures: configurationOf,
        do: { action: 's3:PutBucketPublicAccessBlock', input: { ...bucket, PublicAccessBlockConfiguration: allFour }, once: 'sets-state' },
        verify: {
          ...get,
          expect: (answer) => Object.keys(allFour).every((name) => valueAt(configurationOf(answer), name) === true),
          says: 'all four settings of the block are on',
          withinSeconds: 60,
        },
        undo: (kept) => {
          const earlier = configurationOf(valueAt(kept, 'block'));
          return earlier === null
            ? [{ action: 's3:DeletePublicAccessBlock', input: bucket }]
            : [{ action: 's3:PutBucketPublicAccessBlock', input: { ...bucket, PublicAccessBlockConfiguration: earlier } }];
        },
      },
    ];
  },
  undoes: ['s3:DeletePublicAccessBlock', 's3:PutBucketPublicAccessBlock'],
  examples: [
    {
      name: 'a bucket',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:s3:::reports-example',
        params: { bucket: 'reports-example' },
      },
      does: ['s3:PutBucketPublicAccessBlock'],
    },
  ],
};

/** The configuration with each setting said: one that is left out is off. Null where the bucket has none. */
function configurationOf(answer: Json): { readonly [name: string]: boolean } | null {
  const configuration = asObject(valueAt(answer, 'PublicAccessBlockConfiguration'));
  if (configuration === null) return null;
  return Object.fromEntries(Object.keys(allFour).map((name) => [name, valueAt(configuration, name) === true]));
}

function targetOf(finding: Finding, uid: string): readonly Target[] {
  const arn = parseArn(uid);
  // The resource of an object's ARN has a slash; a bucket's name has none.
  if (arn === null || arn.service !== 's3' || !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(arn.resource)) return [];
  const listed = finding.resources.find((resource) => resource.uid === uid);
  if (listed !== undefined && listed.account !== finding.account) return [];
  const region = listed === undefined || !/^[a-z]+(-[a-z]+)+-\d+$/.test(listed.region) ? finding.region : listed.region;
  return [{ account: finding.account, region, uid, params: { bucket: arn.resource } }];
}
