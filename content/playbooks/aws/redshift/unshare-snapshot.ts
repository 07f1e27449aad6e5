import { listAt, textAt } from '../../../../src/core/lib/json-at.ts';
import { keptArns, keptTexts, namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import { oneByOne } from '../../../../src/core/lib/plans/one-by-one.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const idOf = ({ params }: Target) => String(params['snapshot']);
const withOf = ({ params }: Target) => listAt(params, 'with').map(String);
const most = 3;

/** https://docs.aws.amazon.com/redshift/latest/APIReference/API_RevokeSnapshotAccess.html */
export const unshareSnapshot: Playbook = {
  id: 'aws.redshift.unshare-snapshot',
  version: 1,
  title: 'Take back the sharing of a warehouse snapshot',
  why: 'Whoever may restore the snapshot reads the whole warehouse. The permission goes from those whom somebody added; others keep theirs. A cluster that is being restored of it may become whole: https://docs.aws.amazon.com/redshift/latest/mgmt/managing-snapshots-console.html',
  handles: ['aws.redshift.snapshot-shared'],
  approval: 'none',
  risks: ['legitimate-use'],
  asks: (target) => `Stop sharing the warehouse snapshot ${idOf(target)} with ${withOf(target).join(', ')}`,
  blastRadius: (target) => `Those in ${withOf(target).join(', ')} can restore ${idOf(target)} no more; what they restored stays.`,
  inverse: (target) => `The snapshot ${idOf(target)} is shared with ${withOf(target).join(', ')} again.`,
  targets: (finding) =>
    namedTargets(finding, {
      service: 'redshift',
      resource: /^snapshot:[^*?]{1,64}\/(?<snapshot>[a-z][a-z0-9-]{0,254})$/,
      operations: ['AuthorizeSnapshotAccess'],
      // The name of the cluster is a part of the ARN, and not of every request.
      uids: (evidence) => {
        const cluster = keptTexts([evidence], 'cluster', /^[a-z][a-z0-9-]{0,62}$/)[0] ?? '_';
        return keptArns('redshift', { snapshotId: `snapshot:${cluster}/` }, /^[a-z][a-z0-9-]{0,254}$/)(evidence);
      },
      params: (evidence) => {
        const names = keptTexts(evidence, 'sharedWith', /^\d{12}$/).filter((one) => one !== finding.account);
        return names.length === 0 || names.length > most ? null : { with: names };
      },
    }),
  partial: true,
  plan: (target) =>
    oneByOne({
      name: 'Take the permission away',
      on: [target.uid.replace(/:snapshot:_\//, ':snapshot:*/')],
      read: { action: 'redshift:DescribeClusterSnapshots', input: { SnapshotIdentifier: idOf(target) } },
      items: (answer) =>
        listAt(answer, 'Snapshots', 0, 'AccountsWithRestoreAccess').flatMap((one) => {
          const id = textAt(one, 'AccountId') ?? '';
          return withOf(target).includes(id) ? [{ AccountWithRestoreAccess: id }] : [];
        }),
      remove: { action: 'redshift:RevokeSnapshotAccess', input: { SnapshotIdentifier: idOf(target) }, for: (item) => item },
      bringBack: (item) => [{ action: 'redshift:AuthorizeSnapshotAccess', input: { SnapshotIdentifier: idOf(target), ...item } }],
      says: 'the snapshot is not shared with them',
      most,
    }),
  undoes: ['redshift:AuthorizeSnapshotAccess'],
  examples: [
    {
      name: 'one account',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:redshift:eu-central-1:111122223333:snapshot:sales/sales-1',
        params: { snapshot: 'sales-1', with: ['444455556666'] },
      },
      does: Array.from({ length: most }, () => 'redshift:RevokeSnapshotAccess'),
    },
  ],
};
