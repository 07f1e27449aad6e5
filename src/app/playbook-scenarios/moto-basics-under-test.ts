import { restartTrail } from '../../../content/playbooks/aws/cloudtrail/restart-trail.ts';
import { narrowWorldOpenIngress } from '../../../content/playbooks/aws/ec2/narrow-world-open-ingress.ts';
import { containAccessKey } from '../../../content/playbooks/aws/iam/contain-access-key.ts';
import { denyRoleNetwork } from '../../../content/playbooks/aws/iam/deny-role-network.ts';
import { denyRoleSession } from '../../../content/playbooks/aws/iam/deny-role-session.ts';
import { blockPublicAccess } from '../../../content/playbooks/aws/s3/block-public-access.ts';
import { textAt } from '../../core/lib/json-at.ts';
import type { JsonObject } from '../../core/model/json.ts';
import { deniesS3, type MotoScenario, orNull, statements, targetOf } from './moto-scenario-under-test.ts';

/** The playbooks that answer a stolen key and what is done with it. */
export const motoBasicScenarios: readonly MotoScenario[] = [
  {
    playbook: containAccessKey,
    prepare: async (call) => {
      await call('iam:CreateUser', { UserName: 'stolen', Path: '/dev/' });
      const accessKeyId = textAt(await call('iam:CreateAccessKey', { UserName: 'stolen' }), 'AccessKey', 'AccessKeyId') ?? '';
      return targetOf('iam', 'user/dev/stolen', { userName: 'stolen', accessKeyId });
    },
    view: async (call) => [
      await call('iam:ListAccessKeys', { UserName: 'stolen' }),
      await call('iam:ListUserPolicies', { UserName: 'stolen' }),
    ],
    meddle: (call, { params }) =>
      call('iam:PutUserPolicy', {
        UserName: 'stolen',
        PolicyName: `jobzero-contain-${String(params['accessKeyId'])}`,
        PolicyDocument: statements(deniesS3),
      }),
  },
  {
    playbook: denyRoleSession,
    prepare: async (call) => {
      const AssumeRolePolicyDocument =
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}';
      const role = await call('iam:CreateRole', { RoleName: 'web', AssumeRolePolicyDocument });
      const params = { roleName: 'web', roleId: textAt(role, 'Role', 'RoleId'), sessionName: 'i-0123456789abcdef0', accessKeyIds: [] };
      return targetOf('iam', 'role/web', params);
    },
    view: (call) => call('iam:ListRolePolicies', { RoleName: 'web' }),
    meddle: (call) =>
      call('iam:PutRolePolicy', {
        RoleName: 'web',
        PolicyName: 'jobzero-deny-session-i-0123456789abcdef0',
        PolicyDocument: statements(deniesS3),
      }),
  },
  {
    playbook: denyRoleNetwork,
    prepare: async (call) => {
      const AssumeRolePolicyDocument =
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}';
      await call('iam:CreateRole', { RoleName: 'reports', AssumeRolePolicyDocument });
      return targetOf('iam', 'role/reports', { roleName: 'reports', network: '2001:db8::/32' });
    },
    view: (call) => call('iam:ListRolePolicies', { RoleName: 'reports' }),
    meddle: (call) =>
      call('iam:PutRolePolicy', {
        RoleName: 'reports',
        PolicyName: 'jobzero-deny-network-2001.db8..-32',
        PolicyDocument: statements(deniesS3),
      }),
  },
  {
    playbook: restartTrail,
    prepare: async (call) => {
      await call('s3:CreateBucket', { Bucket: 'trail-logs-example' });
      await call('cloudtrail:CreateTrail', { Name: 'main', S3BucketName: 'trail-logs-example' });
      // AWS gives a new trail these selectors; the emulator gives it none.
      const EventSelectors = [{ ReadWriteType: 'All', IncludeManagementEvents: true, DataResources: [] }];
      await call('cloudtrail:PutEventSelectors', { TrailName: 'main', EventSelectors });
      await call('cloudtrail:StartLogging', { Name: 'main' });
      await call('cloudtrail:StopLogging', { Name: 'main' });
      return targetOf('cloudtrail', 'trail/main', { name: 'main' });
    },
    view: async (call) => ((await call('cloudtrail:GetTrailStatus', { Name: 'main' })) as JsonObject)['IsLogging'] ?? null,
  },
  {
    playbook: narrowWorldOpenIngress,
    prepare: async (call) => {
      const GroupId = textAt(await call('ec2:CreateSecurityGroup', { GroupName: 'opened', Description: 'opened' }), 'GroupId') ?? '';
      await call('ec2:AuthorizeSecurityGroupIngress', {
        GroupId,
        IpPermissions: [
          {
            IpProtocol: 'tcp',
            FromPort: 22,
            ToPort: 22,
            IpRanges: [{ CidrIp: '0.0.0.0/1', Description: 'lower half' }, { CidrIp: '128.0.0.0/1' }],
          },
          // The emulator does not modify IPv6 sources; the range does.
          { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'database' }] },
        ],
      });
      return targetOf('ec2', `security-group/${GroupId}`, { groupId: GroupId });
    },
    view: (call, { params }) =>
      call('ec2:DescribeSecurityGroupRules', { Filters: [{ Name: 'group-id', Values: [String(params['groupId'])] }] }),
  },
  {
    playbook: blockPublicAccess,
    prepare: async (call) => {
      await call('s3:CreateBucket', { Bucket: 'public-example' });
      await call('s3:DeletePublicAccessBlock', { Bucket: 'public-example' });
      return targetOf('s3', 'public-example', { bucket: 'public-example' });
    },
    view: (call) => orNull(call('s3:GetBucketPublicAccessBlock', { Bucket: 'public-example' })),
    meddle: (call) =>
      call('s3:PutBucketPublicAccessBlock', {
        Bucket: 'public-example',
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          IgnorePublicAcls: true,
          BlockPublicPolicy: false,
          RestrictPublicBuckets: false,
        },
      }),
  },
];
