import type { Json, JsonObject } from '../../core/model/json.ts';
import { isPublicPolicy, PolicySyntaxError, parsePolicy } from '../evaluate-policy.ts';
import {
  fault,
  isObject,
  iso,
  type Operation,
  type OperationContext,
  type OperationTable,
  objects,
  optionalText,
  tagList,
  tagsOf,
  text,
} from '../operation.ts';
import type { BucketState, PublicAccessBlock, RangeState } from '../state.ts';

type Context = OperationContext;

const blockNames = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'] as const;
const everyone = 'http://acs.amazonaws.com/groups/global/AllUsers';
const logDelivery = 'http://acs.amazonaws.com/groups/s3/LogDelivery';

/** `s3:` operations on buckets, the account's block of public access, and the data events that matter. */
export const s3: OperationTable = {
  's3:ListAllMyBuckets': {
    source: 's3.amazonaws.com',
    event: 'ListBuckets',
    readOnly: true,
    run: ({ account }) => ({
      Buckets: Object.values(account.buckets).map((bucket) => ({
        Name: bucket.name,
        CreationDate: iso(bucket.created),
        BucketRegion: bucket.region,
        BucketArn: bucketArn(bucket.name),
      })),
      Owner: { ID: ownerId(account.id) },
    }),
    request: (context) => ({ Host: `s3.${context.region}.amazonaws.com` }),
  },
  's3:GetBucketLocation': onBucket('GetBucketLocation', 'location', true, (bucket) =>
    bucket.region === 'us-east-1' ? {} : { LocationConstraint: bucket.region },
  ),
  's3:CreateBucket': {
    source: 's3.amazonaws.com',
    event: 'CreateBucket',
    readOnly: false,
    on: named,
    run: (context) => {
      const name = text(context, 'Bucket');
      const owner = ownerOf(context.state, name);
      if (owner === context.account.id && context.region !== 'us-east-1') {
        throw fault(
          context,
          'BucketAlreadyOwnedByYou',
          'Your previous request to create the named bucket succeeded and you already own it.',
        );
      }
      if (owner !== null && owner !== context.account.id) {
        throw fault(context, 'BucketAlreadyExists', 'The requested bucket name is not available.');
      }
      // In us-east-1 a repeated call by the owner succeeds and changes nothing.
      if (owner === null) context.account.buckets[name] = newBucket(name, context.region, context.now);
      return { Location: `/${name}`, BucketArn: bucketArn(name) };
    },
    request: (context) => bucketRequest(context, null),
    response: () => null,
    resources: bucketResource,
  },
  's3:DeleteBucket': onBucket('DeleteBucket', null, false, (bucket, context) => {
    if (Object.keys(bucket.objects).length > 0) throw fault(context, 'BucketNotEmpty', 'The bucket you tried to delete is not empty');
    delete context.account.buckets[bucket.name];
    return {};
  }),

  's3:GetBucketPublicAccessBlock': onBucket('GetBucketPublicAccessBlock', 'publicAccessBlock', true, (bucket, context) => {
    if (bucket.publicAccessBlock === null) throw noBlock(context);
    return { PublicAccessBlockConfiguration: { ...bucket.publicAccessBlock } };
  }),
  's3:PutBucketPublicAccessBlock': {
    ...onBucket('PutBucketPublicAccessBlock', 'publicAccessBlock', false, (bucket, context) => {
      bucket.publicAccessBlock = blockOf(context);
      return {};
    }),
    request: (context) => ({ ...bucketRequest(context, 'publicAccessBlock'), ...blockRequest(context) }),
  },
  's3:DeletePublicAccessBlock': {
    ...onBucket('DeleteBucketPublicAccessBlock', 'publicAccessBlock', false, (bucket) => {
      bucket.publicAccessBlock = null;
      return {};
    }),
    permission: 's3:PutBucketPublicAccessBlock',
  },
  's3:GetAccountPublicAccessBlock': onAccount('GetAccountPublicAccessBlock', true, (context) => {
    if (context.account.publicAccessBlock === null) throw noBlock(context);
    return { PublicAccessBlockConfiguration: { ...context.account.publicAccessBlock } };
  }),
  's3:PutAccountPublicAccessBlock': onAccount('PutAccountPublicAccessBlock', false, (context) => {
    context.account.publicAccessBlock = blockOf(context);
    return {};
  }),
  's3:DeleteAccountPublicAccessBlock': {
    ...onAccount('DeleteAccountPublicAccessBlock', false, (context) => {
      context.account.publicAccessBlock = null;
      return {};
    }),
    permission: 's3:PutAccountPublicAccessBlock',
  },

  's3:GetBucketPolicy': onBucket('GetBucketPolicy', 'policy', true, (bucket, context) => {
    if (bucket.policy === null) throw fault(context, 'NoSuchBucketPolicy', 'The bucket policy does not exist');
    return { Policy: bucket.policy };
  }),
  's3:PutBucketPolicy': {
    ...onBucket('PutBucketPolicy', 'policy', false, (bucket, context) => {
      const policy = text(context, 'Policy');
      try {
        parsePolicy(policy);
      } catch (error) {
        if (!(error instanceof PolicySyntaxError)) throw error;
        throw fault(context, 'MalformedPolicy', error.message);
      }
      if (isPublicPolicy(policy) && blockedBy(bucket, context, 'BlockPublicPolicy')) {
        throw fault(
          context,
          'AccessDenied',
          denied(context, 'because public policies are blocked by the BlockPublicPolicy block public access setting.'),
        );
      }
      bucket.policy = policy;
      return {};
    }),
    request: (context) => ({ ...bucketRequest(context, 'policy'), bucketPolicy: parsed(optionalText(context, 'Policy')) }),
  },
  's3:DeleteBucketPolicy': onBucket('DeleteBucketPolicy', 'policy', false, (bucket) => {
    bucket.policy = null;
    return {};
  }),
  's3:GetBucketPolicyStatus': onBucket('GetBucketPolicyStatus', 'policyStatus', true, (bucket, context) => {
    if (bucket.policy === null) throw fault(context, 'NoSuchBucketPolicy', 'The bucket policy does not exist');
    return { PolicyStatus: { IsPublic: isPublicPolicy(bucket.policy) } };
  }),
  's3:GetBucketAcl': onBucket('GetBucketAcl', 'acl', true, (bucket, { account }) => {
    const owner: JsonObject = { Grantee: { Type: 'CanonicalUser', ID: ownerId(account.id) }, Permission: 'FULL_CONTROL' };
    const group = (URI: string, Permission: string): JsonObject => ({ Grantee: { Type: 'Group', URI }, Permission });
    const more =
      bucket.acl === 'public-read'
        ? [group(everyone, 'READ')]
        : bucket.acl === 'log-delivery-write'
          ? [group(logDelivery, 'WRITE'), group(logDelivery, 'READ_ACP')]
          : [];
    return { Owner: { ID: ownerId(account.id) }, Grants: [owner, ...more] };
  }),
  's3:PutBucketAcl': onBucket('PutBucketAcl', 'acl', false, (bucket, context) => {
    const acl = aclOf(context);
    if (acl !== 'private' && acl !== 'public-read' && acl !== 'log-delivery-write')
      throw fault(context, 'InvalidArgument', 'Unsupported ACL');
    if (bucket.ownership === 'BucketOwnerEnforced' && acl !== 'private') {
      throw fault(context, 'AccessControlListNotSupported', 'The bucket does not allow ACLs');
    }
    if (acl === 'public-read' && blockedBy(bucket, context, 'BlockPublicAcls')) {
      throw fault(
        context,
        'AccessDenied',
        denied(context, 'because public access control lists are blocked by the BlockPublicAcls setting.'),
      );
    }
    bucket.acl = acl;
    return {};
  }),
  's3:GetBucketOwnershipControls': onBucket('GetBucketOwnershipControls', 'ownershipControls', true, (bucket) => ({
    OwnershipControls: { Rules: [{ ObjectOwnership: bucket.ownership }] },
  })),
  's3:GetEncryptionConfiguration': onBucket('GetBucketEncryption', 'encryption', true, (bucket) => ({
    ServerSideEncryptionConfiguration: bucket.encryption,
  })),
  's3:GetBucketVersioning': onBucket('GetBucketVersioning', 'versioning', true, (bucket) =>
    bucket.versioning === null ? {} : { Status: bucket.versioning },
  ),
  's3:PutBucketVersioning': onBucket('PutBucketVersioning', 'versioning', false, (bucket, context) => {
    const wanted = context.input['VersioningConfiguration'];
    const status = isObject(wanted) ? wanted['Status'] : undefined;
    if (status !== 'Enabled' && status !== 'Suspended')
      throw fault(context, 'IllegalVersioningConfigurationException', 'Status must be Enabled or Suspended');
    bucket.versioning = status;
    return {};
  }),
  's3:GetBucketLogging': onBucket('GetBucketLogging', 'logging', true, (bucket) =>
    bucket.logging === null ? {} : { LoggingEnabled: { TargetBucket: bucket.logging.bucket, TargetPrefix: bucket.logging.prefix } },
  ),
  's3:GetBucketTagging': onBucket('GetBucketTagging', 'tagging', true, (bucket, context) => {
    if (Object.keys(bucket.tags).length === 0) throw fault(context, 'NoSuchTagSet', 'The TagSet does not exist');
    return { TagSet: tagList(bucket.tags) };
  }),

  's3:PutBucketTagging': onBucket('PutBucketTagging', 'tagging', false, (bucket, context) => {
    const wanted = context.input['Tagging'];
    bucket.tags = tagsOf(isObject(wanted) ? wanted['TagSet'] : undefined);
    return {};
  }),

  's3:ListBucket': {
    ...onBucket('ListObjects', null, true, (bucket) => ({
      Name: bucket.name,
      IsTruncated: false,
      KeyCount: Object.keys(bucket.objects).length,
      Contents: Object.entries(bucket.objects).map(([Key, Size]) => ({ Key, Size, StorageClass: 'STANDARD' })),
    })),
    data: true,
    request: (context) => ({ 'list-type': '2', ...bucketRequest(context, null) }),
  },
  's3:GetObject': onObject('GetObject', true, (bucket, key, context) => {
    const size = bucket.objects[key];
    if (size === undefined) throw fault(context, 'NoSuchKey', 'The specified key does not exist.');
    return { ContentLength: size };
  }),
  's3:PutObject': onObject('PutObject', false, (bucket, key, context) => {
    const size = context.input['ContentLength'];
    bucket.objects[key] = typeof size === 'number' ? size : 0;
    return {};
  }),
};

/** The canned list that a request says, by name or by its grants. */
function aclOf(context: Context): string {
  const policy = context.input['AccessControlPolicy'];
  if (!isObject(policy)) return text(context, 'ACL');
  const groups = objects(policy['Grants']).flatMap(({ Grantee }) =>
    isObject(Grantee) && typeof Grantee['URI'] === 'string' ? [Grantee['URI']] : [],
  );
  return groups.includes(everyone) ? 'public-read' : groups.includes(logDelivery) ? 'log-delivery-write' : 'private';
}

/** A bucket as S3 makes it today: public access blocked, ACLs off, encrypted with the S3 managed key. */
export function newBucket(name: string, region: string, created: number): BucketState {
  return {
    name,
    region,
    created,
    policy: null,
    publicAccessBlock: { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true },
    acl: 'private',
    ownership: 'BucketOwnerEnforced',
    encryption: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }] },
    versioning: null,
    logging: null,
    tags: {},
    objects: {},
  };
}

/** The account that owns a bucket; names are unique in the whole partition. */
export function ownerOf(state: RangeState, name: string): string | null {
  return Object.values(state.accounts).find((account) => account.buckets[name] !== undefined)?.id ?? null;
}

export function bucketArn(name: string): string {
  return `arn:aws:s3:::${name}`;
}

type Run = (bucket: BucketState, context: Context) => JsonObject;

/** An operation on one bucket; `query` is the sub-resource of its URL, which CloudTrail repeats with an empty value. */
function onBucket(event: string, query: string | null, readOnly: boolean, run: Run): Operation {
  return {
    source: 's3.amazonaws.com',
    event,
    readOnly,
    on: named,
    run: (context) => run(bucketOf(context), context),
    request: (context) => bucketRequest(context, query),
    response: () => null,
    resources: bucketResource,
  };
}

function onObject(event: string, readOnly: boolean, run: (bucket: BucketState, key: string, context: Context) => JsonObject): Operation {
  const object = (context: Context) => `${bucketArn(text(context, 'Bucket'))}/${text(context, 'Key')}`;
  return {
    source: 's3.amazonaws.com',
    event,
    readOnly,
    data: true,
    on: (context) => [object(context)],
    run: (context) => run(bucketOf(context), text(context, 'Key'), context),
    request: (context) => ({ ...bucketRequest(context, null), key: text(context, 'Key') }),
    response: () => null,
    resources: (context) => [{ type: 'AWS::S3::Object', arn: object(context) }, ...bucketResource(context)],
  };
}

function onAccount(event: string, readOnly: boolean, run: (context: Context) => JsonObject): Operation {
  return {
    source: 's3.amazonaws.com',
    event,
    readOnly,
    run: (context) => {
      const account = text(context, 'AccountId');
      if (account !== context.account.id) throw fault(context, 'AccessDenied', 'Access Denied');
      return run(context);
    },
    request: (context) => ({
      publicAccessBlock: '',
      Host: `${context.account.id}.s3-control.${context.region}.amazonaws.com`,
      ...(readOnly ? {} : blockRequest(context)),
    }),
    response: () => null,
  };
}

function named(context: Context): readonly string[] {
  return [bucketArn(text(context, 'Bucket'))];
}

function bucketOf(context: Context): BucketState {
  const name = text(context, 'Bucket');
  const bucket = context.account.buckets[name];
  if (bucket === undefined) throw fault(context, 'NoSuchBucket', 'The specified bucket does not exist');
  return bucket;
}

function bucketRequest(context: Context, query: string | null): JsonObject {
  const name = text(context, 'Bucket');
  return { bucketName: name, Host: `${name}.s3.${context.region}.amazonaws.com`, ...(query === null ? {} : { [query]: '' }) };
}

function bucketResource(context: Context) {
  return [{ type: 'AWS::S3::Bucket', arn: bucketArn(text(context, 'Bucket')) }];
}

function blockOf(context: Context): PublicAccessBlock {
  const value = context.input['PublicAccessBlockConfiguration'];
  if (!isObject(value))
    throw fault(context, 'MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');
  // What is left out is off.
  const [acls, ignore, policy, restrict] = blockNames.map((name) => value[name] === true);
  return {
    BlockPublicAcls: acls === true,
    IgnorePublicAcls: ignore === true,
    BlockPublicPolicy: policy === true,
    RestrictPublicBuckets: restrict === true,
  };
}

function blockRequest(context: Context): JsonObject {
  const value = context.input['PublicAccessBlockConfiguration'];
  return isObject(value) ? { PublicAccessBlockConfiguration: { xmlns: 'http://s3.amazonaws.com/doc/2006-03-01/', ...value } } : {};
}

function noBlock(context: Context): Error {
  return fault(context, 'NoSuchPublicAccessBlockConfiguration', 'The public access block configuration was not found');
}

/** A setting blocks when the bucket or its account has it. */
function blockedBy(bucket: BucketState, context: Context, name: keyof PublicAccessBlock): boolean {
  return bucket.publicAccessBlock?.[name] === true || context.account.publicAccessBlock?.[name] === true;
}

function denied(context: Context, why: string): string {
  return `User: ${context.caller.arn} is not authorized to perform: ${context.action} on resource: "${bucketArn(text(context, 'Bucket'))}" ${why}`;
}

function ownerId(account: string): string {
  return account.padEnd(64, 'ab0c1d2e');
}

function parsed(policy: string | null): Json {
  if (policy === null) return null;
  try {
    return JSON.parse(policy) as Json;
  } catch {
    return null;
  }
}
