import { listAt, textAt } from '../../../../src/core/lib/json-at.ts';
import { keptArns, keptTexts, namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import type { Json } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const withOf = ({ params }: Target) => listAt(params, 'with').map(String);
const idOf = ({ params }: Target) => String(params['snapshot'] ?? params['clusterSnapshot']);

/** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBSnapshotAttribute.html, and the same for clusters. */
export const unshareSnapshot: Playbook = {
  id: 'aws.rds.unshare-snapshot',
  version: 1,
  title: 'Take back the sharing of a database snapshot',
  why: 'Whoever may restore a snapshot reads the whole database. The permission goes from those whom somebody added; others keep theirs. A copy or a database that was made of it in the other account stays there: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html',
  handles: ['aws.rds.snapshot-made-public', 'aws.rds.snapshot-shared'],
  approval: 'none',
  risks: ['legitimate-use'],
  asks: (target) => `Stop sharing the database snapshot ${idOf(target)} with ${withOf(target).join(', ')}`,
  blastRadius: (target) => `Those in ${withOf(target).join(', ')} can restore or copy ${idOf(target)} no more; what they made of it stays.`,
  inverse: (target) => `The snapshot ${idOf(target)} is shared with ${withOf(target).join(', ')} again.`,
  targets: (finding) =>
    namedTargets(finding, {
      service: 'rds',
      resource: /^(snapshot:(?<snapshot>[A-Za-z][A-Za-z0-9-]{0,254})|cluster-snapshot:(?<clusterSnapshot>[A-Za-z][A-Za-z0-9-]{0,254}))$/,
      operations: ['ModifyDBSnapshotAttribute', 'ModifyDBClusterSnapshotAttribute'],
      uids: keptArns('rds', { snapshotId: 'snapshot:', clusterSnapshotId: 'cluster-snapshot:' }),
      params: (evidence) => {
        const names = keptTexts(evidence, 'sharedWith', /^(\d{12}|all)$/).filter((one) => one !== finding.account);
        return names.length === 0 ? null : { with: names };
      },
    }),
  partial: true,
  plan: (target) => {
    const cluster = typeof target.params['clusterSnapshot'] === 'string';
    const kind = cluster ? 'DBClusterSnapshot' : 'DBSnapshot';
    const input = { [`${kind}Identifier`]: idOf(target) };
    const read = { action: `rds:Describe${kind}Attributes`, input };
    const action = `rds:Modify${kind}Attribute`;
    const shared = (answer: Json) => {
      const attributes = listAt(answer, `${kind}AttributesResult`, `${kind}Attributes`);
      const restore = attributes.find((one) => textAt(one, 'AttributeName') === 'restore');
      return withOf(target)
        .filter((name) => listAt(restore, 'AttributeValues').includes(name))
        .sort();
    };
    return [
      {
        name: 'Take the permission away',
        on: [target.uid],
        read: { ...read, keep: 'attributes' },
        captures: shared,
        do: { action, input: { ...input, AttributeName: 'restore', ValuesToRemove: withOf(target) }, once: 'sets-state' },
        verify: {
          ...read,
          expect: (answer) => answer !== null && shared(answer).length === 0,
          says: 'the snapshot is not shared with them',
          withinSeconds: 60,
        },
        undo: (kept) => {
          const names = shared(kept['attributes'] ?? null);
          return names.length === 0 ? [] : [{ action, input: { ...input, AttributeName: 'restore', ValuesToAdd: names } }];
        },
      },
    ];
  },
  undoes: ['rds:ModifyDBClusterSnapshotAttribute', 'rds:ModifyDBSnapshotAttribute'],
  examples: [
    {
      name: 'of an instance',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:rds:eu-central-1:111122223333:snapshot:sales-1',
        params: { snapshot: 'sales-1', with: ['444455556666', 'all'] },
      },
      does: ['rds:ModifyDBSnapshotAttribute'],
    },
    {
      name: 'of a cluster',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:rds:eu-central-1:111122223333:cluster-snapshot:sales-1',
        params: { clusterSnapshot: 'sales-1', with: ['444455556666'] },
      },
      does: ['rds:ModifyDBClusterSnapshotAttribute'],
    },
  ],
};
