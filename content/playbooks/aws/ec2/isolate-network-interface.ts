import { ec2Targets, exampleEc2 } from '../../../../src/core/lib/plans/ec2.ts';
import { groupsAreThere, type Interfaces, swapGroups } from '../../../../src/core/lib/plans/isolation.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

/**
 * Cuts one interface off: flow logs name the interface, which is narrower than the machine.
 * Groups filter neither instance metadata nor the resolver of the VPC, so queries for names still go out:
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
 */
export const isolateNetworkInterface: Playbook = {
  id: 'aws.ec2.isolate-network-interface',
  version: 1,
  title: 'Cut a network interface off',
  why: 'What talks to a control server, attacks others or searches the network from this interface is stopped, and whoever is connected is cut. The machine goes on running, so its memory can be looked at. Queries for names still go out, and the credentials of its role work until they expire.',
  handles: [
    'aws.vpc-flow.connections-opened-in-a-flood',
    'aws.vpc-flow.control-server-called',
    'aws.vpc-flow.control-server-called-by-container-cluster',
    'aws.vpc-flow.control-server-called-by-several',
    'aws.vpc-flow.control-server-tried',
    'aws.vpc-flow.host-flooded-with-udp',
    'aws.vpc-flow.hosts-scanned-for-a-port',
    'aws.vpc-flow.mail-sent-to-many',
    'aws.vpc-flow.mining-port-used',
    'aws.vpc-flow.ports-of-a-host-scanned',
    'aws.vpc-flow.remote-access-guessed-by-machine',
    'aws.vpc-flow.resolver-flooded',
    'aws.vpc-flow.udp-sent-to-random-ports',
    'aws.vpc-flow.udp-sent-to-tcp-ports',
  ],
  approval: 'none',
  risks: ['workload'],
  asks: ({ params }) => `Cut the network interface ${String(params['interfaceId'])} off`,
  blastRadius: ({ params }) =>
    `Nothing reaches what uses ${String(params['interfaceId'])}, and it reaches nothing: what it serves stops; a load balancer sees it as ill and a scaling group may replace it.`,
  inverse: ({ params }) =>
    `The interface ${String(params['interfaceId'])} gets its exact earlier groups back; connections that were cut stay cut.`,
  targets: (finding) =>
    ec2Targets(finding, { type: 'network-interface', prefix: 'eni', param: 'interfaceId', kept: 'interfaceId', despiteErrors: true }),
  requires: (target) => [groupsAreThere(interfaces(target))],
  plan: (target) => swapGroups(interfaces(target), 1),
  undoes: ['ec2:ModifyNetworkInterfaceAttribute'],
  examples: [
    {
      name: 'an interface',
      target: exampleEc2('network-interface', 'eni-0a1b2c3d4e5f60718', { interfaceId: 'eni-0a1b2c3d4e5f60718' }),
      does: ['ec2:ModifyNetworkInterfaceAttribute', 'ec2:ModifyNetworkInterfaceAttribute'],
    },
  ],
};

function interfaces(target: Target): Interfaces {
  const id = String(target.params['interfaceId']);
  // By filter: one that is gone is an empty answer.
  const Filters = [{ Name: 'network-interface-id', Values: [id] }];
  return { target, read: { action: 'ec2:DescribeNetworkInterfaces', input: { Filters } } };
}
