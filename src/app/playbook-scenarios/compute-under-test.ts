import { blockPublicImages } from '../../../content/playbooks/aws/ec2/block-public-images.ts';
import { blockPublicSnapshots } from '../../../content/playbooks/aws/ec2/block-public-snapshots.ts';
import { deleteTrafficMirror } from '../../../content/playbooks/aws/ec2/delete-traffic-mirror.ts';
import { deleteVpcPeering } from '../../../content/playbooks/aws/ec2/delete-vpc-peering.ts';
import { disableSerialConsole } from '../../../content/playbooks/aws/ec2/disable-serial-console.ts';
import { encryptDisksByDefault } from '../../../content/playbooks/aws/ec2/encrypt-disks-by-default.ts';
import { isolateInstance } from '../../../content/playbooks/aws/ec2/isolate-instance.ts';
import { isolateNetworkInterface } from '../../../content/playbooks/aws/ec2/isolate-network-interface.ts';
import { preserveInstance } from '../../../content/playbooks/aws/ec2/preserve-instance.ts';
import { removeNetworkAclEntry } from '../../../content/playbooks/aws/ec2/remove-network-acl-entry.ts';
import { removeWorldFromPrefixList } from '../../../content/playbooks/aws/ec2/remove-world-from-prefix-list.ts';
import { requireImdsv2 } from '../../../content/playbooks/aws/ec2/require-imdsv2.ts';
import { resetDefaultDiskKey } from '../../../content/playbooks/aws/ec2/reset-default-disk-key.ts';
import { stopInstances } from '../../../content/playbooks/aws/ec2/stop-instances.ts';
import { unshareImage } from '../../../content/playbooks/aws/ec2/unshare-image.ts';
import { unshareSnapshot } from '../../../content/playbooks/aws/ec2/unshare-snapshot.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import {
  account,
  as,
  becomes,
  detectionOf,
  documents,
  nothingToUndo,
  type Organisation,
  part,
  type Scenario,
  twoStates,
} from './scenario-under-test.ts';

const foreign = '999988887777';
const partner = '888877776666';
const regionOf = ({ range }: Organisation) => {
  const region = range.state.accounts[account]?.regions['us-east-1'];
  if (region === undefined) throw new Error('no Region');
  return region;
};
const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value ?? null)) as Json;
const only = (organisation: Organisation, place: string): JsonObject =>
  Object.values(documents(organisation, `ec2/${place}/us-east-1`))[0] ?? {};

/** An instance with a role, and its interface. */
function web(organisation: Organisation): { readonly id: string; readonly interfaceId: string; readonly vpc: string } {
  // By its name: it has no role any more once it is isolated.
  const isShop = (one: JsonObject) => JSON.stringify(one['Tags']).includes('"shop');
  const [id, instance] = Object.entries(regionOf(organisation).instances).find(([, one]) => isShop(one)) ?? ['', {}];
  const [interfaceId] =
    Object.entries(regionOf(organisation).networkInterfaces).find(([, one]) => (one['Attachment'] as JsonObject)['InstanceId'] === id) ??
    [];
  return { id, interfaceId: interfaceId ?? '', vpc: String(instance['VpcId']) };
}

/** The groups that the owner makes beforehand. */
function makeGroups(organisation: Organisation): void {
  const { vpc: VpcId } = web(organisation);
  for (const GroupName of ['jobzero-transition', 'jobzero-isolated']) {
    const GroupId = String(organisation.root.call('ec2:CreateSecurityGroup', { GroupName, Description: GroupName, VpcId })['GroupId']);
    const IpPermissions = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
    if (GroupName === 'jobzero-transition') organisation.root.call('ec2:AuthorizeSecurityGroupIngress', { GroupId, IpPermissions });
    else organisation.root.call('ec2:RevokeSecurityGroupEgress', { GroupId, IpPermissions });
  }
}

const groupsOf = (organisation: Organisation): Json =>
  asJson(
    ((regionOf(organisation).networkInterfaces[web(organisation).interfaceId]?.['Groups'] ?? []) as readonly JsonObject[]).map(
      ({ GroupId }) => GroupId,
    ),
  );
const otherGroup = (organisation: Organisation): string => {
  const now = JSON.stringify(groupsOf(organisation));
  return (
    Object.values(regionOf(organisation).securityGroups).find(({ id, name }) => !now.includes(id) && !name.startsWith('jobzero'))?.id ?? ''
  );
};
const swapAway = (organisation: Organisation) =>
  void organisation.root.call('ec2:ModifyNetworkInterfaceAttribute', {
    NetworkInterfaceId: web(organisation).interfaceId,
    Groups: [otherGroup(organisation)],
  });
const machineFound = (rule: string, kept: (organisation: Organisation) => JsonObject) => (organisation: Organisation) =>
  detectionOf(rule, [{ operation: 'Example', kept: kept(organisation) }], organisation.range.now());
const nothing = () => {};

const snapshotId = 'snap-0a1b2c3d4e5f60718';
const imageId = 'ami-0a1b2c3d4e5f60718';
const permitSnapshot = (...UserIds: readonly string[]): JsonObject => ({
  SnapshotId: snapshotId,
  Attribute: 'createVolumePermission',
  OperationType: 'add',
  UserIds,
});
const permitImage = (...names: readonly string[]): JsonObject => ({
  ImageId: imageId,
  LaunchPermission: { Add: names.map((name) => (name === 'all' ? { Group: 'all' } : { UserId: name })) },
});
const sorted =
  (place: string, id: string): Scenario['view'] =>
  (organisation) =>
    [...((documents(organisation, `ec2/${place}/us-east-1`)[id]?.['permissions'] ?? []) as readonly JsonObject[])]
      .map((one) => JSON.stringify(one))
      .sort();

export const computeScenarios: readonly Scenario[] = [
  {
    name: 'unshares a disk snapshot and leaves a partner',
    playbook: unshareSnapshot,
    prepare: as('root', 'ec2:ModifySnapshotAttribute', permitSnapshot(partner)),
    attack: as('mallory', 'ec2:ModifySnapshotAttribute', permitSnapshot(foreign)),
    rule: 'aws.ec2.snapshot-shared',
    view: sorted('snapshot-permission', snapshotId),
    meddle: twoStates,
    does: ['ec2:ModifySnapshotAttribute'],
    undoes: ['ec2:ModifySnapshotAttribute'],
  },
  {
    name: 'unshares a disk snapshot that is public',
    playbook: unshareSnapshot,
    prepare: as('root', 'ec2:ModifySnapshotAttribute', permitSnapshot(partner)),
    attack: as('mallory', 'ec2:ModifySnapshotAttribute', {
      SnapshotId: snapshotId,
      Attribute: 'createVolumePermission',
      OperationType: 'add',
      GroupNames: ['all'],
    }),
    rule: 'aws.ec2.disk-made-public',
    view: sorted('snapshot-permission', snapshotId),
    meddle: twoStates,
    does: ['ec2:ModifySnapshotAttribute'],
    undoes: ['ec2:ModifySnapshotAttribute'],
  },
  {
    name: 'unshares an image and leaves a partner',
    playbook: unshareImage,
    prepare: as('root', 'ec2:ModifyImageAttribute', permitImage(partner)),
    attack: as('mallory', 'ec2:ModifyImageAttribute', permitImage('all')),
    rule: 'aws.ec2.disk-made-public',
    view: sorted('image-permission', imageId),
    meddle: twoStates,
    does: ['ec2:ModifyImageAttribute'],
    undoes: ['ec2:ModifyImageAttribute'],
  },
  {
    name: 'blocks public snapshots',
    playbook: blockPublicSnapshots,
    attack: as('mallory', 'ec2:DisableSnapshotBlockPublicAccess', {}),
    rule: 'aws.ec2.public-sharing-block-lifted',
    view: part('ec2/snapshot-block', 'region', 'State'),
    meddle: as('root', 'ec2:EnableSnapshotBlockPublicAccess', { State: 'block-all-sharing' }),
    does: ['ec2:EnableSnapshotBlockPublicAccess'],
    undoes: ['ec2:DisableSnapshotBlockPublicAccess'],
  },
  {
    name: 'blocks public images',
    playbook: blockPublicImages,
    attack: as('mallory', 'ec2:DisableImageBlockPublicAccess', {}),
    rule: 'aws.ec2.public-sharing-block-lifted',
    view: part('ec2/image-block', 'region', 'ImageBlockPublicAccessState'),
    meddle: twoStates,
    does: ['ec2:EnableImageBlockPublicAccess'],
    undoes: ['ec2:DisableImageBlockPublicAccess'],
  },
  {
    name: 'encrypts disks by default',
    playbook: encryptDisksByDefault,
    attack: as('mallory', 'ec2:DisableEbsEncryptionByDefault', {}),
    rule: 'aws.ec2.default-encryption-disabled',
    view: part('ec2/disk-encryption', 'region', 'EbsEncryptionByDefault'),
    meddle: twoStates,
    does: ['ec2:EnableEbsEncryptionByDefault'],
    undoes: ['ec2:DisableEbsEncryptionByDefault'],
  },
  {
    name: 'resets the default key of disks',
    playbook: resetDefaultDiskKey,
    attack: as('mallory', 'ec2:ModifyEbsDefaultKmsKeyId', { KmsKeyId: `arn:aws:kms:us-east-1:${foreign}:key/1234` }),
    rule: 'aws.ec2.default-disk-key-foreign',
    view: part('ec2/disk-key', 'region', 'KmsKeyId'),
    meddle: as('root', 'ec2:ModifyEbsDefaultKmsKeyId', { KmsKeyId: `arn:aws:kms:us-east-1:${account}:key/5678` }),
    does: ['ec2:ResetEbsDefaultKmsKeyId'],
    undoes: ['ec2:ModifyEbsDefaultKmsKeyId'],
  },
  {
    name: 'requires tokens for metadata',
    playbook: requireImdsv2,
    prepare: (organisation) =>
      void organisation.root.call('ec2:ModifyInstanceMetadataOptions', { InstanceId: web(organisation).id, HttpTokens: 'required' }),
    attack: (organisation) =>
      void organisation.mallory.call('ec2:ModifyInstanceMetadataOptions', { InstanceId: web(organisation).id, HttpTokens: 'optional' }),
    rule: 'aws.ec2.metadata-without-token-allowed',
    view: (organisation) =>
      asJson(((regionOf(organisation).instances[web(organisation).id]?.['MetadataOptions'] ?? {}) as JsonObject)['HttpTokens']),
    meddle: twoStates,
    does: ['ec2:ModifyInstanceMetadataOptions'],
    undoes: ['ec2:ModifyInstanceMetadataOptions'],
  },
  {
    name: 'disables the serial console',
    playbook: disableSerialConsole,
    attack: as('mallory', 'ec2:EnableSerialConsoleAccess', {}),
    rule: 'aws.ec2.serial-console-used',
    view: part('ec2/serial-console', 'region', 'SerialConsoleAccessEnabled'),
    meddle: twoStates,
    does: ['ec2:DisableSerialConsoleAccess'],
    undoes: ['ec2:EnableSerialConsoleAccess'],
  },
  {
    name: 'ends the mirroring of traffic',
    playbook: deleteTrafficMirror,
    attack: (organisation) => {
      const mirror = { NetworkInterfaceId: web(organisation).interfaceId, TrafficMirrorFilterId: 'tmf-1', TrafficMirrorTargetId: 'tmt-1' };
      organisation.mallory.call('ec2:CreateTrafficMirrorSession', { ...mirror, SessionNumber: 1 });
      organisation.mallory.call('ec2:CreateTrafficMirrorSession', { ...mirror, SessionNumber: 2 });
    },
    rule: 'aws.ec2.traffic-mirrored',
    view: (organisation) =>
      Object.values(documents(organisation, 'ec2/traffic-mirror-session/us-east-1'))
        .map(({ SessionNumber, TrafficMirrorTargetId }) => `${String(SessionNumber)} ${String(TrafficMirrorTargetId)}`)
        .sort(),
    meddle: (organisation) =>
      void organisation.root.call('ec2:CreateTrafficMirrorSession', {
        NetworkInterfaceId: web(organisation).interfaceId,
        TrafficMirrorFilterId: 'tmf-1',
        TrafficMirrorTargetId: 'tmt-9',
        SessionNumber: 9,
      }),
    inTheWay: true,
    does: ['ec2:DeleteTrafficMirrorSession', 'ec2:DeleteTrafficMirrorSession'],
    undoes: ['ec2:CreateTrafficMirrorSession', 'ec2:CreateTrafficMirrorSession'],
  },
  {
    name: 'removes an entry of a network access list',
    playbook: removeNetworkAclEntry,
    prepare: as('root', 'ec2:CreateNetworkAcl', { VpcId: 'vpc-0a1b2c3d' }),
    attack: (organisation) =>
      void organisation.mallory.call('ec2:CreateNetworkAclEntry', {
        NetworkAclId: String(only(organisation, 'network-acl')['NetworkAclId']),
        RuleNumber: 90,
        Protocol: '-1',
        RuleAction: 'allow',
        Egress: false,
        CidrBlock: '0.0.0.0/0',
      }),
    rule: 'aws.ec2.network-acl-opened-to-world',
    view: (organisation) => only(organisation, 'network-acl')['Entries'] ?? null,
    meddle: (organisation) =>
      void organisation.root.call('ec2:CreateNetworkAclEntry', {
        NetworkAclId: String(only(organisation, 'network-acl')['NetworkAclId']),
        RuleNumber: 90,
        Protocol: '6',
        RuleAction: 'allow',
        Egress: false,
        CidrBlock: '192.0.2.0/24',
      }),
    does: ['ec2:DeleteNetworkAclEntry'],
    undoes: ['ec2:CreateNetworkAclEntry', 'ec2:ReplaceNetworkAclEntry'],
  },
  {
    name: 'takes the internet out of an address list and leaves the rest',
    playbook: removeWorldFromPrefixList,
    prepare: as('root', 'ec2:CreateManagedPrefixList', {
      PrefixListName: 'partners',
      Entries: [{ Cidr: '192.0.2.0/24', Description: 'office' }],
    }),
    attack: (organisation) => {
      const { PrefixListId, Version } = only(organisation, 'prefix-list');
      organisation.mallory.call('ec2:ModifyManagedPrefixList', {
        PrefixListId: PrefixListId ?? '',
        CurrentVersion: Version ?? 0,
        AddEntries: [{ Cidr: '0.0.0.0/0' }],
      });
    },
    rule: 'aws.ec2.prefix-list-opened-to-world',
    view: (organisation) => only(organisation, 'prefix-list')['Entries'] ?? null,
    meddle: twoStates,
    does: ['ec2:ModifyManagedPrefixList'],
    undoes: ['ec2:ModifyManagedPrefixList'],
    refused: {
      when: (organisation) =>
        becomes('ec2/prefix-list', String(only(organisation, 'prefix-list')['PrefixListId']), () => ({ State: 'modify-in-progress' }))(
          organisation,
        ),
      says: /is being changed/,
    },
  },
  {
    name: 'cuts the join with a foreign network',
    playbook: deleteVpcPeering,
    attack: as('mallory', 'ec2:CreateVpcPeeringConnection', { VpcId: 'vpc-0a1b2c3d', PeerVpcId: 'vpc-1a2b3c4d', PeerOwnerId: foreign }),
    rule: 'aws.ec2.network-joined-with-foreign-account',
    view: (organisation) => only(organisation, 'vpc-peering-connection')['Status'] ?? null,
    meddle: nothingToUndo,
    does: ['ec2:DeleteVpcPeeringConnection'],
    undoes: [],
  },
  {
    name: 'cuts a network interface off',
    playbook: isolateNetworkInterface,
    prepare: makeGroups,
    attack: nothing,
    finding: machineFound('aws.vpc-flow.control-server-called', (organisation) => ({ interfaceId: web(organisation).interfaceId })),
    view: groupsOf,
    meddle: swapAway,
    does: ['ec2:ModifyNetworkInterfaceAttribute', 'ec2:ModifyNetworkInterfaceAttribute'],
    undoes: ['ec2:ModifyNetworkInterfaceAttribute', 'ec2:ModifyNetworkInterfaceAttribute'],
    refused: {
      when: (organisation) => {
        const group = Object.values(regionOf(organisation).securityGroups).find(({ name }) => name === 'jobzero-isolated');
        const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '192.0.2.0/24' }] }];
        organisation.root.call('ec2:AuthorizeSecurityGroupIngress', { GroupId: group?.id ?? '', IpPermissions });
      },
      says: /without any rule/,
    },
  },
  {
    name: 'isolates an instance of a scaling group',
    playbook: isolateInstance,
    prepare: (organisation) => {
      makeGroups(organisation);
      organisation.root.call('autoscaling:CreateAutoScalingGroup', {
        AutoScalingGroupName: 'web',
        Instances: [{ InstanceId: web(organisation).id, LifecycleState: 'InService' }],
      });
    },
    attack: nothing,
    finding: machineFound('aws.route53-resolver.control-server-asked-for', (organisation) => ({ instanceId: web(organisation).id })),
    view: (organisation) => {
      const { IamInstanceProfile, MetadataOptions, SecurityGroups } = regionOf(organisation).instances[web(organisation).id] ?? {};
      const scaling = documents(organisation, 'autoscaling/group/us-east-1')['web']?.['Instances'] ?? null;
      return asJson([
        IamInstanceProfile,
        MetadataOptions,
        (SecurityGroups as readonly JsonObject[]).map(({ GroupId }) => GroupId),
        scaling,
      ]);
    },
    meddle: swapAway,
    does: [
      'autoscaling:EnterStandby',
      'ec2:ModifyNetworkInterfaceAttribute',
      'ec2:ModifyNetworkInterfaceAttribute',
      'ec2:ModifyInstanceMetadataOptions',
      'ec2:DisassociateIamInstanceProfile',
    ],
    undoes: [
      'ec2:AssociateIamInstanceProfile',
      'ec2:ModifyInstanceMetadataOptions',
      'ec2:ModifyNetworkInterfaceAttribute',
      'ec2:ModifyNetworkInterfaceAttribute',
      'autoscaling:ExitStandby',
    ],
    refused: {
      when: (organisation) => {
        const groups = regionOf(organisation).securityGroups;
        for (const [id, { name }] of Object.entries(groups)) if (name === 'jobzero-isolated') delete groups[id];
      },
      says: /jobzero-isolated/,
    },
  },
  {
    name: 'preserves the disks of an instance',
    playbook: preserveInstance,
    attack: nothing,
    finding: machineFound('aws.route53-resolver.control-server-asked-for', (organisation) => ({ instanceId: web(organisation).id })),
    view: (organisation) => asJson(regionOf(organisation).instances[web(organisation).id]?.['BlockDeviceMappings']),
    meddle: twoStates,
    does: ['ec2:ModifyInstanceAttribute', 'ec2:CreateSnapshots'],
    undoes: ['ec2:ModifyInstanceAttribute'],
  },
  {
    name: 'stops instances that somebody started',
    playbook: stopInstances,
    attack: nothing,
    finding: machineFound('aws.ec2.instances-launched-in-bulk', (organisation) => ({
      instanceIds: Object.keys(regionOf(organisation).instances).slice(0, 2),
    })),
    view: (organisation) => asJson(Object.values(regionOf(organisation).instances).map(({ State }) => State)),
    meddle: (organisation) =>
      void organisation.root.call('ec2:StartInstances', { InstanceIds: Object.keys(regionOf(organisation).instances).slice(0, 1) }),
    does: ['ec2:StopInstances'],
    undoes: ['ec2:StartInstances'],
    refused: {
      when: (organisation) => {
        const { instances } = regionOf(organisation);
        for (const [id, one] of Object.entries(instances).slice(0, 1)) instances[id] = { ...one, InstanceLifecycle: 'spot' };
      },
      says: /Spot instances are among them/,
    },
  },
];
