import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CloudError, type CloudErrorKind } from '../model/errors.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Cloud, CloudCall } from './cloud.ts';

/** What a test opens: a cloud whose account can be written to, with the role `actor`. */
export interface CloudUnderTest {
  readonly cloud: Cloud;
  readonly account: string;
  readonly region: string;
}

/**
 * One call and what must come of it. `$name` in an input or an expectation stands for a value that an earlier step saved;
 * `$account` and `$region` are given. Objects in `answer` are matched as subsets, see `mismatch`.
 */
interface ContractStep {
  readonly call: string;
  readonly input: JsonObject;
  readonly role?: CloudCall['role'];
  readonly approvedBy?: readonly string[];
  readonly answer?: Json;
  /** Name -> path into the answer. */
  readonly save?: { readonly [name: string]: readonly (string | number)[] };
  readonly error?: { readonly kind: CloudErrorKind; readonly code: string };
}

interface ContractScenario {
  readonly name: string;
  readonly steps: readonly ContractStep[];
}

const twoPersons = ['ann', 'bill'];
/** What cannot be undone is refused before it is sent, unless two different persons have approved it. */
const alone = { kind: 'denied', code: 'TwoPersonsNeeded' } as const;
const trust =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}';
/** Spaces, a plus and a percent sign: what a careless decoding would change. */
const denyAll =
  '{"Version": "2012-10-17", "Statement": [{"Sid": "a1", "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:userid": "AROA+1 2:x%20y"}}}]}';
const allBlocked = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
const isoTime = { $matches: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$' };
const ssh = (cidr: string, description: string): JsonObject => ({
  IpProtocol: 'tcp',
  FromPort: 22,
  ToPort: 22,
  IpRanges: [{ CidrIp: cidr, Description: description }],
});

/** Names are unique to a scenario, so that all can run on one cloud, which may hold other things too. */
export const cloudScenarios: readonly ContractScenario[] = [
  {
    name: 'says who is calling',
    steps: [
      {
        call: 'sts:GetCallerIdentity',
        input: {},
        role: 'reader',
        answer: { Account: '$account', Arn: { $matches: '^arn:[a-z-]+:(iam|sts)::\\d{12}:' }, UserId: { $matches: '.' } },
      },
    ],
  },
  {
    name: 'makes, lists and deactivates an access key, twice without harm',
    steps: [
      {
        call: 'iam:CreateUser',
        input: { UserName: 'contract-alice', Tags: [{ Key: 'team', Value: 'blue' }] },
        answer: { User: { UserName: 'contract-alice', Arn: 'arn:aws:iam::$account:user/contract-alice', CreateDate: isoTime } },
      },
      { call: 'iam:CreateUser', input: { UserName: 'contract-alice' }, error: { kind: 'conflict', code: 'EntityAlreadyExists' } },
      {
        call: 'iam:CreateAccessKey',
        input: { UserName: 'contract-alice' },
        answer: { AccessKey: { UserName: 'contract-alice', Status: 'Active', SecretAccessKey: { $matches: '.' } } },
        save: { key: ['AccessKey', 'AccessKeyId'] },
      },
      {
        call: 'iam:ListAccessKeys',
        input: { UserName: 'contract-alice' },
        role: 'reader',
        answer: {
          AccessKeyMetadata: { $list: [{ AccessKeyId: '$key', UserName: 'contract-alice', Status: 'Active', CreateDate: isoTime }] },
        },
      },
      { call: 'iam:UpdateAccessKey', input: { UserName: 'contract-alice', AccessKeyId: '$key', Status: 'Inactive' }, answer: {} },
      { call: 'iam:UpdateAccessKey', input: { UserName: 'contract-alice', AccessKeyId: '$key', Status: 'Inactive' }, answer: {} },
      {
        call: 'iam:ListAccessKeys',
        input: { UserName: 'contract-alice' },
        answer: { AccessKeyMetadata: { $list: [{ AccessKeyId: '$key', Status: 'Inactive' }] } },
      },
      {
        call: 'iam:UpdateAccessKey',
        input: { UserName: 'contract-alice', AccessKeyId: 'AKIAIOSFODNN7EXAMPLE', Status: 'Inactive' },
        error: { kind: 'not-found', code: 'NoSuchEntity' },
      },
      {
        call: 'iam:ListAccessKeys',
        input: { UserName: 'contract-nobody' },
        role: 'reader',
        error: { kind: 'not-found', code: 'NoSuchEntity' },
      },
      {
        call: 'iam:ListUsers',
        input: {},
        role: 'reader',
        answer: { Users: { $some: { UserName: 'contract-alice', Arn: 'arn:aws:iam::$account:user/contract-alice', CreateDate: isoTime } } },
      },
      { call: 'iam:ListMFADevices', input: { UserName: 'contract-alice' }, role: 'reader', answer: { MFADevices: { $list: [] } } },
      { call: 'iam:DeleteAccessKey', input: { UserName: 'contract-alice', AccessKeyId: '$key' }, error: alone },
      { call: 'iam:DeleteAccessKey', input: { UserName: 'contract-alice', AccessKeyId: '$key' }, approvedBy: ['ann', 'ann'], error: alone },
      { call: 'iam:DeleteAccessKey', input: { UserName: 'contract-alice', AccessKeyId: '$key' }, approvedBy: twoPersons, answer: {} },
      { call: 'iam:ListAccessKeys', input: { UserName: 'contract-alice' }, answer: { AccessKeyMetadata: { $list: [] } } },
      { call: 'iam:DeleteUser', input: { UserName: 'contract-alice' }, approvedBy: twoPersons, answer: {} },
      {
        call: 'iam:DeleteUser',
        input: { UserName: 'contract-alice' },
        approvedBy: twoPersons,
        error: { kind: 'not-found', code: 'NoSuchEntity' },
      },
    ],
  },
  {
    name: "puts, reads and deletes a user's inline policy, its text unchanged",
    steps: [
      { call: 'iam:CreateUser', input: { UserName: 'contract-bob' } },
      { call: 'iam:ListUserPolicies', input: { UserName: 'contract-bob' }, role: 'reader', answer: { PolicyNames: { $list: [] } } },
      { call: 'iam:PutUserPolicy', input: { UserName: 'contract-bob', PolicyName: 'deny', PolicyDocument: denyAll }, answer: {} },
      { call: 'iam:PutUserPolicy', input: { UserName: 'contract-bob', PolicyName: 'deny', PolicyDocument: denyAll }, answer: {} },
      { call: 'iam:ListUserPolicies', input: { UserName: 'contract-bob' }, answer: { PolicyNames: { $list: ['deny'] } } },
      {
        call: 'iam:GetUserPolicy',
        input: { UserName: 'contract-bob', PolicyName: 'deny' },
        answer: { UserName: 'contract-bob', PolicyName: 'deny', PolicyDocument: denyAll },
      },
      {
        call: 'iam:PutUserPolicy',
        input: { UserName: 'contract-bob', PolicyName: 'broken', PolicyDocument: '{"Version":' },
        error: { kind: 'invalid', code: 'MalformedPolicyDocument' },
      },
      { call: 'iam:DeleteUserPolicy', input: { UserName: 'contract-bob', PolicyName: 'deny' }, answer: {} },
      {
        call: 'iam:GetUserPolicy',
        input: { UserName: 'contract-bob', PolicyName: 'deny' },
        role: 'reader',
        error: { kind: 'not-found', code: 'NoSuchEntity' },
      },
      {
        call: 'iam:AttachUserPolicy',
        input: { UserName: 'contract-bob', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
        answer: {},
      },
      {
        call: 'iam:ListAttachedUserPolicies',
        input: { UserName: 'contract-bob' },
        role: 'reader',
        answer: {
          AttachedPolicies: { $list: [{ PolicyName: 'AdministratorAccess', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }] },
        },
      },
    ],
  },
  {
    name: 'makes a role, reads its trust policy decoded, and puts and deletes its inline policy',
    steps: [
      {
        call: 'iam:CreateRole',
        input: { RoleName: 'contract-web', AssumeRolePolicyDocument: trust },
        answer: { Role: { RoleName: 'contract-web' } },
      },
      { call: 'iam:CreateRole', input: { RoleName: 'contract-job', AssumeRolePolicyDocument: trust } },
      {
        call: 'iam:GetRole',
        input: { RoleName: 'contract-web' },
        role: 'reader',
        answer: {
          Role: {
            RoleName: 'contract-web',
            Arn: 'arn:aws:iam::$account:role/contract-web',
            AssumeRolePolicyDocument: trust,
            RoleId: { $matches: '^AROA' },
          },
        },
      },
      // One a page: lists are followed to their end.
      {
        call: 'iam:ListRoles',
        input: { MaxItems: 1 },
        role: 'reader',
        answer: { Roles: { $some: { RoleName: 'contract-web', AssumeRolePolicyDocument: trust } } },
      },
      { call: 'iam:ListRoles', input: { MaxItems: 1 }, role: 'reader', answer: { Roles: { $some: { RoleName: 'contract-job' } } } },
      { call: 'iam:PutRolePolicy', input: { RoleName: 'contract-web', PolicyName: 'deny-session', PolicyDocument: denyAll }, answer: {} },
      {
        call: 'iam:ListRolePolicies',
        input: { RoleName: 'contract-web' },
        role: 'reader',
        answer: { PolicyNames: { $list: ['deny-session'] } },
      },
      {
        call: 'iam:GetRolePolicy',
        input: { RoleName: 'contract-web', PolicyName: 'deny-session' },
        role: 'reader',
        answer: { RoleName: 'contract-web', PolicyName: 'deny-session', PolicyDocument: denyAll },
      },
      { call: 'iam:DeleteRolePolicy', input: { RoleName: 'contract-web', PolicyName: 'deny-session' }, role: 'undoer', answer: {} },
      {
        call: 'iam:GetRolePolicy',
        input: { RoleName: 'contract-web', PolicyName: 'deny-session' },
        role: 'reader',
        error: { kind: 'not-found', code: 'NoSuchEntity' },
      },
      {
        call: 'iam:ListAttachedRolePolicies',
        input: { RoleName: 'contract-web' },
        role: 'reader',
        answer: { AttachedPolicies: { $list: [] } },
      },
      { call: 'iam:GetRole', input: { RoleName: 'contract-nothing' }, role: 'reader', error: { kind: 'not-found', code: 'NoSuchEntity' } },
    ],
  },
  {
    name: "reads an account's summary, credential report and authorisation details",
    steps: [
      { call: 'iam:CreateUser', input: { UserName: 'contract-carol' } },
      { call: 'iam:PutUserPolicy', input: { UserName: 'contract-carol', PolicyName: 'deny', PolicyDocument: denyAll } },
      {
        call: 'iam:GetAccountSummary',
        input: {},
        role: 'reader',
        answer: { SummaryMap: { AccountMFAEnabled: { $number: true }, AccountAccessKeysPresent: { $number: true } } },
      },
      {
        call: 'iam:GenerateCredentialReport',
        input: {},
        role: 'reader',
        answer: { State: { $matches: '^(STARTED|INPROGRESS|COMPLETE)$' } },
      },
      { call: 'iam:GenerateCredentialReport', input: {}, role: 'reader' },
      {
        call: 'iam:GetCredentialReport',
        input: {},
        role: 'reader',
        answer: { Content: { $matches: '^user,arn,user_creation_time,[^]*contract-carol' } },
      },
      {
        call: 'iam:GetAccountAuthorizationDetails',
        input: { Filter: ['User'] },
        role: 'reader',
        answer: {
          UserDetailList: {
            $some: { UserName: 'contract-carol', UserPolicyList: { $list: [{ PolicyName: 'deny', PolicyDocument: denyAll }] } },
          },
        },
      },
      {
        call: 'iam:ListOpenIDConnectProviders',
        input: {},
        role: 'reader',
        answer: { OpenIDConnectProviderList: { $each: { Arn: { $matches: '^arn:' } } } },
      },
    ],
  },
  {
    name: "blocks and unblocks a bucket's public access",
    steps: [
      { call: 's3:CreateBucket', input: { Bucket: 'contract-bucket-$account' }, answer: {} },
      {
        call: 's3:ListAllMyBuckets',
        input: {},
        role: 'reader',
        answer: { Buckets: { $some: { Name: 'contract-bucket-$account', CreationDate: isoTime } } },
      },
      { call: 's3:GetBucketLocation', input: { Bucket: 'contract-bucket-$account' }, role: 'reader', answer: {} },
      { call: 's3:DeletePublicAccessBlock', input: { Bucket: 'contract-bucket-$account' }, answer: {} },
      {
        call: 's3:GetBucketPublicAccessBlock',
        input: { Bucket: 'contract-bucket-$account' },
        role: 'reader',
        error: { kind: 'not-found', code: 'NoSuchPublicAccessBlockConfiguration' },
      },
      {
        call: 's3:PutBucketPublicAccessBlock',
        input: { Bucket: 'contract-bucket-$account', PublicAccessBlockConfiguration: allBlocked },
        answer: {},
      },
      {
        call: 's3:GetBucketPublicAccessBlock',
        input: { Bucket: 'contract-bucket-$account' },
        role: 'reader',
        answer: { PublicAccessBlockConfiguration: allBlocked },
      },
      { call: 's3:DeletePublicAccessBlock', input: { Bucket: 'contract-bucket-$account' }, role: 'undoer', answer: {} },
      {
        call: 's3:GetBucketPolicy',
        input: { Bucket: 'contract-bucket-$account' },
        role: 'reader',
        error: { kind: 'not-found', code: 'NoSuchBucketPolicy' },
      },
      { call: 's3:PutBucketPolicy', input: { Bucket: 'contract-bucket-$account', Policy: '$publicPolicy' }, answer: {} },
      { call: 's3:GetBucketPolicy', input: { Bucket: 'contract-bucket-$account' }, role: 'reader', answer: { Policy: '$publicPolicy' } },
      {
        call: 's3:GetBucketPolicyStatus',
        input: { Bucket: 'contract-bucket-$account' },
        role: 'reader',
        answer: { PolicyStatus: {} },
      },
      {
        call: 's3:GetBucketAcl',
        input: { Bucket: 'contract-bucket-$account' },
        role: 'reader',
        answer: { Grants: { $some: { Permission: 'FULL_CONTROL', Grantee: { Type: 'CanonicalUser' } } } },
      },
      { call: 's3:GetBucketVersioning', input: { Bucket: 'contract-bucket-$account' }, role: 'reader', answer: {} },
      { call: 's3:GetBucketLogging', input: { Bucket: 'contract-bucket-$account' }, role: 'reader', answer: {} },
      {
        call: 's3:GetBucketTagging',
        input: { Bucket: 'contract-bucket-$account' },
        role: 'reader',
        error: { kind: 'not-found', code: 'NoSuchTagSet' },
      },
      {
        call: 's3:GetBucketPublicAccessBlock',
        input: { Bucket: 'contract-none-$account' },
        role: 'reader',
        error: { kind: 'not-found', code: 'NoSuchBucket' },
      },
    ],
  },
  {
    name: "sets the account's block of public access",
    steps: [
      {
        call: 's3:PutAccountPublicAccessBlock',
        input: { AccountId: '$account', PublicAccessBlockConfiguration: allBlocked },
        answer: {},
      },
      {
        call: 's3:GetAccountPublicAccessBlock',
        input: { AccountId: '$account' },
        role: 'reader',
        answer: { PublicAccessBlockConfiguration: allBlocked },
      },
      { call: 's3:DeleteAccountPublicAccessBlock', input: { AccountId: '$account' }, answer: {} },
      {
        call: 's3:GetAccountPublicAccessBlock',
        input: { AccountId: '$account' },
        role: 'reader',
        error: { kind: 'not-found', code: 'NoSuchPublicAccessBlockConfiguration' },
      },
    ],
  },
  {
    name: 'opens an ingress, narrows it in place, and closes it',
    steps: [
      { call: 'ec2:DescribeRegions', input: {}, role: 'reader', answer: { Regions: { $some: { RegionName: '$region' } } } },
      {
        call: 'ec2:DescribeVpcs',
        input: {},
        role: 'reader',
        answer: { Vpcs: { $some: { VpcId: { $matches: '^vpc-' } } } },
        save: { vpc: ['Vpcs', 0, 'VpcId'] },
      },
      {
        call: 'ec2:CreateSecurityGroup',
        input: { GroupName: 'contract-ssh', Description: 'contract', VpcId: '$vpc' },
        answer: { GroupId: { $matches: '^sg-' } },
        save: { group: ['GroupId'] },
      },
      {
        call: 'ec2:CreateSecurityGroup',
        input: { GroupName: 'contract-ssh', Description: 'contract', VpcId: '$vpc' },
        error: { kind: 'conflict', code: 'InvalidGroup.Duplicate' },
      },
      {
        call: 'ec2:AuthorizeSecurityGroupIngress',
        input: { GroupId: '$group', IpPermissions: [ssh('0.0.0.0/0', 'for now')] },
        answer: { SecurityGroupRules: { $list: [{ GroupId: '$group', IsEgress: false, CidrIpv4: '0.0.0.0/0' }] } },
        save: { rule: ['SecurityGroupRules', 0, 'SecurityGroupRuleId'] },
      },
      {
        call: 'ec2:AuthorizeSecurityGroupIngress',
        input: { GroupId: '$group', IpPermissions: [ssh('0.0.0.0/0', 'for now')] },
        error: { kind: 'conflict', code: 'InvalidPermission.Duplicate' },
      },
      {
        call: 'ec2:DescribeSecurityGroups',
        input: { GroupIds: ['$group'] },
        role: 'reader',
        answer: {
          SecurityGroups: {
            $list: [
              {
                GroupId: '$group',
                GroupName: 'contract-ssh',
                VpcId: '$vpc',
                OwnerId: '$account',
                IpPermissions: {
                  $list: [
                    { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: { $list: [{ CidrIp: '0.0.0.0/0', Description: 'for now' }] } },
                  ],
                },
              },
            ],
          },
        },
      },
      {
        call: 'ec2:DescribeSecurityGroupRules',
        input: { Filters: [{ Name: 'group-id', Values: ['$group'] }] },
        role: 'reader',
        answer: {
          SecurityGroupRules: {
            $some: {
              SecurityGroupRuleId: '$rule',
              GroupId: '$group',
              IsEgress: false,
              IpProtocol: 'tcp',
              FromPort: 22,
              ToPort: 22,
              CidrIpv4: '0.0.0.0/0',
              Description: 'for now',
            },
          },
        },
      },
      {
        call: 'ec2:ModifySecurityGroupRules',
        input: {
          GroupId: '$group',
          SecurityGroupRules: [
            {
              SecurityGroupRuleId: '$rule',
              SecurityGroupRule: { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: '192.0.2.0/24', Description: 'for now' },
            },
          ],
        },
        answer: { Return: true },
      },
      {
        call: 'ec2:DescribeSecurityGroupRules',
        input: { SecurityGroupRuleIds: ['$rule'] },
        role: 'reader',
        answer: { SecurityGroupRules: { $list: [{ SecurityGroupRuleId: '$rule', CidrIpv4: '192.0.2.0/24', Description: 'for now' }] } },
      },
      {
        call: 'ec2:RevokeSecurityGroupIngress',
        input: { GroupId: '$group', SecurityGroupRuleIds: ['$rule'] },
        answer: { Return: true },
      },
      {
        call: 'ec2:DescribeSecurityGroups',
        input: { GroupIds: ['$group'] },
        role: 'reader',
        answer: { SecurityGroups: { $list: [{ GroupId: '$group', IpPermissions: { $list: [] } }] } },
      },
      {
        call: 'ec2:DescribeSecurityGroups',
        input: { GroupIds: ['sg-0123456789abcdef0'] },
        role: 'reader',
        error: { kind: 'not-found', code: 'InvalidGroup.NotFound' },
      },
      {
        call: 'ec2:DescribeNetworkInterfaces',
        input: { Filters: [{ Name: 'group-id', Values: ['$group'] }] },
        role: 'reader',
        answer: { NetworkInterfaces: { $list: [] } },
      },
      {
        call: 'ec2:DescribeInstances',
        input: {},
        role: 'reader',
        answer: { Reservations: { $each: { Instances: { $each: { InstanceId: { $matches: '^i-' } } } } } },
      },
    ],
  },
  {
    name: 'stops and starts a trail',
    steps: [
      { call: 's3:CreateBucket', input: { Bucket: 'contract-logs-$account' } },
      {
        call: 'cloudtrail:CreateTrail',
        input: { Name: 'contract-trail', S3BucketName: 'contract-logs-$account', IsMultiRegionTrail: true, EnableLogFileValidation: true },
        answer: { Name: 'contract-trail', TrailARN: 'arn:aws:cloudtrail:$region:$account:trail/contract-trail', IsMultiRegionTrail: true },
      },
      { call: 'cloudtrail:StartLogging', input: { Name: 'contract-trail' }, answer: {} },
      { call: 'cloudtrail:StartLogging', input: { Name: 'contract-trail' }, answer: {} },
      { call: 'cloudtrail:GetTrailStatus', input: { Name: 'contract-trail' }, role: 'reader', answer: { IsLogging: true } },
      { call: 'cloudtrail:StopLogging', input: { Name: 'contract-trail' }, role: 'undoer', answer: {} },
      {
        call: 'cloudtrail:GetTrailStatus',
        input: { Name: 'arn:aws:cloudtrail:$region:$account:trail/contract-trail' },
        role: 'reader',
        answer: { IsLogging: false },
      },
      {
        call: 'cloudtrail:DescribeTrails',
        input: {},
        role: 'reader',
        answer: {
          trailList: {
            $some: {
              Name: 'contract-trail',
              TrailARN: 'arn:aws:cloudtrail:$region:$account:trail/contract-trail',
              S3BucketName: 'contract-logs-$account',
              IsMultiRegionTrail: true,
              LogFileValidationEnabled: true,
              HomeRegion: '$region',
            },
          },
        },
      },
      {
        call: 'cloudtrail:PutEventSelectors',
        input: { TrailName: 'contract-trail', EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true }] },
        answer: { TrailARN: 'arn:aws:cloudtrail:$region:$account:trail/contract-trail' },
      },
      {
        call: 'cloudtrail:GetEventSelectors',
        input: { TrailName: 'contract-trail' },
        role: 'reader',
        answer: { EventSelectors: { $some: { ReadWriteType: 'All', IncludeManagementEvents: true } } },
      },
      {
        call: 'cloudtrail:GetTrailStatus',
        input: { Name: 'contract-no-trail' },
        role: 'reader',
        error: { kind: 'not-found', code: 'TrailNotFoundException' },
      },
    ],
  },
  {
    name: 'refuses an action that it does not know',
    steps: [{ call: 'iam:PaintTheFence', input: {}, role: 'reader', error: { kind: 'unsupported', code: 'UnsupportedAction' } }],
  },
];

/**
 * The behaviours that every implementation of port `Cloud` shares. `open` is called once; the cloud may hold other things already.
 */
export function cloudContract(name: string, open: () => Promise<CloudUnderTest>): void {
  describe(`port Cloud: ${name}`, () => {
    let under: CloudUnderTest;
    beforeAll(async () => {
      under = await open();
    });
    afterAll(async () => {
      await under?.cloud.close();
    });

    test('lists its account and the Regions of it', async () => {
      const accounts = await under.cloud.accounts();
      expect(accounts.map((account) => account.id)).toContain(under.account);
      expect(new Set(accounts.map((account) => account.id)).size).toBe(accounts.length);
      expect(await under.cloud.regions(under.account)).toContain(under.region);
    });

    test('says as whom it runs, unless nobody stands behind it', async () => {
      const self = await under.cloud.self();
      expect(self === null || /^arn:[a-z-]+:(iam|sts)::\d{12}:/.test(self)).toBe(true);
    });

    test('tells which accounts are of the organisation, or that it may not know', async () => {
      const members = await under.cloud.members();
      if (members === null) return;
      expect(members.map(({ id }) => id)).toContain(under.account);
      for (const { id, joinedAt } of members) {
        expect(id).toMatch(/^\d{12}$/);
        expect(joinedAt === null || joinedAt > Date.UTC(2000, 0, 1)).toBe(true);
      }
    });

    test.each(cloudScenarios)('$name', async ({ steps }) => {
      const saved = new Map<string, string>([
        ['account', under.account],
        ['region', under.region],
      ]);
      saved.set(
        'publicPolicy',
        `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::contract-bucket-${under.account}/*"}]}`,
      );
      for (const step of steps) await runStep(under, step, saved);
    });
  });
}

async function runStep(under: CloudUnderTest, step: ContractStep, saved: Map<string, string>): Promise<void> {
  const role = step.role ?? 'actor';
  const call: CloudCall = {
    account: under.account,
    region: under.region,
    action: step.call,
    input: fill(step.input, saved) as JsonObject,
    role,
    ...(role === 'reader' ? {} : { session: { policy: sessionPolicy, name: 'contract' } }),
    ...(step.approvedBy === undefined ? {} : { approvedBy: step.approvedBy }),
  };
  if (step.error !== undefined) {
    const error: unknown = await under.cloud.call(call).then(
      () => 'an answer',
      (thrown: unknown) => thrown,
    );
    expect(error, `${step.call} should fail`).toBeInstanceOf(CloudError);
    const { kind, code, action } = error as CloudError;
    expect({ kind, code, action }).toEqual({ ...step.error, action: step.call });
    return;
  }
  const answer = await under.cloud.call(call);
  expect(JSON.parse(JSON.stringify(answer)), `${step.call} answers plain JSON`).toStrictEqual(answer);
  expect(answer).not.toHaveProperty('$metadata');
  if (step.answer !== undefined) {
    const fault = mismatch(answer, fill(step.answer, saved), step.call);
    if (fault !== null) expect.fail(`${fault}\n${JSON.stringify(answer, null, 1).slice(0, 3000)}`);
  }
  for (const [name, path] of Object.entries(step.save ?? {})) {
    let value: unknown = answer;
    for (const key of path) value = (value as Record<string | number, unknown> | undefined)?.[key];
    expect(value, `${step.call} gives ${path.join('.')}`).toBeTypeOf('string');
    saved.set(name, value as string);
  }
}

const sessionPolicy: JsonObject = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

/** Replaces `$name` in every text by what was saved under it; operators (`$some`) are keys and stay. */
function fill(value: Json, saved: ReadonlyMap<string, string>): Json {
  if (typeof value === 'string') return value.replace(/\$([a-zA-Z]+)/g, (whole, name: string) => saved.get(name) ?? whole);
  if (Array.isArray(value)) return value.map((member) => fill(member, saved));
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, key === '$matches' ? member : fill(member, saved)]));
  return value;
}

/**
 * Where `got` differs from the pattern, or null. An object matches when it has at least these members. Operators:
 * `{ $matches: expression }`, `{ $number: true }`, `{ $list: [...] }` (this length, in this order; an absent list is an empty one),
 * `{ $some: pattern }`, `{ $each: pattern }`.
 */
function mismatch(got: unknown, pattern: Json, place: string): string | null {
  if (pattern === null || typeof pattern !== 'object')
    return Object.is(got, pattern) ? null : `${place}: ${JSON.stringify(got)} is not ${JSON.stringify(pattern)}`;
  if (Array.isArray(pattern)) return mismatch(got, { $list: pattern }, place);
  const operators = pattern as JsonObject;
  if (typeof operators['$matches'] === 'string')
    return typeof got === 'string' && new RegExp(operators['$matches']).test(got)
      ? null
      : `${place}: ${JSON.stringify(got)} does not match ${operators['$matches']}`;
  if (operators['$number'] === true) return typeof got === 'number' ? null : `${place}: ${JSON.stringify(got)} is no number`;
  const list: unknown = got === undefined ? [] : got;
  if (Array.isArray(operators['$list'])) {
    const wanted: readonly Json[] = operators['$list'];
    if (!Array.isArray(list) || list.length !== wanted.length) return `${place}: ${JSON.stringify(got)} is no list of ${wanted.length}`;
    return first(wanted.map((member, i) => mismatch(list[i], member, `${place}[${i}]`)));
  }
  if (operators['$each'] !== undefined) {
    const each = operators['$each'];
    return Array.isArray(list) ? first(list.map((member, i) => mismatch(member, each, `${place}[${i}]`))) : `${place}: no list`;
  }
  if (operators['$some'] !== undefined) {
    const some = operators['$some'];
    return Array.isArray(list) && list.some((member) => mismatch(member, some, place) === null)
      ? null
      : `${place}: none is like ${JSON.stringify(some)}`;
  }
  if (got === null || typeof got !== 'object') return `${place}: ${JSON.stringify(got)} is no object`;
  return first(
    Object.entries(operators).map(([key, member]) => mismatch((got as Record<string, unknown>)[key], member, `${place}.${key}`)),
  );
}

function first(faults: readonly (string | null)[]): string | null {
  return faults.find((fault) => fault !== null) ?? null;
}
