import { restartTrail } from '../../../content/playbooks/aws/cloudtrail/restart-trail.ts';
import { narrowWorldOpenIngress } from '../../../content/playbooks/aws/ec2/narrow-world-open-ingress.ts';
import { containAccessKey } from '../../../content/playbooks/aws/iam/contain-access-key.ts';
import { denyRoleNetwork } from '../../../content/playbooks/aws/iam/deny-role-network.ts';
import { denyRoleSession } from '../../../content/playbooks/aws/iam/deny-role-session.ts';
import { blockPublicAccess } from '../../../content/playbooks/aws/s3/block-public-access.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import { account, as, complianceFinding, type Organisation, type Scenario, twoStates } from './scenario-under-test.ts';

const state = ({ range }: Organisation) => range.state.accounts[account];
const bucket = `example-customer-data-${account}`;
const user = { UserName: 'ci-deployer' };
const role = { RoleName: 'web-server' };
const otherPolicy = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 's3:*', Resource: '*' }] });
/** More than leaves room for a deny. */
const longPolicy = (size: number) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: `s3:${'x'.repeat(size)}`, Resource: '*' }] });

const groupNamed = (organisation: Organisation) =>
  Object.entries(state(organisation)?.regions['us-east-1']?.securityGroups ?? {}).find(([, { name }]) => name === 'opened');
const keyOf = (organisation: Organisation) => Object.keys(state(organisation)?.users['ci-deployer']?.keys ?? {})[0] ?? '';
const machine = (organisation: Organisation) =>
  Object.entries(state(organisation)?.regions['us-east-1']?.instances ?? {}).find(
    ([, one]) => one['IamInstanceProfile'] !== undefined,
  )?.[0] ?? '';
const found = (rule: string) => (): Finding => ({ ...complianceFinding(rule, { uid: '', type: '', name: '' }), kind: 'detection' });

/** The playbooks that answer a stolen key and what is done with it. */
export const basicScenarios: readonly Scenario[] = [
  {
    name: 'contains a key',
    playbook: containAccessKey,
    finding: found('aws.iam.admin-user-created'),
    target: (organisation) => ({
      account,
      region: 'us-east-1',
      uid: `arn:aws:iam::${account}:user/ci-deployer`,
      params: { userName: 'ci-deployer', accessKeyId: keyOf(organisation) },
    }),
    attack: () => {},
    view: (organisation) => {
      const one = state(organisation)?.users['ci-deployer'];
      return [Object.values(one?.keys ?? {}).map(({ id, status }): Json => [id, status]), { ...one?.inline }];
    },
    meddle: (organisation) =>
      void organisation.root.call('iam:PutUserPolicy', {
        ...user,
        PolicyName: `jobzero-contain-${keyOf(organisation)}`,
        PolicyDocument: otherPolicy,
      }),
    does: ['iam:UpdateAccessKey', 'iam:PutUserPolicy'],
    undoes: ['iam:DeleteUserPolicy', 'iam:UpdateAccessKey'],
    refused: {
      when: as('root', 'iam:PutUserPolicy', { ...user, PolicyName: 'long', PolicyDocument: longPolicy(1900) }),
      says: /leave no room for \d+ of 2048 characters/,
    },
  },
  {
    name: 'denies a session',
    playbook: denyRoleSession,
    finding: found('aws.ec2.instance-credentials-used-elsewhere'),
    target: (organisation) => ({
      account,
      region: 'us-east-1',
      uid: `arn:aws:iam::${account}:role/web-server`,
      params: {
        roleName: 'web-server',
        roleId: String(state(organisation)?.roles['web-server']?.id),
        sessionName: machine(organisation),
        accessKeyIds: [],
      },
    }),
    attack: () => {},
    view: (organisation) => ({ ...state(organisation)?.roles['web-server']?.inline }),
    meddle: (organisation) =>
      void organisation.root.call('iam:PutRolePolicy', {
        ...role,
        PolicyName: `jobzero-deny-session-${machine(organisation)}`,
        PolicyDocument: otherPolicy,
      }),
    does: ['iam:PutRolePolicy'],
    undoes: ['iam:DeleteRolePolicy'],
    refused: {
      when: as('root', 'iam:PutRolePolicy', { ...role, PolicyName: 'long', PolicyDocument: longPolicy(9_800) }),
      says: /leave no room for \d+ of 10240 characters/,
    },
  },
  {
    name: 'denies a network',
    playbook: denyRoleNetwork,
    finding: found('aws.account.network-new-to-peers'),
    target: () => ({
      account,
      region: 'us-east-1',
      uid: `arn:aws:iam::${account}:role/web-server`,
      params: { roleName: 'web-server', network: '203.0.0.0/16' },
    }),
    attack: () => {},
    view: (organisation) => ({ ...state(organisation)?.roles['web-server']?.inline }),
    meddle: (organisation) =>
      void organisation.root.call('iam:PutRolePolicy', {
        ...role,
        PolicyName: 'jobzero-deny-network-203.0.0.0-16',
        PolicyDocument: otherPolicy,
      }),
    does: ['iam:PutRolePolicy'],
    undoes: ['iam:DeleteRolePolicy'],
    refused: {
      when: as('root', 'iam:PutRolePolicy', { ...role, PolicyName: 'long', PolicyDocument: longPolicy(9_800) }),
      says: /leave no room for \d+ of 10240 characters/,
    },
  },
  {
    name: 'restarts a trail',
    playbook: restartTrail,
    rule: 'aws.cloudtrail.trail-logging-stopped',
    attack: as('mallory', 'cloudtrail:StopLogging', { Name: 'production-trail' }),
    view: (organisation) => Object.values(state(organisation)?.trails ?? {}).map(({ arn, logging }): Json => [arn, logging]),
    meddle: twoStates,
    does: ['cloudtrail:StartLogging'],
    undoes: ['cloudtrail:StopLogging'],
    refused: {
      when: (organisation) => {
        const trails = state(organisation)?.trails ?? {};
        for (const name of Object.keys(trails)) delete trails[name];
      },
      says: /production-trail/,
    },
  },
  {
    name: 'narrows an ingress written as halves and in IPv6',
    playbook: narrowWorldOpenIngress,
    prepare: as('root', 'ec2:CreateSecurityGroup', { GroupName: 'opened', Description: 'opened' }),
    attack: (organisation) =>
      void organisation.mallory.call('ec2:AuthorizeSecurityGroupIngress', {
        GroupId: groupNamed(organisation)?.[0] ?? '',
        IpPermissions: [
          {
            IpProtocol: 'tcp',
            FromPort: 22,
            ToPort: 22,
            IpRanges: [
              { CidrIp: '0.0.0.0/1', Description: 'lower' },
              { CidrIp: '128.0.0.0/1' },
              { CidrIp: '192.0.2.0/24', Description: 'office' },
            ],
            Ipv6Ranges: [{ CidrIpv6: '::/0' }],
          },
        ],
      }),
    rule: 'aws.ec2.security-group-opened-to-world',
    view: (organisation) => JSON.parse(JSON.stringify(groupNamed(organisation)?.[1].rules ?? null)) as Json,
    meddle: (organisation) => {
      const [GroupId, group] = groupNamed(organisation) ?? ['', null];
      const rule = Object.values(group?.rules ?? {}).find(({ description }) => description === 'lower');
      const other: JsonObject = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: '203.0.113.0/24', Description: 'lower' };
      organisation.root.call('ec2:ModifySecurityGroupRules', {
        GroupId,
        SecurityGroupRules: [{ SecurityGroupRuleId: String(rule?.id), SecurityGroupRule: other }],
      });
    },
    does: ['ec2:ModifySecurityGroupRules'],
    undoes: ['ec2:ModifySecurityGroupRules'],
    refused: {
      when: (organisation) => {
        const [id = ''] = groupNamed(organisation) ?? [];
        delete state(organisation)?.regions['us-east-1']?.securityGroups[id];
      },
      says: /./,
    },
  },
  {
    name: 'blocks a bucket that had no block',
    playbook: blockPublicAccess,
    finding: () => complianceFinding('aws.s3.bucket-not-public', { uid: `arn:aws:s3:::${bucket}`, type: 'AWS::S3::Bucket', name: bucket }),
    attack: as('root', 's3:DeletePublicAccessBlock', { Bucket: bucket }),
    view: (organisation) => JSON.parse(JSON.stringify(state(organisation)?.buckets[bucket]?.publicAccessBlock ?? null)) as Json,
    meddle: as('root', 's3:PutBucketPublicAccessBlock', {
      Bucket: bucket,
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        IgnorePublicAcls: true,
        BlockPublicPolicy: false,
        RestrictPublicBuckets: false,
      },
    }),
    does: ['s3:PutBucketPublicAccessBlock'],
    undoes: ['s3:DeletePublicAccessBlock'],
  },
];
