import { valueAt } from '../../../../src/core/lib/json-at.ts';
import { keptArns, keptTexts, namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const idOf = ({ params }: Target) => String(params['instance'] ?? params['cluster']);

/** Applied at once and without an outage: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html#USER_DeleteInstance.DeletionProtection */
export const protectFromDeletion: Playbook = {
  id: 'aws.rds.protect-from-deletion',
  version: 1,
  title: 'Protect a database from deletion again',
  why: 'While the protection is on nobody can delete the database, not even its administrators; taking it off is the first of two steps of who wants to destroy it.',
  handles: ['aws.rds.protection-removed'],
  approval: 'none',
  risks: [],
  asks: (target) => `Protect the database ${idOf(target)} from deletion`,
  blastRadius: (target) => `Nothing stops working; who wants to delete ${idOf(target)} has to take the protection off first.`,
  inverse: (target) => `The database ${idOf(target)} can be deleted again.`,
  targets: (finding) =>
    namedTargets(finding, {
      service: 'rds',
      resource: /^(db:(?<instance>[a-zA-Z][a-zA-Z0-9-]{0,62})|cluster:(?<cluster>[a-zA-Z][a-zA-Z0-9-]{0,62}))$/,
      operations: ['ModifyDBInstance', 'ModifyDBCluster'],
      uids: (evidence) =>
        keptTexts([evidence], 'deletionProtection', /^false$/).length === 0
          ? []
          : keptArns('rds', { instanceId: 'db:', clusterId: 'cluster:' })(evidence),
    }),
  partial: true,
  plan: (target) => {
    const kind = typeof target.params['cluster'] === 'string' ? 'Cluster' : 'Instance';
    const input = { [`DB${kind}Identifier`]: idOf(target) };
    return [
      setting({
        name: 'Turn the protection on',
        on: [target.uid],
        read: { action: `rds:DescribeDB${kind}s`, input },
        state: (answer) => valueAt(answer, `DB${kind}s`, 0, 'DeletionProtection') === true,
        want: () => true,
        write: { action: `rds:ModifyDB${kind}`, input, with: (DeletionProtection) => ({ DeletionProtection }) },
        says: 'the database is protected from deletion',
        withinSeconds: 120,
      }),
    ];
  },
  undoes: ['rds:ModifyDBCluster', 'rds:ModifyDBInstance'],
  examples: [
    {
      name: 'an instance',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:rds:eu-central-1:111122223333:db:sales',
        params: { instance: 'sales' },
      },
      does: ['rds:ModifyDBInstance'],
    },
    {
      name: 'a cluster',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:rds:eu-central-1:111122223333:cluster:sales',
        params: { cluster: 'sales' },
      },
      does: ['rds:ModifyDBCluster'],
    },
  ],
};
