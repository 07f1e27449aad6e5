import { listAt, textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { ec2Targets, exampleEc2 } from '../../../../src/core/lib/plans/ec2.ts';
import { noRole } from '../../../../src/core/lib/plans/instance-role.ts';
import { groupsAreThere, type Interfaces, mostInterfaces, swapGroups } from '../../../../src/core/lib/plans/isolation.ts';
import { podsAtFault } from '../../../../src/core/lib/plans/pods.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Json } from '../../../../src/core/model/json.ts';
import type { Playbook, Step, Target } from '../../../../src/core/model/plan.ts';

/** Somebody came from a container to its machine: https://docs.aws.amazon.com/guardduty/latest/ug/findings-runtime-monitoring.html */
const escapes = [
  'guardduty/PrivilegeEscalation:Runtime/CGroupsReleaseAgentModified',
  'guardduty/PrivilegeEscalation:Runtime/DockerSocketAccessed',
  'guardduty/PrivilegeEscalation:Runtime/RuncContainerEscape',
];

/**
 * Takes an instance off the network in the order in which nothing undoes the step before: out of its scaling group, which would replace and
 * end it; all interfaces to groups that end connections; no metadata; no role.
 */
export const isolateInstance: Playbook = {
  id: 'aws.ec2.isolate-instance',
  version: 1,
  title: 'Isolate an instance',
  why: 'Somebody else works on the machine. It is put on standby, so that its scaling group neither ends nor counts it (https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-enter-exit-standby.html), cut off, and gets no new credentials; it goes on running, since memory and instance store are lost at a stop. Credentials that its role has given out work until they expire: deny that session too. Queries for names still go out by the resolver of the VPC.',
  handles: [
    'aws.ec2.stopped-and-restarted-with-new-user-data',
    'aws.ec2.unusual-instances-launched',
    'aws.ec2.user-data-replaced',
    'aws.route53-resolver.control-server-asked-for',
    'aws.route53-resolver.generated-names-asked-for',
    'aws.route53-resolver.mining-pool-asked-for',
    'aws.route53-resolver.names-carry-data',
  ],
  reported: [
    'guardduty/AttackSequence:EC2/*',
    'guardduty/AttackSequence:ECS/*',
    'guardduty/Backdoor:EC2/*',
    'guardduty/Backdoor:Runtime/*',
    'guardduty/CryptoCurrency:EC2/*',
    'guardduty/CryptoCurrency:Runtime/*',
    'guardduty/Impact:EC2/*',
    'guardduty/Trojan:EC2/*',
    'guardduty/Trojan:Runtime/*',
    'guardduty/UnauthorizedAccess:EC2/TorClient',
    'guardduty/UnauthorizedAccess:EC2/TorRelay',
    ...escapes,
  ],
  approval: 'none',
  risks: ['workload'],
  asks: ({ params }) => `Isolate the instance ${String(params['instanceId'])}`,
  blastRadius: ({ params }) =>
    `All that ${String(params['instanceId'])} serves stops; its scaling group starts another in its place, and load balancers send it nothing more.`,
  inverse: ({ params }) =>
    `The instance ${String(params['instanceId'])} gets its role, metadata and groups back and leaves standby, which raises the size that its scaling group wants by one; connections that were cut stay cut.`,
  // Where a pod of the machine is at fault that is isolated, and not all pods with it, unless it has the machine's network or somebody left it for the machine.
  targets: (finding, around) =>
    podsAtFault(finding, around).length > 0 &&
    !escapes.includes(finding.rule.id) &&
    !finding.evidence.some(({ kept }) => kept?.['hostNetwork'] === true)
      ? []
      : ec2Targets(finding, { type: 'instance', prefix: 'i', param: 'instanceId', kept: 'instanceId', despiteErrors: true }),
  requires: (target) => [groupsAreThere(interfaces(target))],
  plan: (target) => [standby(target), ...swapGroups(interfaces(target)), noMetadata(target), ...noRole(target)],
  undoes: [
    'autoscaling:ExitStandby',
    'ec2:AssociateIamInstanceProfile',
    'ec2:ModifyInstanceMetadataOptions',
    'ec2:ModifyNetworkInterfaceAttribute',
  ],
  examples: [
    {
      name: 'an instance',
      target: exampleEc2('instance', 'i-0a1b2c3d4e5f60718', { instanceId: 'i-0a1b2c3d4e5f60718' }),
      does: [
        'autoscaling:EnterStandby',
        ...Array.from({ length: 2 * mostInterfaces }, () => 'ec2:ModifyNetworkInterfaceAttribute'),
        'ec2:ModifyInstanceMetadataOptions',
        'ec2:DisassociateIamInstanceProfile',
      ],
    },
  ],
};

const idOf = ({ params }: Target) => String(params['instanceId']);
const partitionOf = ({ uid }: Target) => uid.split(':')[1] ?? 'aws';

function interfaces(target: Target): Interfaces {
  const Filters = [{ Name: 'attachment.instance-id', Values: [idOf(target)] }];
  return { target, read: { action: 'ec2:DescribeNetworkInterfaces', input: { Filters } } };
}

/** An instance that is in no group has nothing to leave. The group starts another one: what it serves goes on. */
function standby(target: Target): Step {
  const ids = { InstanceIds: [idOf(target)] };
  const read = { action: 'autoscaling:DescribeAutoScalingInstances', input: ids };
  const member = (answer: Json | undefined) => listAt(answer, 'AutoScalingInstances')[0] ?? null;
  const group = (answer: Json | undefined) => textAt(member(answer), 'AutoScalingGroupName');
  const state = (answer: Json) => textAt(member(answer), 'LifecycleState');
  return {
    name: 'Put it on standby in its scaling group',
    on: [`arn:${partitionOf(target)}:autoscaling:${target.region}:${target.account}:autoScalingGroup:*:autoScalingGroupName/*`],
    read: { ...read, keep: 'group' },
    captures: state,
    do: {
      action: 'autoscaling:EnterStandby',
      input: { ...ids, ShouldDecrementDesiredCapacity: false },
      once: 'sets-state',
      fill: (kept) => ({ ...ids, ShouldDecrementDesiredCapacity: false, AutoScalingGroupName: group(kept['group']) }),
    },
    verify: {
      ...read,
      expect: (answer) => answer !== null && (member(answer) === null || state(answer) === 'Standby'),
      says: 'the instance is on standby, or in no group',
      withinSeconds: 300,
    },
    undo: (kept) => {
      const name = group(kept['group']);
      return name === null ? [] : [{ action: 'autoscaling:ExitStandby', input: { ...ids, AutoScalingGroupName: name } }];
    },
  };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceMetadataOptions.html */
function noMetadata(target: Target): Step {
  return setting({
    name: 'Let it get no new credentials',
    on: [target.uid],
    keep: 'metadata',
    read: { action: 'ec2:DescribeInstances', input: { InstanceIds: [idOf(target)] } },
    state: (answer) => textAt(valueAt(answer, 'Reservations', 0, 'Instances', 0), 'MetadataOptions', 'HttpEndpoint'),
    want: () => 'disabled',
    write: { action: 'ec2:ModifyInstanceMetadataOptions', input: { InstanceId: idOf(target) }, with: (HttpEndpoint) => ({ HttpEndpoint }) },
    says: 'the metadata endpoint is off',
  });
}
