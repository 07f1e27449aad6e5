import { listAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Json, JsonObject } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const nameOf = ({ params }: Target) => String(params['cluster']);
const needed = ['api', 'audit', 'authenticator'];

/** https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html */
export const resumeAuditLog: Playbook = {
  id: 'aws.eks.resume-audit-log',
  version: 1,
  title: 'Log what is done in a cluster again',
  why: 'Without the audit log nobody can tell who did what in the cluster. What happened meanwhile stays unlogged by it.',
  handles: ['aws.eks.audit-log-stopped'],
  approval: 'none',
  risks: [],
  asks: (target) => `Turn the audit log of the cluster ${nameOf(target)} on again`,
  blastRadius: (target) => `Nothing stops working; the logs of ${nameOf(target)} cost by their size.`,
  inverse: (target) => `The logs of ${nameOf(target)} that were off are off again.`,
  targets: (finding) =>
    namedTargets(finding, {
      service: 'eks',
      resource: /^cluster\/(?<cluster>[A-Za-z0-9][A-Za-z0-9_-]{0,99})$/,
      operations: ['UpdateClusterConfig'],
    }),
  plan: (target) => {
    // What is on and what is off, both said: undo may have to turn on what somebody else turned off.
    const write = (types: Json): JsonObject => {
      const on = needed.filter((type) => listAt(types).includes(type));
      const off = needed.filter((type) => !on.includes(type));
      const clusterLogging = [
        { types: on, enabled: true },
        { types: off, enabled: false },
      ].filter((one) => one.types.length > 0);
      return { logging: { clusterLogging } };
    };
    return [
      setting({
        name: 'Turn the logs on',
        on: [target.uid],
        read: { action: 'eks:DescribeCluster', input: { name: nameOf(target) } },
        // Those of the needed logs that are on.
        state: (answer) => {
          const on = listAt(answer, 'cluster', 'logging', 'clusterLogging').filter((one) => valueAt(one, 'enabled') === true);
          return needed.filter((type) => on.some((one) => listAt(one, 'types').includes(type)));
        },
        want: () => needed,
        write: { action: 'eks:UpdateClusterConfig', input: { name: nameOf(target) }, with: write },
        says: 'the logs of interface, audit and sign-in are on',
        withinSeconds: 1200,
      }),
    ];
  },
  undoes: ['eks:UpdateClusterConfig'],
  examples: [
    {
      name: 'a cluster',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:eks:eu-central-1:111122223333:cluster/shop',
        params: { cluster: 'shop' },
      },
      does: ['eks:UpdateClusterConfig'],
    },
  ],
};
