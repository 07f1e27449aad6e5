import { textAt, valueAt } from '../../lib/json-at.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { documentOf, flag, objects, sorted, tagsOf } from './answer.ts';
import { type Read, type Reader, type Reading, resourceOf } from './reading.ts';

/** The four switches of a block of public access; AWS leaves out what is off. */
export function blockOf(answer: Json): Json {
  const block = valueAt(answer, 'PublicAccessBlockConfiguration');
  return {
    blockPublicAcls: flag(block, 'BlockPublicAcls') === true,
    ignorePublicAcls: flag(block, 'IgnorePublicAcls') === true,
    blockPublicPolicy: flag(block, 'BlockPublicPolicy') === true,
    restrictPublicBuckets: flag(block, 'RestrictPublicBuckets') === true,
  };
}

/** All buckets of the account, whichever Region they are in: their list is global. */
export const readS3: Reader = {
  action: 's3:ListAllMyBuckets',
  types: ['AWS::S3::Bucket'],
  per: 'account',
  calls: [
    's3:ListAllMyBuckets',
    's3:GetAccountPublicAccessBlock',
    's3:GetBucketLocation',
    's3:GetBucketPublicAccessBlock',
    's3:GetBucketPolicy',
    's3:GetBucketPolicyStatus',
    's3:GetBucketAcl',
    's3:GetEncryptionConfiguration',
    's3:GetBucketVersioning',
    's3:GetBucketLogging',
    's3:GetBucketTagging',
  ],
  async read(reading) {
    const buckets = objects(await reading.call('s3:ListAllMyBuckets'), 'Buckets');
    if (buckets.length === 0) return [];
    const accountBlock = await reading.property('s3:GetAccountPublicAccessBlock', { AccountId: reading.account }, blockOf, {
      none: ['NoSuchPublicAccessBlockConfiguration'],
    });
    return reading.each(buckets, (bucket) => bucketOf(reading, bucket, accountBlock));
  },
};

async function bucketOf(reading: Reading, bucket: JsonObject, accountPublicAccessBlock: Read): Promise<Resource> {
  const { account, partition, property } = reading;
  const name = textAt(bucket, 'Name') ?? '';
  const location = await property('s3:GetBucketLocation', { Bucket: name }, (answer) =>
    regionOf(textAt(answer, 'LocationConstraint'), partition),
  );
  // Without the location the call goes to the global Region, from where AWS redirects.
  const region = 'value' in location && typeof location.value === 'string' ? location.value : undefined;
  const ask = (action: string, of: (answer: Json) => Json, ...none: string[]) =>
    property(action, { Bucket: name }, of, { none, ...(region === undefined ? {} : { region }) });
  const [publicAccessBlock, policy, policyIsPublic, acl, encryption, versioning, logging, tags] = await Promise.all([
    ask('s3:GetBucketPublicAccessBlock', blockOf, 'NoSuchPublicAccessBlockConfiguration'),
    ask('s3:GetBucketPolicy', (answer) => documentOf(textAt(answer, 'Policy')), 'NoSuchBucketPolicy'),
    ask('s3:GetBucketPolicyStatus', (answer) => flag(valueAt(answer, 'PolicyStatus'), 'IsPublic'), 'NoSuchBucketPolicy'),
    ask('s3:GetBucketAcl', grantsOf),
    ask(
      's3:GetEncryptionConfiguration',
      (answer) => sorted(objects(valueAt(answer, 'ServerSideEncryptionConfiguration'), 'Rules').map(encryptionOf)),
      'ServerSideEncryptionConfigurationNotFoundError',
    ),
    ask('s3:GetBucketVersioning', (answer) => ({ status: textAt(answer, 'Status'), mfaDelete: textAt(answer, 'MFADelete') })),
    ask('s3:GetBucketLogging', (answer) => textAt(valueAt(answer, 'LoggingEnabled'), 'TargetBucket')),
    ask('s3:GetBucketTagging', (answer) => tagsOf(answer, 'TagSet'), 'NoSuchTagSet'),
  ]);
  const tagged = 'value' in tags ? ((tags.value ?? {}) as Resource['tags']) : {};
  return resourceOf(
    { uid: `arn:${partition}:s3:::${name}`, type: 'AWS::S3::Bucket', name, account, region: region ?? 'aws-global', tags: tagged },
    { createdAt: textAt(bucket, 'CreationDate') },
    {
      publicAccessBlock,
      accountPublicAccessBlock,
      policy,
      policyIsPublic,
      acl,
      encryption,
      versioning,
      logging,
      ...('value' in tags ? {} : { tags }),
      ...('value' in location ? {} : { region: location }),
    },
  );
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html: no constraint is us-east-1, EU is eu-west-1. */
function regionOf(constraint: string | null, partition: string): string {
  if (constraint === null || constraint === '')
    return partition === 'aws' ? 'us-east-1' : partition === 'aws-cn' ? 'cn-north-1' : 'us-gov-west-1';
  return constraint === 'EU' ? 'eu-west-1' : constraint;
}

function grantsOf(answer: Json): Json {
  return sorted(
    objects(answer, 'Grants').map((grant) => {
      const grantee = valueAt(grant, 'Grantee');
      return {
        grantee: textAt(grantee, 'URI') ?? textAt(grantee, 'ID') ?? textAt(grantee, 'EmailAddress'),
        permission: textAt(grant, 'Permission'),
      };
    }),
  );
}

function encryptionOf(rule: JsonObject): Json {
  const by = valueAt(rule, 'ApplyServerSideEncryptionByDefault');
  return { algorithm: textAt(by, 'SSEAlgorithm'), key: textAt(by, 'KMSMasterKeyID'), bucketKey: flag(rule, 'BucketKeyEnabled') === true };
}
