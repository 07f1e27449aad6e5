import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Dice } from '../src/range/dice.ts';

/** How records are written: in delivered objects of real sizes, or all in one object. */
export type LogForm = 'objects' | 'one-records' | 'one-ndjson';

export interface LogOptions {
  readonly folder: string;
  readonly seed: string;
  readonly events: number;
  readonly form: LogForm;
  /** So many principals act in turn, each as often as the others; else some act much and 10,000 are known. Of `objects` only. */
  readonly principals?: number;
}

/** What was written, so that a measurement can be read: sizes in bytes. */
export interface LogReport {
  readonly files: number;
  readonly events: number;
  readonly bytes: number;
  readonly stored: number;
}

const accounts = 40;
const principalsPerAccount = 250;
/** Of an account, when they act in turn. */
const mostPrincipals = 100_000;
/** Records in one object: CloudTrail delivers many small objects and, from busy Regions, large ones. */
const objectSizes = [2_000, 40, 600, 2_000, 120, 2_000, 300, 15, 2_000, 1_000];
const start = Date.UTC(2026, 0, 5, 6);
const duration = 12 * 3_600_000;
const regions = ['us-east-1', 'us-east-1', 'us-east-1', 'eu-west-1', 'eu-west-1', 'us-west-2', 'eu-central-1', 'ap-southeast-2'] as const;

/**
 * Writes CloudTrail records below a folder: `.json.gz`, deterministic by the seed. Principals and event names follow
 * a power law, texts have the lengths and the randomness of real ones (ids, tokens, hashes), key order is CloudTrail's.
 */
export function writeLogs({ folder, seed, events, form, principals: inTurn }: LogOptions): LogReport {
  mkdirSync(folder, { recursive: true });
  const dice = new Dice(seed);
  if (form !== 'objects') return writeOne(folder, dice, events, form);
  let done = 0;
  let files = 0;
  let bytes = 0;
  let stored = 0;
  const turns = new Turns();
  for (; done < events; files++) {
    const count = Math.min(objectSizes[files % objectSizes.length] ?? 100, events - done);
    const place = inTurn === undefined ? placeOf(dice) : { ...placeOf(dice), account: accountOf(files % accounts) };
    const parts: string[] = [];
    for (let i = 0; i < count; i++) {
      const turn = inTurn === undefined ? null : turns.next(place.account, inTurn / accounts);
      parts.push(recordText(dice, place, timeOf(done + i, events), turn));
    }
    const text = `{"Records":[${parts.join(',')}]}`;
    const packed = gzipSync(text);
    writeFileSync(join(folder, `${place.account}_CloudTrail_${place.region}_20260105T0600Z_${dice.mixed(16)}.json.gz`), packed);
    done += count;
    bytes += text.length;
    stored += packed.length;
  }
  return { files, events: done, bytes, stored };
}

/** One big file, gzipped in members so that writing it needs little memory. */
function writeOne(folder: string, dice: Dice, events: number, form: LogForm): LogReport {
  const lines = form === 'one-ndjson';
  const path = join(folder, lines ? 'all.ndjson.gz' : 'all.json.gz');
  const file = openSync(path, 'w');
  let bytes = 0;
  let stored = 0;
  const put = (text: string) => {
    const packed = gzipSync(text);
    writeSync(file, packed);
    bytes += text.length;
    stored += packed.length;
  };
  if (!lines) put('{"Records":[');
  for (let done = 0; done < events; ) {
    const parts: string[] = [];
    const place = placeOf(dice);
    for (let i = 0; i < 2_000 && done < events; i++, done++) parts.push(recordText(dice, place, timeOf(done, events), null));
    put(lines ? `${parts.join('\n')}\n` : parts.join(',') + (done < events ? ',' : ''));
  }
  if (!lines) put(']}');
  closeSync(file);
  return { files: 1, events, bytes, stored };
}

interface Place {
  readonly account: string;
  readonly region: string;
}

function placeOf(dice: Dice): Place {
  return { account: accountOf(powerLaw(dice, accounts)), region: dice.pick(regions) };
}

function accountOf(n: number): string {
  return String(111_122_220_000 + n * 37);
}

/** Whose turn it is in an account. */
class Turns {
  private readonly turns = new Map<string, number>();

  next(account: string, of: number): number {
    const turn = this.turns.get(account) ?? 0;
    this.turns.set(account, turn + 1);
    return turn % of;
  }
}

function timeOf(n: number, of: number): string {
  return `${new Date(start + Math.floor((n * duration) / of)).toISOString().slice(0, 19)}Z`;
}

/** 0 to below - 1, small numbers often: density 1/n. */
function powerLaw(dice: Dice, below: number): number {
  return Math.min(below - 1, Math.floor((below + 1) ** (dice.next() / 2 ** 32)) - 1);
}

interface Principal {
  readonly identity: string;
  readonly agent: string;
  readonly ip: string;
}

const principals = new Map<number, Principal>();

/** The same principal looks the same in each of its events, but for the session's start. */
function principalOf(account: string, n: number): Principal {
  const key = Number(account) * mostPrincipals + n;
  const known = principals.get(key);
  if (known !== undefined) return known;
  const dice = new Dice(`principal ${account} ${n}`);
  const made: Principal = {
    identity: identityOf(dice, account, n),
    agent: dice.pick(agents),
    ip:
      n % 10 === 3 ? 'AWS Internal' : n % 7 === 5 ? `198.51.100.${dice.int(256)}` : `10.${dice.int(40)}.${dice.int(256)}.${dice.int(256)}`,
  };
  principals.set(key, made);
  return made;
}

const agents = [
  'aws-cli/2.17.0 md/awscrt#0.20.11 ua/2.0 os/linux#5.10.220 md/arch#x86_64 lang/python#3.11.8 md/pyimpl#CPython cfg/retry-mode#standard',
  'Boto3/1.34.131 md/Botocore#1.34.131 ua/2.0 os/linux#6.1.97 md/arch#x86_64 lang/python#3.12.4 md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.34.131',
  'aws-sdk-go-v2/1.30.3 os/linux lang/go#1.22.5 md/GOOS#linux md/GOARCH#amd64 api/ec2#1.173.0',
  'aws-sdk-java/2.26.20 Linux/5.10.217 OpenJDK_64-Bit_Server_VM/17.0.11 Java/17.0.11 vendor/Amazon.com_Inc. io/sync http/Apache cfg/retry-mode/legacy',
  'APN/1.0 HashiCorp/1.0 Terraform/1.9.2 (+https://www.terraform.io) terraform-provider-aws/5.60.0 aws-sdk-go-v2/1.30.3 os/linux lang/go#1.22.5',
  'aws-sdk-js/3.614.0 ua/2.1 os/linux#5.10.219 lang/js md/nodejs#20.15.1 api/dynamodb#3.614.0 exec-env/AWS_Lambda_nodejs20.x',
  'AWS Internal',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
] as const;

const roles = [
  'app-server',
  'ci-deploy',
  'eks-node',
  'lambda-worker',
  'data-pipeline',
  'monitoring',
  'backup',
  'OrganizationAccountAccessRole',
  'AWSReservedSSO_Admin',
  'readonly-audit',
] as const;
const services = ['autoscaling', 'ec2', 'lambda', 'config', 'ecs-tasks', 'cloudtrail', 'delivery.logs', 'ssm'] as const;

function identityOf(dice: Dice, account: string, n: number): string {
  const sort = n % 20;
  if (sort === 7 || sort === 13) return JSON.stringify({ type: 'AWSService', invokedBy: `${dice.pick(services)}.amazonaws.com` });
  if (n % 400 === 399) {
    const arn = `arn:aws:iam::${account}:root`;
    return JSON.stringify({ type: 'Root', principalId: account, arn, accountId: account, accessKeyId: dice.id('ASIA', 16) });
  }
  if (sort === 4) {
    const userName = `user-${n}`;
    const arn = `arn:aws:iam::${account}:user/${userName}`;
    return JSON.stringify({
      type: 'IAMUser',
      principalId: dice.id('AIDA'),
      arn,
      accountId: account,
      accessKeyId: dice.id('AKIA', 16),
      userName,
    });
  }
  const role = `${dice.pick(roles)}-${n % 97}`;
  const roleId = dice.id('AROA');
  const session =
    n % 3 === 0
      ? `i-0${dice.hex(16)}`
      : n % 3 === 1
        ? `botocore-session-17${dice.int(90_000_000) + 10_000_000}`
        : `${dice.mixed(8)}@example.com`;
  return JSON.stringify({
    type: 'AssumedRole',
    principalId: `${roleId}:${session}`,
    arn: `arn:aws:sts::${account}:assumed-role/${role}/${session}`,
    accountId: account,
    accessKeyId: dice.id('ASIA', 16),
    sessionContext: {
      sessionIssuer: { type: 'Role', principalId: roleId, arn: `arn:aws:iam::${account}:role/${role}`, accountId: account, userName: role },
      webIdFederationData: {},
      attributes: { creationDate: '2026-01-05T05:41:07Z', mfaAuthenticated: n % 5 === 0 ? 'true' : 'false' },
      ...(n % 3 === 0 ? { ec2RoleDelivery: '2.0' } : {}),
    },
  });
}

type Make = (dice: Dice, place: Place, n: number) => unknown;
interface Operation {
  readonly source: string;
  readonly name: string;
  readonly weight: number;
  readonly readOnly: boolean;
  readonly request: Make;
  readonly response: Make;
  readonly data: boolean;
}

const nothing: Make = () => null;
/** A principal works with a few resources of each kind, one of them mostly. */
const owned = (dice: Dice, n: number, stem: string, of: number) => `${stem}-${(n * 7 + powerLaw(dice, 4)) % of}`;

const requests: { readonly [kind: string]: Make } = {
  none: nothing,
  filter: (d) => ({
    maxResults: 100,
    filterSet: { items: [{ name: 'tag:Environment', valueSet: { items: [{ value: d.int(2) === 0 ? 'production' : 'staging' }] } }] },
  }),
  instances: (d) => ({
    instancesSet: { items: Array.from({ length: 1 + d.int(3) }, () => ({ instanceId: `i-0${d.hex(16)}` })) },
    filterSet: {},
  }),
  role: (d, p, n) => ({
    roleArn: `arn:aws:iam::${p.account}:role/${owned(d, n, 'app', 300)}`,
    roleSessionName: `s-${d.mixed(12)}`,
    durationSeconds: 3600,
  }),
  roleName: (d) => ({ roleName: `${d.pick(roles)}-${d.int(97)}` }),
  rolePolicy: (d) => ({
    roleName: `${d.pick(roles)}-${d.int(97)}`,
    policyArn:
      d.int(6) === 0 ? 'arn:aws:iam::aws:policy/AdministratorAccess' : `arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole`,
  }),
  userName: (d, _, n) => ({ userName: owned(d, n, 'user', 2_000) }),
  inline: (d) => ({
    roleName: `${d.pick(roles)}-${d.int(97)}`,
    policyName: `inline-${d.int(20)}`,
    policyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: d.int(8) === 0 ? '*' : ['s3:GetObject', 'kms:Decrypt'], Resource: '*' }],
    }),
  }),
  bucket: (d, _, n) => ({ bucketName: owned(d, n, 'example-data', 400), Host: `s3.amazonaws.com`, acl: '' }),
  object: (d, _, n) => ({
    bucketName: owned(d, n, 'example-data', 400),
    Host: 'example-data.s3.us-east-1.amazonaws.com',
    key: `year=2026/month=01/day=05/part-${d.hex(8)}-${d.hex(12)}.parquet`,
    'x-amz-server-side-encryption': 'aws:kms',
  }),
  key: (d, p, n) => ({
    keyId: `arn:aws:kms:${p.region}:${p.account}:key/${d.uuid()}`,
    encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    encryptionContext: { 'aws:s3:arn': `arn:aws:s3:::${owned(d, n, 'example-data', 400)}` },
  }),
  parameter: (d) => ({ name: `/app/${d.int(60)}/${d.int(12) === 0 ? 'database/password' : 'config/endpoint'}`, withDecryption: true }),
  secret: (d, p) => ({ secretId: `arn:aws:secretsmanager:${p.region}:${p.account}:secret:app/${d.int(50)}-Ab3x9Q` }),
  group: (d) => ({
    groupId: `sg-0${d.hex(16)}`,
    ipPermissions: {
      items: [
        {
          ipProtocol: 'tcp',
          fromPort: d.int(3) === 0 ? 22 : 443,
          toPort: d.int(3) === 0 ? 22 : 443,
          groups: {},
          ipRanges: { items: [{ cidrIp: d.int(4) === 0 ? '0.0.0.0/0' : '10.0.0.0/8' }] },
          ipv6Ranges: {},
          prefixListIds: {},
        },
      ],
    },
  }),
  run: (d) => ({
    instancesSet: { items: [{ imageId: `ami-0${d.hex(16)}`, minCount: 1, maxCount: 1 + d.int(4), keyName: 'ops' }] },
    instanceType: d.pick(['t3.micro', 'm6i.large', 'c7g.xlarge', 'p4d.24xlarge']),
    monitoring: { enabled: false },
    disableApiTermination: false,
    clientToken: d.uuid(),
  }),
  function: (d, _, n) => ({ functionName: owned(d, n, 'worker', 300), qualifier: '$LATEST' }),
  stream: (d, p, n) => ({
    logGroupName: `/aws/lambda/${owned(d, n, 'worker', 300)}`,
    logStreamName: `2026/01/05/[$LATEST]${d.hex(32)}`,
    region: p.region,
  }),
  trail: (d, p) => ({ name: `arn:aws:cloudtrail:${p.region}:${p.account}:trail/org-${d.int(3)}` }),
  table: (d, _, n) => ({ tableName: owned(d, n, 'orders', 100), key: { id: d.uuid() } }),
  database: (d, _, n) => ({ dBInstanceIdentifier: owned(d, n, 'db', 60), publiclyAccessible: d.int(10) === 0, masterUserPassword: '****' }),
  image: (d, _, n) => ({
    repositoryName: owned(d, n, 'service', 120),
    registryId: '111122223333',
    imageIds: [{ imageDigest: `sha256:${d.hex(64)}` }],
  }),
  snapshot: (d) => ({
    snapshotId: `snap-0${d.hex(16)}`,
    attributeType: 'CREATE_VOLUME_PERMISSION',
    createVolumePermission: { add: { items: [d.int(5) === 0 ? { group: 'all' } : { userId: '444455556666' }] } },
  }),
};

const responses: { readonly [kind: string]: Make } = {
  none: nothing,
  done: () => ({ _return: true, requestId: '11111111-2222-4333-8444-555555555555' }),
  credentials: (d, p) => ({
    credentials: { accessKeyId: d.id('ASIA', 16), sessionToken: d.mixed(280), expiration: 'Jan 5, 2026, 7:41:07 AM' },
    assumedRoleUser: { assumedRoleId: `${d.id('AROA')}:s`, arn: `arn:aws:sts::${p.account}:assumed-role/app/s-${d.mixed(12)}` },
  }),
  instances: (d) => ({
    requestId: d.uuid(),
    reservationId: `r-0${d.hex(16)}`,
    ownerId: '111122223333',
    groupSet: {},
    instancesSet: {
      items: [
        {
          instanceId: `i-0${d.hex(16)}`,
          imageId: `ami-0${d.hex(16)}`,
          currentState: { code: 0, name: 'pending' },
          privateDnsName: 'ip-10-0-0-1.ec2.internal',
          instanceType: 'm6i.large',
          launchTime: 1_767_594_067_000,
          placement: { availabilityZone: 'us-east-1a', tenancy: 'default' },
          subnetId: `subnet-0${d.hex(16)}`,
          vpcId: `vpc-0${d.hex(16)}`,
          networkInterfaceSet: {
            items: [{ networkInterfaceId: `eni-0${d.hex(16)}`, groupSet: { items: [{ groupId: `sg-0${d.hex(16)}`, groupName: 'app' }] } }],
          },
        },
      ],
    },
  }),
  accessKey: (d, _, n) => ({
    accessKey: { accessKeyId: d.id('AKIA', 16), status: 'Active', userName: `user-${n}`, createDate: 'Jan 5, 2026 6:41:07 AM' },
  }),
  console: () => ({ ConsoleLogin: 'Success' }),
};

/** source, names with weights, kind of request, kind of response; a small `r` marks read calls, `d` data events. */
const table: readonly (readonly [source: string, marks: string, names: string, request: string, response: string])[] = [
  ['ec2', 'r', 'DescribeInstances 900,DescribeInstanceStatus 260,DescribeTags 180', 'instances', 'none'],
  [
    'ec2',
    'r',
    'DescribeSecurityGroups 210,DescribeSubnets 190,DescribeVpcs 150,DescribeVolumes 160,DescribeNetworkInterfaces 240,DescribeImages 90,DescribeSnapshots 70,DescribeRegions 40,DescribeRouteTables 60',
    'filter',
    'none',
  ],
  ['sts', 'r', 'AssumeRole 1100,AssumeRoleWithWebIdentity 240', 'role', 'credentials'],
  ['sts', 'r', 'GetCallerIdentity 260', 'none', 'none'],
  ['kms', 'r', 'Decrypt 950,GenerateDataKey 420,DescribeKey 120', 'key', 'none'],
  ['ssm', 'r', 'GetParameter 380,GetParameters 190,DescribeParameters 40', 'parameter', 'none'],
  ['secretsmanager', 'r', 'GetSecretValue 330,DescribeSecret 60', 'secret', 'none'],
  ['s3', 'rd', 'GetObject 700,HeadObject 280', 'object', 'none'],
  ['s3', 'd', 'PutObject 240', 'object', 'none'],
  ['s3', 'r', 'GetBucketAcl 140,GetBucketLocation 90,ListBuckets 60,GetBucketPolicy 50,GetBucketEncryption 40', 'bucket', 'none'],
  ['lambda', 'r', 'ListFunctions20150331 50,GetFunction20150331v2 80', 'function', 'none'],
  ['lambda', 'd', 'Invoke 260', 'function', 'none'],
  ['logs', 'r', 'DescribeLogStreams 110', 'stream', 'none'],
  ['logs', '', 'CreateLogStream 180', 'stream', 'none'],
  ['dynamodb', 'r', 'DescribeTable 120', 'table', 'none'],
  ['iam', 'r', 'ListRoles 60,GetRole 120,ListAttachedRolePolicies 50', 'roleName', 'none'],
  ['iam', 'r', 'ListUsers 30,ListAccessKeys 25,GetUser 20', 'userName', 'none'],
  ['ecr', 'r', 'BatchGetImage 130,GetDownloadUrlForLayer 90', 'image', 'none'],
  ['cloudtrail', 'r', 'DescribeTrails 25,GetTrailStatus 20,LookupEvents 15', 'trail', 'none'],
  ['rds', 'r', 'DescribeDBInstances 80', 'database', 'none'],
  ['ec2', '', 'RunInstances 45', 'run', 'instances'],
  ['ec2', '', 'TerminateInstances 35,StopInstances 12', 'instances', 'instances'],
  ['ec2', '', 'AuthorizeSecurityGroupIngress 22,RevokeSecurityGroupIngress 10,AuthorizeSecurityGroupEgress 6', 'group', 'done'],
  ['ec2', '', 'ModifySnapshotAttribute 5,CreateSnapshot 25,DeleteSnapshot 18', 'snapshot', 'done'],
  ['ec2', '', 'CreateTags 80', 'instances', 'done'],
  ['iam', '', 'CreateUser 5,CreateLoginProfile 3,DeleteUser 3', 'userName', 'none'],
  ['iam', '', 'CreateAccessKey 8,DeleteAccessKey 6', 'userName', 'accessKey'],
  ['iam', '', 'AttachRolePolicy 12,DetachRolePolicy 6,UpdateAssumeRolePolicy 5', 'rolePolicy', 'none'],
  ['iam', '', 'PutRolePolicy 14,CreateRole 10', 'inline', 'none'],
  ['s3', '', 'PutBucketPolicy 8,DeleteBucket 3,PutBucketAcl 4,PutBucketPublicAccessBlock 5', 'bucket', 'none'],
  ['lambda', '', 'UpdateFunctionCode20150331v2 22,CreateFunction20150331 6', 'function', 'none'],
  ['cloudtrail', '', 'StopLogging 1,UpdateTrail 2', 'trail', 'none'],
  ['rds', '', 'ModifyDBInstance 6', 'database', 'none'],
  ['kms', '', 'ScheduleKeyDeletion 1', 'key', 'none'],
  ['signin', '', 'ConsoleLogin 20', 'none', 'console'],
];

const operations: readonly Operation[] = table.flatMap(([source, marks, names, request, response]) =>
  names.split(',').map((item): Operation => {
    const [called = '', weight = '1'] = item.split(' ');
    return {
      source: `${source}.amazonaws.com`,
      name: called,
      weight: Number(weight),
      readOnly: marks.includes('r'),
      data: marks.includes('d'),
      request: requests[request] ?? nothing,
      response: responses[response] ?? nothing,
    };
  }),
);

/** Calls that change something: what most published rules watch. */
export const mutatingCalls: readonly string[] = operations.filter((o) => !o.readOnly && o.weight <= 80).map((o) => `${o.source} ${o.name}`);
/** Calls that a log is full of: about half of it. */
const frequent = new Set([
  'DescribeInstances',
  'AssumeRole',
  'Decrypt',
  'GetParameter',
  'GetSecretValue',
  'GetObject',
  'Invoke',
  'GetCallerIdentity',
]);
export const frequentCalls: readonly string[] = operations.filter((o) => frequent.has(o.name)).map((o) => `${o.source} ${o.name}`);

const wheel = operations.flatMap((operation) => Array<Operation>(operation.weight).fill(operation));

/** A record of the account's principal whose turn it is. */
function recordText(dice: Dice, place: Place, time: string, turn: number | null): string {
  const operation = wheel[dice.int(wheel.length)] ?? operations[0];
  if (operation === undefined) throw new Error('no operations');
  const n = turn ?? powerLaw(dice, principalsPerAccount);
  const { identity, agent, ip } = principalOf(place.account, n);
  const chance = dice.int(1_000);
  const denied = chance < 28;
  const error = denied
    ? `"errorCode":"AccessDenied","errorMessage":"User is not authorized to perform: ${operation.name} because no identity-based policy allows the action",`
    : chance < 35
      ? '"errorCode":"ThrottlingException","errorMessage":"Rate exceeded",'
      : '';
  const request = JSON.stringify(operation.request(dice, place, n));
  const response = denied ? 'null' : JSON.stringify(operation.response(dice, place, n));
  const isS3 = operation.source === 's3.amazonaws.com';
  const host = `${operation.source.split('.')[0]}.${place.region}.amazonaws.com`;
  const extra = isS3
    ? `"additionalEventData":{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":${dice.int(900)},"AuthenticationMethod":"AuthHeader","x-amz-id-2":"${dice.mixed(75)}=","bytesTransferredOut":${dice.int(90_000)}},`
    : '';
  const resources =
    isS3 || operation.source === 'kms.amazonaws.com'
      ? `"resources":[{"accountId":"${place.account}","type":"AWS::${isS3 ? 'S3::Bucket' : 'KMS::Key'}","ARN":"${isS3 ? `arn:aws:s3:::${owned(dice, n, 'example-data', 400)}` : `arn:aws:kms:${place.region}:${place.account}:key/${String((n * 3 + powerLaw(dice, 3)) % 200).padStart(8, '0')}-0000-4000-8000-000000000000`}"}],`
      : '';
  return (
    `{"eventVersion":"1.11","userIdentity":${identity},"eventTime":"${time}","eventSource":"${operation.source}","eventName":"${operation.name}",` +
    `"awsRegion":"${place.region}","sourceIPAddress":"${ip}","userAgent":"${agent}",${error}"requestParameters":${request},"responseElements":${response},` +
    `${extra}"requestID":"${isS3 ? dice.id('', 16) : dice.uuid()}","eventID":"${dice.uuid()}","readOnly":${operation.readOnly},${resources}"eventType":"AwsApiCall",` +
    `"managementEvent":${!operation.data},"recipientAccountId":"${place.account}","eventCategory":"${operation.data ? 'Data' : 'Management'}",` +
    `"tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"${host}"}}`
  );
}
