import { valueAt } from '../../../../src/core/lib/json-at.ts';
import { namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const idOf = ({ params }: Target) => String(params['cluster']);

/** https://docs.aws.amazon.com/redshift/latest/APIReference/API_ModifyCluster.html */
export const makePrivate: Playbook = {
  id: 'aws.redshift.make-private',
  version: 1,
  title: 'Take a warehouse off the internet',
  why: 'The name of the warehouse leads to a public address, where anybody may try passwords, as far as its groups let them: https://docs.aws.amazon.com/redshift/latest/mgmt/managing-clusters-vpc.html. Workgroups of Redshift Serverless are changed by their own service.',
  handles: ['aws.redshift.warehouse-made-public'],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: (target) => `Take the warehouse ${idOf(target)} off the internet`,
  blastRadius: (target) =>
    `Whoever reaches ${idOf(target)} from outside of its network cannot connect any more, reporting services among them; what runs inside of it can.`,
  inverse: (target) => `The warehouse ${idOf(target)} has a public address again, perhaps another one.`,
  targets: (finding) =>
    namedTargets(finding, { service: 'redshift', resource: /^cluster:(?<cluster>[a-z][a-z0-9-]{0,62})$/, operations: ['ModifyCluster'] }),
  partial: true,
  plan: (target) => {
    const input = { ClusterIdentifier: idOf(target) };
    return [
      setting({
        name: 'Make it private',
        on: [target.uid],
        read: { action: 'redshift:DescribeClusters', input },
        state: (answer) => valueAt(answer, 'Clusters', 0, 'PubliclyAccessible') === true,
        want: () => false,
        write: { action: 'redshift:ModifyCluster', input, with: (PubliclyAccessible) => ({ PubliclyAccessible }) },
        says: 'the warehouse has no public address',
        withinSeconds: 900,
      }),
    ];
  },
  undoes: ['redshift:ModifyCluster'],
  examples: [
    {
      name: 'a cluster',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:redshift:eu-central-1:111122223333:cluster:sales',
        params: { cluster: 'sales' },
      },
      does: ['redshift:ModifyCluster'],
    },
  ],
};
