import { stopLaunching } from '../../../content/playbooks/aws/autoscaling/stop-launching.ts';
import { deleteVpcPeering } from '../../../content/playbooks/aws/ec2/delete-vpc-peering.ts';
import { isolateInstance } from '../../../content/playbooks/aws/ec2/isolate-instance.ts';
import { isolateNetworkInterface } from '../../../content/playbooks/aws/ec2/isolate-network-interface.ts';
import { preserveInstance } from '../../../content/playbooks/aws/ec2/preserve-instance.ts';
import { removeInstanceRole } from '../../../content/playbooks/aws/ec2/remove-instance-role.ts';
import { removeWorldFromPrefixList } from '../../../content/playbooks/aws/ec2/remove-world-from-prefix-list.ts';
import { stopInstances } from '../../../content/playbooks/aws/ec2/stop-instances.ts';
import { unshareImage } from '../../../content/playbooks/aws/ec2/unshare-image.ts';
import { deregisterTaskDefinition } from '../../../content/playbooks/aws/ecs/deregister-task-definition.ts';
import { scaleServiceToZero } from '../../../content/playbooks/aws/ecs/scale-service-to-zero.ts';
import { restrictEndpoint } from '../../../content/playbooks/aws/eks/restrict-endpoint.ts';
import { resumeAuditLog as resumeClusterLog } from '../../../content/playbooks/aws/eks/resume-audit-log.ts';
import { removePermission } from '../../../content/playbooks/aws/lambda/remove-permission.ts';
import { requireSignIn } from '../../../content/playbooks/aws/lambda/require-sign-in.ts';
import { unshareLayer } from '../../../content/playbooks/aws/lambda/unshare-layer.ts';
import { limitAddressRate } from '../../../content/playbooks/aws/wafv2/limit-address-rate.ts';
import { listAt, textAt, valueAt } from '../../core/lib/json-at.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import type { Target } from '../../core/model/plan.ts';
import {
  account,
  type Call,
  documentAt,
  foreign,
  type MotoScenario,
  members,
  orNull,
  region,
  statements,
  targetOf,
} from './moto-scenario-under-test.ts';

const AmiId = 'ami-0123456789abcdef0';
const trust = (Service: string) => statements({ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' });

async function runInstances(call: Call, count = 1): Promise<readonly string[]> {
  const started = await call('ec2:RunInstances', { ImageId: AmiId, MinCount: count, MaxCount: count });
  return listAt(started, 'Instances').flatMap((one) => textAt(one, 'InstanceId') ?? []);
}
const instanceTarget = (instanceId: string, params: JsonObject = {}): Target =>
  targetOf('ec2', `instance/${instanceId}`, { instanceId, ...params });
const instance = async (call: Call, { params }: Target): Promise<Json> =>
  valueAt(await call('ec2:DescribeInstances', { InstanceIds: [String(params['instanceId'])] }), 'Reservations', 0, 'Instances', 0);

/** The default network, with the two groups that its owner makes beforehand. */
async function network(call: Call): Promise<{ readonly vpc: string; readonly subnet: string }> {
  const vpc = textAt(await call('ec2:DescribeVpcs', {}), 'Vpcs', 0, 'VpcId') ?? '';
  const subnets = await call('ec2:DescribeSubnets', { Filters: [{ Name: 'vpc-id', Values: [vpc] }] });
  const there = await call('ec2:DescribeSecurityGroups', { Filters: [{ Name: 'group-name', Values: ['jobzero-isolated'] }] });
  if (listAt(there, 'SecurityGroups').length === 0) {
    const IpPermissions = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
    const make = async (GroupName: string) =>
      textAt(await call('ec2:CreateSecurityGroup', { GroupName, Description: GroupName, VpcId: vpc }), 'GroupId') ?? '';
    await call('ec2:AuthorizeSecurityGroupIngress', { GroupId: await make('jobzero-transition'), IpPermissions });
    await call('ec2:RevokeSecurityGroupEgress', { GroupId: await make('jobzero-isolated'), IpPermissions });
  }
  return { vpc, subnet: textAt(subnets, 'Subnets', 0, 'SubnetId') ?? '' };
}
const groupsOf = (one: Json): Json => listAt(one, 'Groups').map((group) => textAt(group, 'GroupId'));
const interfaceIn = async (call: Call, { params }: Target): Promise<Json> =>
  valueAt(await call('ec2:DescribeNetworkInterfaces', { NetworkInterfaceIds: [String(params['interfaceId'])] }), 'NetworkInterfaces', 0);

/** Puts an interface into a new group of that name. */
async function swapAway(call: Call, NetworkInterfaceId: string, GroupName: string): Promise<void> {
  const { vpc } = await network(call);
  const made = await call('ec2:CreateSecurityGroup', { GroupName, Description: GroupName, VpcId: vpc });
  await call('ec2:ModifyNetworkInterfaceAttribute', { NetworkInterfaceId, Groups: [textAt(made, 'GroupId') ?? ''] });
}

/** A profile with a role of that name. */
async function profile(call: Call, name: string): Promise<string> {
  await call('iam:CreateRole', { RoleName: name, AssumeRolePolicyDocument: trust('ec2.amazonaws.com') });
  const made = await call('iam:CreateInstanceProfile', { InstanceProfileName: name });
  await call('iam:AddRoleToInstanceProfile', { InstanceProfileName: name, RoleName: name });
  return textAt(made, 'InstanceProfile', 'Arn') ?? '';
}
const profileOf = async (call: Call, { params }: Target): Promise<Json> =>
  listAt(
    await call('ec2:DescribeIamInstanceProfileAssociations', {
      Filters: [{ Name: 'instance-id', Values: [String(params['instanceId'])] }],
    }),
    'IamInstanceProfileAssociations',
  ).map((one) => textAt(one, 'IamInstanceProfile', 'Arn'));

async function makeFunction(call: Call, FunctionName: string): Promise<Target> {
  const RoleName = `function-${FunctionName}`;
  const role = await call('iam:CreateRole', { RoleName, AssumeRolePolicyDocument: trust('lambda.amazonaws.com') });
  const made = await call('lambda:CreateFunction', {
    FunctionName,
    Role: textAt(role, 'Role', 'Arn') ?? '',
    PackageType: 'Image',
    Code: { ImageUri: `${account}.dkr.ecr.${region}.amazonaws.com/app:1` },
  });
  return { account, region, uid: textAt(made, 'FunctionArn') ?? '', params: { name: FunctionName } };
}
const partner = { StatementId: 'partner', Action: 'lambda:InvokeFunction', Principal: foreign };

async function makeCluster(call: Call, name: string, more: JsonObject): Promise<Target> {
  const { subnet } = await network(call);
  const resourcesVpcConfig = {
    subnetIds: [subnet],
    endpointPublicAccess: true,
    endpointPrivateAccess: false,
    publicAccessCidrs: ['203.0.113.0/24', '0.0.0.0/0'],
  };
  await call('eks:CreateCluster', { name, roleArn: `arn:aws:iam::${account}:role/eks`, resourcesVpcConfig, ...more });
  return targetOf('eks', `cluster/${name}`, { cluster: name });
}

/** Machines, networks, containers, functions. */
export const motoComputeScenarios: readonly MotoScenario[] = [
  {
    playbook: stopLaunching,
    prepare: async (call) => {
      await call('autoscaling:CreateLaunchConfiguration', { LaunchConfigurationName: 'fleet', ImageId: AmiId, InstanceType: 't3.micro' });
      const input = { AutoScalingGroupName: 'fleet', LaunchConfigurationName: 'fleet', MinSize: 0, MaxSize: 400 };
      await call('autoscaling:CreateAutoScalingGroup', { ...input, AvailabilityZones: [`${region}a`] });
      return targetOf('autoscaling', 'autoScalingGroup:*:autoScalingGroupName/fleet', { group: 'fleet' });
    },
    view: async (call) =>
      listAt(
        await call('autoscaling:DescribeAutoScalingGroups', { AutoScalingGroupNames: ['fleet'] }),
        'AutoScalingGroups',
        0,
        'SuspendedProcesses',
      ).map((one) => textAt(one, 'ProcessName')),
  },
  {
    playbook: deleteVpcPeering,
    prepare: async (call) => {
      const { vpc } = await network(call);
      const other = textAt(await call('ec2:CreateVpc', { CidrBlock: '10.9.0.0/16' }), 'Vpc', 'VpcId') ?? '';
      const made = await call('ec2:CreateVpcPeeringConnection', { VpcId: vpc, PeerVpcId: other });
      const peeringId = textAt(made, 'VpcPeeringConnection', 'VpcPeeringConnectionId') ?? '';
      return targetOf('ec2', `vpc-peering-connection/${peeringId}`, { peeringId });
    },
    view: async (call, { params }) =>
      textAt(
        await call('ec2:DescribeVpcPeeringConnections', { VpcPeeringConnectionIds: [String(params['peeringId'])] }),
        'VpcPeeringConnections',
        0,
        'Status',
        'Code',
      ),
  },
  {
    playbook: isolateInstance,
    prepare: async (call) => {
      const { subnet } = await network(call);
      const started = await call('ec2:RunInstances', { ImageId: AmiId, MinCount: 1, MaxCount: 1, SubnetId: subnet });
      const instanceId = textAt(started, 'Instances', 0, 'InstanceId') ?? '';
      await call('ec2:AssociateIamInstanceProfile', {
        InstanceId: instanceId,
        IamInstanceProfile: { Arn: await profile(call, 'machine') },
      });
      const input = { AutoScalingGroupName: 'machines', InstanceId: instanceId, MinSize: 0, MaxSize: 4 };
      await call('autoscaling:CreateAutoScalingGroup', { ...input, VPCZoneIdentifier: subnet });
      await call('autoscaling:AttachInstances', { AutoScalingGroupName: 'machines', InstanceIds: [instanceId] });
      return instanceTarget(instanceId);
    },
    view: async (call, target) => {
      const one = await instance(call, target);
      const member = await call('autoscaling:DescribeAutoScalingInstances', { InstanceIds: [String(target.params['instanceId'])] });
      return [
        listAt(one, 'NetworkInterfaces').map(groupsOf),
        textAt(one, 'MetadataOptions', 'HttpEndpoint'),
        await profileOf(call, target),
        textAt(member, 'AutoScalingInstances', 0, 'LifecycleState'),
      ];
    },
    meddle: async (call, target) => {
      const id = textAt(await instance(call, target), 'NetworkInterfaces', 0, 'NetworkInterfaceId') ?? '';
      await swapAway(call, id, 'another of the instance');
    },
  },
  {
    playbook: isolateNetworkInterface,
    prepare: async (call) => {
      const { subnet } = await network(call);
      const made = await call('ec2:CreateNetworkInterface', { SubnetId: subnet });
      const interfaceId = textAt(made, 'NetworkInterface', 'NetworkInterfaceId') ?? '';
      return targetOf('ec2', `network-interface/${interfaceId}`, { interfaceId });
    },
    view: async (call, target) => groupsOf(await interfaceIn(call, target)),
    meddle: (call, { params }) => swapAway(call, String(params['interfaceId']), 'another'),
  },
  {
    playbook: preserveInstance,
    prepare: async (call) => instanceTarget((await runInstances(call))[0] ?? ''),
    view: async (call, target) =>
      listAt(await instance(call, target), 'BlockDeviceMappings').map((one) => [
        textAt(one, 'DeviceName'),
        valueAt(one, 'Ebs', 'DeleteOnTermination'),
      ]),
  },
  {
    playbook: removeInstanceRole,
    prepare: async (call) => {
      const [instanceId = ''] = await runInstances(call);
      await call('ec2:AssociateIamInstanceProfile', { InstanceId: instanceId, IamInstanceProfile: { Arn: await profile(call, 'admin') } });
      return instanceTarget(instanceId, { profile: 'admin' });
    },
    view: profileOf,
  },
  {
    playbook: removeWorldFromPrefixList,
    prepare: async (call) => {
      const Entries = [{ Cidr: '192.0.2.0/24', Description: 'office' }, { Cidr: '0.0.0.0/0' }];
      const input = { PrefixListName: 'partners', MaxEntries: 5, AddressFamily: 'IPv4', Entries };
      const listId = textAt(await call('ec2:CreateManagedPrefixList', input), 'PrefixList', 'PrefixListId') ?? '';
      return targetOf('ec2', `prefix-list/${listId}`, { listId });
    },
    view: async (call, { params }) =>
      listAt(await call('ec2:GetManagedPrefixListEntries', { PrefixListId: String(params['listId']) }), 'Entries').map((one) =>
        textAt(one, 'Cidr'),
      ),
  },
  {
    playbook: stopInstances,
    prepare: async (call) => {
      const instanceIds = await runInstances(call, 2);
      return targetOf('ec2', `instance/${instanceIds[0] ?? ''}`, { instanceIds });
    },
    view: async (call, { params }) =>
      listAt(await call('ec2:DescribeInstances', { InstanceIds: listAt(params, 'instanceIds') }), 'Reservations')
        .flatMap((one) => listAt(one, 'Instances'))
        .map((one) => textAt(one, 'State', 'Name')),
    meddle: (call, { params }) => call('ec2:StartInstances', { InstanceIds: listAt(params, 'instanceIds').slice(0, 1) }),
  },
  {
    playbook: unshareImage,
    prepare: async (call) => {
      const [InstanceId = ''] = await runInstances(call);
      const imageId = textAt(await call('ec2:CreateImage', { InstanceId, Name: 'golden' }), 'ImageId') ?? '';
      await call('ec2:ModifyImageAttribute', { ImageId: imageId, LaunchPermission: { Add: [{ UserId: foreign }, { Group: 'all' }] } });
      return targetOf('ec2', `image/${imageId}`, { imageId, with: [foreign, 'all'] });
    },
    view: async (call, { params }) =>
      listAt(
        await call('ec2:DescribeImageAttribute', { ImageId: String(params['imageId']), Attribute: 'launchPermission' }),
        'LaunchPermissions',
      )
        .map((one) => JSON.stringify(one))
        .sort(),
  },
  {
    playbook: deregisterTaskDefinition,
    prepare: async (call) => {
      const containerDefinitions = [{ name: 'web', image: 'example/xmrig:latest', memory: 128 }];
      await call('ecs:RegisterTaskDefinition', { family: 'miner', containerDefinitions });
      return targetOf('ecs', 'task-definition/miner:1', { definition: 'miner:1' });
    },
    view: async (call) => textAt(await call('ecs:DescribeTaskDefinition', { taskDefinition: 'miner:1' }), 'taskDefinition', 'status'),
  },
  {
    playbook: scaleServiceToZero,
    prepare: async (call) => {
      await call('ecs:CreateCluster', { clusterName: 'work', tags: [{ key: 'team', value: 'web' }] });
      await call('ecs:RegisterTaskDefinition', {
        family: 'dig',
        containerDefinitions: [{ name: 'dig', image: 'example/dig:1', memory: 128 }],
      });
      await call('ecs:CreateService', { cluster: 'work', serviceName: 'dig', taskDefinition: 'dig', desiredCount: 50 });
      return targetOf('ecs', 'service/work/dig', { cluster: 'work', service: 'dig' });
    },
    view: async (call) =>
      valueAt(await call('ecs:DescribeServices', { cluster: 'work', services: ['dig'] }), 'services', 0, 'desiredCount'),
    meddle: (call) => call('ecs:UpdateService', { cluster: 'work', service: 'dig', desiredCount: 2 }),
  },
  {
    playbook: restrictEndpoint,
    prepare: (call) => makeCluster(call, 'shop', {}),
    // The emulator forgets the subnets when the rest is updated.
    view: async (call) =>
      members(
        valueAt(await call('eks:DescribeCluster', { name: 'shop' }), 'cluster', 'resourcesVpcConfig'),
        'endpointPublicAccess',
        'endpointPrivateAccess',
        'publicAccessCidrs',
      ),
    meddle: (call) => call('eks:UpdateClusterConfig', { name: 'shop', resourcesVpcConfig: { publicAccessCidrs: ['192.0.2.0/24'] } }),
  },
  {
    playbook: resumeClusterLog,
    prepare: (call) =>
      makeCluster(call, 'bank', { logging: { clusterLogging: [{ types: ['api', 'audit', 'authenticator'], enabled: false }] } }),
    view: async (call) => valueAt(await call('eks:DescribeCluster', { name: 'bank' }), 'cluster', 'logging'),
  },
  {
    playbook: removePermission,
    prepare: async (call) => {
      const { params, ...target } = await makeFunction(call, 'lent');
      await call('lambda:AddPermission', { FunctionName: 'lent', ...partner, StatementId: 'own', Principal: account });
      await call('lambda:AddPermission', { FunctionName: 'lent', ...partner, SourceArn: 'arn:aws:s3:::photos-example' });
      return { ...target, params: { ...params, statement: 'partner' } };
    },
    view: async (call) => documentAt(await orNull(call('lambda:GetPolicy', { FunctionName: 'lent' })), 'Policy'),
    meddle: (call) => call('lambda:AddPermission', { FunctionName: 'lent', ...partner, Principal: account }),
  },
  {
    playbook: requireSignIn,
    prepare: async (call) => {
      const target = await makeFunction(call, 'open');
      await call('lambda:CreateFunctionUrlConfig', { FunctionName: 'open', AuthType: 'NONE' });
      return target;
    },
    view: async (call) => textAt(await call('lambda:GetFunctionUrlConfig', { FunctionName: 'open' }), 'AuthType'),
  },
  {
    playbook: unshareLayer,
    prepare: async (call) => {
      await call('s3:CreateBucket', { Bucket: 'layers-example' });
      await call('s3:PutObject', { Bucket: 'layers-example', Key: 'common.zip', Body: 'x' });
      await call('lambda:PublishLayerVersion', { LayerName: 'common', Content: { S3Bucket: 'layers-example', S3Key: 'common.zip' } });
      const input = { LayerName: 'common', VersionNumber: 1, StatementId: 'out', Action: 'lambda:GetLayerVersion', Principal: foreign };
      await call('lambda:AddLayerVersionPermission', input);
      return targetOf('lambda', 'layer:common:1', { layer: 'common', number: '1', statement: 'out' });
    },
    view: async (call) =>
      documentAt(await orNull(call('lambda:GetLayerVersionPolicy', { LayerName: 'common', VersionNumber: 1 })), 'Policy'),
  },
  {
    playbook: limitAddressRate,
    prepare: async (call) => {
      const VisibilityConfig = { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: 'shop' };
      const FieldToMatch = { UriPath: {} };
      const TextTransformations = [{ Priority: 0, Type: 'NONE' }];
      const Statement = {
        ByteMatchStatement: { SearchString: '/admin', FieldToMatch, TextTransformations, PositionalConstraint: 'CONTAINS' },
      };
      const Rules = [{ Name: 'first', Priority: 0, Statement, Action: { Block: {} }, VisibilityConfig }];
      const made = await call('wafv2:CreateWebACL', {
        Name: 'shop',
        Scope: 'REGIONAL',
        DefaultAction: { Allow: {} },
        VisibilityConfig,
        Rules,
      });
      const target = targetOf('elasticloadbalancing', 'loadbalancer/app/shop/50dc6c495c0c9188', { balancer: 'shop' });
      await call('wafv2:AssociateWebACL', { WebACLArn: textAt(made, 'Summary', 'ARN'), ResourceArn: target.uid });
      return target;
    },
    view: (call, { uid }) => call('wafv2:GetWebACLForResource', { ResourceArn: uid }),
  },
];
