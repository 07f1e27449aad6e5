import { listAt, textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { ec2Arn, ec2Targets, exampleEc2 } from '../../../../src/core/lib/plans/ec2.ts';
import { oneByOne } from '../../../../src/core/lib/plans/one-by-one.ts';
import type { JsonObject } from '../../../../src/core/model/json.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

/** Mirror sessions of one interface: https://docs.aws.amazon.com/vpc/latest/mirroring/traffic-mirroring-limits.html */
const most = 3;
const settings = ['TrafficMirrorTargetId', 'TrafficMirrorFilterId', 'SessionNumber', 'PacketLength', 'VirtualNetworkId', 'Description'];

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTrafficMirrorSession.html */
export const deleteTrafficMirror: Playbook = {
  id: 'aws.ec2.delete-traffic-mirror',
  version: 1,
  title: 'End the mirroring of the traffic of an interface',
  why: 'Somebody reads along with all that the interface sends and receives. Ending the session stops it at once; what was read is read.',
  handles: ['aws.ec2.traffic-mirrored'],
  approval: 'none',
  risks: ['legitimate-use'],
  asks: ({ params }) => `End the mirroring of the traffic of ${String(params['interfaceId'])}`,
  blastRadius: ({ params }) => `Network sensors see nothing more of ${String(params['interfaceId'])}; its traffic goes on.`,
  inverse: ({ params }) =>
    `The traffic of ${String(params['interfaceId'])} is mirrored to the same targets again, by sessions with new ids.`,
  targets: (finding) => ec2Targets(finding, { type: 'network-interface', prefix: 'eni', param: 'interfaceId', kept: 'interfaceId' }),
  partial: true,
  plan: (target) =>
    oneByOne({
      name: 'Delete the session',
      on: [
        ec2Arn(target, 'traffic-mirror-session', '*'),
        ec2Arn(target, 'traffic-mirror-target', '*'),
        ec2Arn(target, 'traffic-mirror-filter', '*'),
        target.uid,
      ],
      read: {
        action: 'ec2:DescribeTrafficMirrorSessions',
        input: { Filters: [{ Name: 'network-interface-id', Values: [String(target.params['interfaceId'])] }] },
      },
      items: (answer) =>
        listAt(answer, 'TrafficMirrorSessions').map(
          (session): JsonObject =>
            Object.fromEntries(settings.map((name) => [name, valueAt(session, name)] as const).filter(([, value]) => value !== null)),
        ),
      remove: {
        action: 'ec2:DeleteTrafficMirrorSession',
        input: {},
        for: (item, answer) => {
          const session = listAt(answer, 'TrafficMirrorSessions').find((one) => valueAt(one, 'SessionNumber') === item['SessionNumber']);
          return { TrafficMirrorSessionId: textAt(session, 'TrafficMirrorSessionId') };
        },
      },
      bringBack: (item) => [
        { action: 'ec2:CreateTrafficMirrorSession', input: { NetworkInterfaceId: String(target.params['interfaceId']), ...item } },
      ],
      says: 'the traffic of the interface is not mirrored',
      most,
    }),
  undoes: ['ec2:CreateTrafficMirrorSession'],
  examples: [
    {
      name: 'an interface',
      target: exampleEc2('network-interface', 'eni-0a1b2c3d4e5f60718', { interfaceId: 'eni-0a1b2c3d4e5f60718' }),
      does: Array.from({ length: most }, () => 'ec2:DeleteTrafficMirrorSession'),
    },
  ],
};
