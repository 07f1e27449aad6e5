import { textAt } from '../../../../src/core/lib/json-at.ts';
import { ec2Targets, exampleEc2 } from '../../../../src/core/lib/plans/ec2.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

const over = ['deleted', 'deleting', 'rejected', 'expired', 'failed'];

/** https://docs.aws.amazon.com/vpc/latest/peering/delete-vpc-peering-connection.html: either side may delete it, and nothing brings it back. */
export const deleteVpcPeering: Playbook = {
  id: 'aws.ec2.delete-vpc-peering',
  version: 1,
  title: 'Cut the join with a foreign network',
  why: 'Machines of another account reach ours past the internet and its gateways. Deleting the join ends that for all of them. It cannot be undone: a new one has to be asked for and accepted by both sides, and gets another id, which routes have to name.',
  handles: ['aws.ec2.network-joined-with-foreign-account'],
  approval: 'two-persons',
  risks: ['legitimate-use', 'workload'],
  asks: ({ params }) => `Delete the join ${String(params['peeringId'])} with a network of another account`,
  blastRadius: ({ params }) =>
    `All traffic over ${String(params['peeringId'])} ends, in both directions; routes that name it lead nowhere.`,
  inverse: ({ params }) => `Nothing brings ${String(params['peeringId'])} back: a new one has to be made with the other account.`,
  targets: (finding) => ec2Targets(finding, { type: 'vpc-peering-connection', prefix: 'pcx', param: 'peeringId' }),
  plan: ({ uid, params }) => {
    const id = String(params['peeringId']);
    const read = { action: 'ec2:DescribeVpcPeeringConnections', input: { VpcPeeringConnectionIds: [id] } };
    const state = (answer: Parameters<typeof textAt>[0]) => textAt(answer, 'VpcPeeringConnections', 0, 'Status', 'Code');
    return [
      {
        name: 'Delete the join',
        on: [uid],
        read: { ...read, keep: 'peering' },
        captures: (answer) => state(answer),
        do: { action: 'ec2:DeleteVpcPeeringConnection', input: { VpcPeeringConnectionId: id }, once: 'sets-state' },
        verify: {
          ...read,
          expect: (answer) => answer === null || over.includes(state(answer) ?? ''),
          says: 'the join is over',
          withinSeconds: 60,
        },
        undo: () => 'irreversible',
      },
    ];
  },
  undoes: [],
  examples: [
    {
      name: 'a join',
      target: exampleEc2('vpc-peering-connection', 'pcx-0a1b2c3d4e5f60718', { peeringId: 'pcx-0a1b2c3d4e5f60718' }),
      does: ['ec2:DeleteVpcPeeringConnection'],
    },
  ],
};
