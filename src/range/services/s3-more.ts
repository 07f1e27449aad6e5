import type { Json, JsonObject } from '../../core/model/json.ts';
import { fault, isObject, iso, type Operation, type OperationContext, type OperationTable, objects, text } from '../operation.ts';
import type { BucketState } from '../state.ts';
import { bucketArn } from './s3.ts';

type Context = OperationContext;

/** Configurations of buckets that no other call looks at: stored as they were put, by name, beside the bucket. */
const place = 's3/configuration/any';

/** A configuration of buckets: the calls that read, write and delete it, and how CloudTrail spells it. */
interface Configuration {
  readonly name: string;
  readonly get: readonly [action: string, event: string];
  readonly put: readonly [action: string, event: string];
  /** The input's members that are stored, which are those that are answered. */
  readonly members: readonly string[];
  readonly missing: string;
  readonly request: (input: JsonObject) => JsonObject;
}

/** XML has one element for each member of a list, and CloudTrail a list only where there are several. */
function asElements(value: Json): Json {
  return Array.isArray(value) && value.length === 1 ? (value[0] ?? null) : value;
}

function withElements(value: Json | undefined, list: string, element: string): JsonObject {
  const { [list]: members, ...rest } = isObject(value) ? value : {};
  return { ...rest, [element]: asElements(members ?? []) };
}

const configurations: readonly Configuration[] = [
  {
    name: 'lifecycle',
    get: ['GetLifecycleConfiguration', 'GetBucketLifecycle'],
    put: ['PutLifecycleConfiguration', 'PutBucketLifecycle'],
    members: ['Rules', 'TransitionDefaultMinimumObjectSize'],
    missing: 'NoSuchLifecycleConfiguration',
    request: ({ LifecycleConfiguration }) => ({ LifecycleConfiguration: withElements(LifecycleConfiguration, 'Rules', 'Rule') }),
  },
  {
    name: 'replication',
    get: ['GetReplicationConfiguration', 'GetBucketReplication'],
    put: ['PutReplicationConfiguration', 'PutBucketReplication'],
    members: ['ReplicationConfiguration'],
    missing: 'ReplicationConfigurationNotFoundError',
    request: ({ ReplicationConfiguration }) => ({ ReplicationConfiguration: withElements(ReplicationConfiguration, 'Rules', 'Rule') }),
  },
];

/** What a request says of ownership or the like: one rule. */
function ruleOf(context: Context, name: string): JsonObject {
  const value = context.input[name];
  return objects(isObject(value) ? value['Rules'] : [])[0] ?? {};
}

/** Without controls, objects belong to who writes them, as before there were any. */
function own(bucket: BucketState, rule: JsonObject): JsonObject {
  bucket.ownership = rule['ObjectOwnership'] === 'BucketOwnerEnforced' ? 'BucketOwnerEnforced' : 'ObjectWriter';
  return {};
}

function bucketState(name: string, context: Context): BucketState {
  const bucket = context.account.buckets[name];
  if (bucket === undefined) throw fault(context, 'NoSuchBucket', 'The specified bucket does not exist');
  return bucket;
}

/** Versions and markers of a bucket, newest first: `s3/versions/any`, by bucket. */
interface Version extends JsonObject {
  readonly Key: string;
  readonly VersionId: string;
  readonly LastModified: string;
  readonly marker: boolean;
}

/** `s3:` operations on configurations of buckets and on versions of objects. */
export const s3More: OperationTable = {
  ...Object.fromEntries(configurations.flatMap(operationsOf)),
  's3:PutBucketOwnershipControls': {
    ...onBucket('PutBucketOwnershipControls', false, 'ownershipControls', (bucket, context) =>
      own(bucketState(bucket, context), ruleOf(context, 'OwnershipControls')),
    ),
    request: (context) => ({
      bucketName: text(context, 'Bucket'),
      OwnershipControls: withElements(context.input['OwnershipControls'], 'Rules', 'Rule'),
    }),
  },
  's3:DeleteBucketOwnershipControls': {
    ...onBucket('DeleteBucketOwnershipControls', false, 'ownershipControls', (bucket, context) => own(bucketState(bucket, context), {})),
    permission: 's3:PutBucketOwnershipControls',
  },
  's3:PutEncryptionConfiguration': {
    ...onBucket('PutBucketEncryption', false, 'encryption', (bucket, context) => {
      const wanted = context.input['ServerSideEncryptionConfiguration'];
      if (isObject(wanted)) bucketState(bucket, context).encryption = wanted;
      return {};
    }),
    request: (context) => ({
      bucketName: text(context, 'Bucket'),
      ServerSideEncryptionConfiguration: withElements(context.input['ServerSideEncryptionConfiguration'], 'Rules', 'Rule'),
    }),
  },
  's3:ListBucketVersions': onBucket('ListObjectVersions', true, 'versions', (bucket, context) => {
    const seen = new Set<string>();
    const listed = versionsOf(context, bucket).map((version) => {
      const { marker, ...about } = version;
      const IsLatest = !seen.has(version.Key);
      seen.add(version.Key);
      return { marker, about: { ...about, IsLatest } };
    });
    return {
      Name: bucket,
      IsTruncated: false,
      Versions: listed.filter(({ marker }) => !marker).map(({ about }) => about),
      DeleteMarkers: listed.filter(({ marker }) => marker).map(({ about }) => about),
    };
  }),
  's3:PutObjectVersion': { ...onObjects('PutObject', 's3:PutObject', (context, key) => addVersion(context, key, false)), data: true },
  's3:DeleteObjects': onObjects('DeleteObjects', 's3:DeleteObject', (context, key) => addVersion(context, key, true)),
  's3:DeleteObjectVersions': onObjects('DeleteObjects', 's3:DeleteObjectVersion', (context, key, version) => {
    const bucket = text(context, 'Bucket');
    keepVersions(
      context,
      bucket,
      versionsOf(context, bucket).filter((one) => one.Key !== key || one.VersionId !== version),
    );
  }),
};

function operationsOf(of: Configuration): readonly (readonly [string, Operation])[] {
  const stored = (context: Context) => context.account.settings?.[place] ?? {};
  const key = (bucket: string) => `${bucket}/${of.name}`;
  const store = (context: Context, bucket: string, value: JsonObject) => {
    context.account.settings = { ...context.account.settings, [place]: { ...stored(context), [key(bucket)]: value } };
    return {};
  };
  const put = onBucket(of.put[1], false, of.name, (bucket, context) => {
    const input = {
      ...context.input,
      ...(of.name === 'lifecycle' && isObject(context.input['LifecycleConfiguration']) ? context.input['LifecycleConfiguration'] : {}),
    };
    return store(
      context,
      bucket,
      Object.fromEntries(of.members.flatMap((name) => (input[name] === undefined ? [] : [[name, input[name]]]))),
    );
  });
  const known = (context: Context) => stored(context)[key(String(context.input['Bucket']))] !== undefined;
  return [
    [
      `s3:${of.get[0]}`,
      {
        ...onBucket(of.get[1], true, of.name, (bucket, context) => {
          const found = stored(context)[key(bucket)];
          if (found === undefined || Object.keys(found).length === 0) throw fault(context, of.missing, 'The configuration was not found');
          return found;
        }),
        isKnown: known,
      },
    ],
    [`s3:${of.put[0]}`, { ...put, request: (context) => ({ ...(put.request?.(context) as JsonObject), ...of.request(context.input) }) }],
  ];
}

function onBucket(event: string, readOnly: boolean, query: string, run: (bucket: string, context: Context) => JsonObject): Operation {
  const arn = (context: Context) => bucketArn(text(context, 'Bucket'));
  return {
    source: 's3.amazonaws.com',
    event,
    readOnly,
    on: (context) => [arn(context)],
    run: (context) => {
      const bucket = text(context, 'Bucket');
      if (context.account.buckets[bucket] === undefined) throw fault(context, 'NoSuchBucket', 'The specified bucket does not exist');
      return run(bucket, context);
    },
    request: (context) => {
      const bucketName = text(context, 'Bucket');
      return { bucketName, Host: `${bucketName}.s3.${context.region}.amazonaws.com`, [query]: '' };
    },
    response: () => null,
    resources: (context) => [{ type: 'AWS::S3::Bucket', arn: arn(context) }],
  };
}

/** A call that names several objects: permission is asked for each. */
function onObjects(event: string, permission: string, change: (context: Context, key: string, version: string) => void): Operation {
  const named = ({ input }: Context) => objects(isObject(input['Delete']) ? input['Delete']['Objects'] : [{ Key: input['Key'] ?? '' }]);
  return {
    ...onBucket(event, false, 'delete', (_, context) => {
      for (const one of named(context)) change(context, String(one['Key']), String(one['VersionId']));
      return {};
    }),
    permission,
    on: (context) => named(context).map((one) => `${bucketArn(text(context, 'Bucket'))}/${String(one['Key'])}`),
  };
}

const versions = 's3/versions/any';

function versionsOf({ account }: Context, bucket: string): readonly Version[] {
  return (account.settings?.[versions]?.[bucket]?.['all'] ?? []) as readonly Version[];
}

function keepVersions({ account }: Context, bucket: string, all: readonly Version[]): void {
  account.settings = { ...account.settings, [versions]: { ...account.settings?.[versions], [bucket]: { all } } };
}

/** A delete without a version puts a marker on top: https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html */
function addVersion(context: Context, Key: string, marker: boolean): void {
  const bucket = text(context, 'Bucket');
  const version: Version = { Key, VersionId: context.dice.hex(32), LastModified: iso(context.now), marker };
  keepVersions(context, bucket, [version, ...versionsOf(context, bucket)]);
}
